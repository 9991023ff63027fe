/** A bundle as a session: what it holds stands still, and is looked at as if it had been read. */

import { createLedger } from '../../consumer/ledger/ledger.ts';
import type { Runtime } from '../../runtime.ts';
import { createDeliveries } from '../page/deliveries.ts';
import { assignHues } from '../reading/hash-space.ts';
import { createKeeper } from '../reading/keeper.ts';
import type { Model } from '../reading/model.ts';
import { createRates } from '../reading/rates.ts';
import type { Row } from '../reading/rows.ts';
import type { Session } from '../reading/session.ts';
import { createRecordsView } from '../records/records-view.ts';
import type { Bundle } from './bundle.ts';

export interface ReplayOptions {
  readonly bundle: Bundle;
  /** The file's. */
  readonly name: string;
  readonly runtime: Pick<Runtime, 'monotonic'>;
  readonly onChange: () => void;
}

/** Throws where the bundle's ledger is none. */
export function createReplay({ bundle, name, runtime, onChange }: ReplayOptions): Session {
  const { header, shards, stats, stored, ownOf, shownAt } = bundle;
  const model = createStill(bundle);
  const hues = assignHues(shards, new Map());
  const at = (id: number): Row | undefined => model.rows.at(model.rows.find(id));
  const own = new Map(
    bundle.rows.flatMap((row) => {
      const position = row.kind === 'record' ? row.record.event?.rivulet : undefined;
      const times = position && ownOf(row);
      return times ? [[`${position.lane}.${position.seq}`, times] as const] : [];
    }),
  );
  const births = birthsOf(bundle);
  const nothing = (): void => {};
  return {
    model,
    view: createRecordsView(model, runtime.monotonic, onChange),
    shown: {
      mark: nothing,
      of: (id) => {
        const row = at(id);
        return row && shownAt(row);
      },
    },
    fromBeginning: header.fromBeginning,
    isConnected: true,
    replayed: name,
    replayedAt: header.at,
    tap: stats && {
      stats: () => stats,
      journeys: { listen: () => nothing, of: (lane, seq) => own.get(`${lane}.${seq}`) },
      deliveries: createDeliveries(() => header.at),
      stored: () => stored,
      settle: nothing,
      refresh: nothing,
      close: nothing,
    },
    shards: () => shards,
    bornAt: (shardId) => births.get(shardId),
    hues: () => hues,
    reachOf: bundle.reachOf,
    failure: () => undefined,
    close: nothing,
  };
}

/** Shards that came while somebody looked, as the notes in the window tell. */
function birthsOf({ rows, shards }: Bundle): Map<string, number> {
  const births = new Map<string, number>();
  for (const row of rows) {
    if (row.kind !== 'note' || (row.note !== 'split' && row.note !== 'merge')) continue;
    const { shardId = '' } = row;
    for (const shard of shards) {
      // A split is told of the parent, a merge of the child.
      const isChild =
        row.note === 'split' ? shard.parents.includes(shardId) : shard.shardId === shardId;
      if (isChild) births.set(shard.shardId, row.at);
    }
  }
  return births;
}

/** A model to which nothing is added. */
function createStill({ header, rows, ledger: snapshot }: Bundle): Model {
  const ledger = createLedger({ from: snapshot });
  const rates = createRates();
  const keep = createKeeper();
  const kept = rows.map((row) =>
    row.kind === 'record' ? { ...row, record: keep(row.record) } : row,
  );
  const first = kept[0]?.id ?? 0;
  const end = first + kept.length;
  let lastRecordAt: number | undefined;
  for (const row of kept) {
    if (row.kind !== 'record') continue;
    const { shardId, readAt, data, partitionKey } = row.record;
    rates.add(shardId, readAt, data.length, partitionKey);
    lastRecordAt = readAt;
  }
  const { records, gaps } = header;
  const nothing = (): void => {};
  return {
    ledger,
    rates,
    rows: {
      first: () => first,
      end: () => end,
      at: (position) => kept[position - first],
      find: (id) => Math.min(end, Math.max(first, id)),
    },
    counts: () => ({ records, gaps }),
    lastRecordAt: () => lastRecordAt,
    add: nothing,
    note: nothing,
    settle: nothing,
    dueAt: () => undefined,
    mark: () => ({ end, bytes: 0 }),
    fillSince: () => 0,
    isFull: () => false,
    leftSince: () => undefined,
  };
}
