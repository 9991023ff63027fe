import { parseDrop } from '../../protocol/drop.ts';
import type { StreamRecord } from '../../protocol/event.ts';
import type { ConsumedRecord, LaneAccount, Ledger, LedgerTotals, LedgerVerdict } from '../types.ts';
import { createBook } from './book.ts';
import { type Arrival, accountOf, declare, receive } from './lane.ts';
import { type LedgerOptions, resolveLedgerOptions } from './options.ts';
import { encodeLedger, type LedgerState, parseLedger } from './snapshot.ts';
import { summarise } from './summary.ts';

/**
 * Keeps the account of every lane: how the project proves that nothing was lost. It looks at events alone, so that any
 * reader may feed it; what is read twice counts as a duplicate.
 *
 * @example
 * const ledger = createLedger();
 * for await (const record of consumer) ledger.add(record);
 * console.log(ledger.summary(consumer.shards()).text);
 */
export function createLedger(options: LedgerOptions = {}): Ledger {
  const { since, lateAfterMs, from, ...limits } = resolveLedgerOptions(options);
  const restored = from && parseLedger(from);
  const state = restored?.state ?? newState(since);
  const { sums, forgotten } = state;
  const book = createBook(state, restored?.lanes ?? [], limits);
  /** The latest arrival of each shard. */
  const readTo = new Map<string, number>();

  function add(record: ConsumedRecord): LedgerVerdict {
    const { event } = record;
    if (!event) return 'not_ours';
    const { rivulet, anonymousId } = event;
    const at = record.arrivedAt ?? record.readAt;
    const declaration = parseDrop(event);
    if (declaration) {
      book.change(declaration.lane, anonymousId, (lane) => declare(lane, declaration, at, sums));
    }
    const arrival = arrivalOf(event, at, lateAfterMs);
    state.latestAt = Math.max(state.latestAt, arrival.capturedAt);
    if (at > (readTo.get(record.shardId) ?? 0)) readTo.set(record.shardId, at);
    return book.change(rivulet.lane, anonymousId, (lane) =>
      receive(lane, arrival, sums, state.since),
    );
  }

  function lanes(): LaneAccount[] {
    return Array.from(book.lanes.values(), accountOf).sort(
      (one, other) => other.lastAt - one.lastAt,
    );
  }

  function totals(): LedgerTotals {
    const { missing, incomplete, partial } = book.figures;
    const { droppedBy, ...figures } = sums;
    return {
      ...figures,
      droppedBy: Object.fromEntries(Object.entries(droppedBy).filter(([, events]) => events > 0)),
      missing: missing + forgotten.missing,
      lanes: book.lanes.size + forgotten.lanes,
      incomplete: incomplete + forgotten.incomplete,
      partial: partial + forgotten.partial,
      forgotten: forgotten.lanes,
    };
  }

  return {
    add,
    lanes,
    lane: (id) => {
      const lane = book.lanes.get(id);
      return lane && accountOf(lane);
    },
    totals,
    summary: (shards) =>
      summarise({ totals: totals(), state, gapped: book.gapped(), readTo, shards }),
    snapshot: () => encodeLedger(state, book.inOrder()),
  };
}

function newState(since: number | undefined): LedgerState {
  return {
    since,
    latestAt: 0,
    sums: { received: 0, duplicates: 0, outOfOrder: 0, late: 0, dropped: 0, droppedBy: {} },
    forgotten: { lanes: 0, incomplete: 0, partial: 0, missing: 0 },
  };
}

function arrivalOf(event: StreamRecord, at: number, lateAfterMs: number): Arrival {
  const time = Date.parse(event.timestamp);
  return {
    seq: event.rivulet.seq,
    at,
    // Nothing is captured after it has arrived, whatever a clock says.
    capturedAt: Math.min(time, at) || 0,
    isLate: at - time > lateAfterMs,
  };
}
