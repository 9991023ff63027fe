/** A bundle as a session: what it holds stands still, and is looked at as if it had been read. */

import { createLedger } from '../../consumer/ledger/ledger.ts';
import type { Ledger } from '../../consumer/types.ts';
import { messageIdOf } from '../../protocol/event.ts';
import type { Runtime } from '../../runtime.ts';
import type { OwnTimes } from '../detail/journey.ts';
import { createDeliveries } from '../page/deliveries.ts';
import { assignHues } from '../reading/hash-space.ts';
import { createKeeper } from '../reading/keeper.ts';
import type { Model } from '../reading/model.ts';
import { createRates, type Rates } from '../reading/rates.ts';
import type { Row } from '../reading/rows.ts';
import type { Session } from '../reading/session.ts';
import { createRecordsView } from '../records/records-view.ts';
import type { Bundle, BundleHeader } from './bundle.ts';
import { inSlices } from './slices.ts';

export interface ReplayOptions {
  readonly bundle: Bundle;
  /** The file's. */
  readonly name: string;
  readonly runtime: Pick<Runtime, 'monotonic'>;
  readonly onChange: () => void;
}

/** Rejects where the bundle's ledger is none. In slices: a window is many rows. */
export async function createReplay({
  bundle,
  name,
  runtime,
  onChange,
}: ReplayOptions): Promise<Session> {
  const { header, shards, stats, stored, ownOf, shownAt } = bundle;
  const ledger = createLedger({ from: bundle.ledger });
  const rates = createRates();
  const keep = createKeeper();
  const rows: Row[] = [];
  const own = new Map<string, OwnTimes>();
  let lastRecordAt: number | undefined;
  const take = (row: Row): void => {
    if (row.kind !== 'record') {
      rows.push(row);
      return;
    }
    const record = keep(row.record);
    rows.push({ ...row, record });
    rates.add(record.shardId, record.readAt, record.data.length, record.partitionKey);
    lastRecordAt = record.readAt;
    const times = ownOf(row);
    if (times && record.event) own.set(record.event.messageId, times);
  };
  const { signal } = new AbortController();
  await inSlices(bundle.rows, take, { ...runtime, signal, onProgress: () => {} });

  const model = createStill({ header, rows, ledger, rates, lastRecordAt });
  const hues = assignHues(shards, new Map());
  const at = (id: number): Row | undefined => model.rows.at(model.rows.find(id));
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
      journeys: { listen: () => nothing, of: (lane, seq) => own.get(messageIdOf({ lane, seq })) },
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

interface Still {
  readonly header: BundleHeader;
  readonly rows: readonly Row[];
  readonly ledger: Ledger;
  readonly rates: Rates;
  readonly lastRecordAt: number | undefined;
}

/** A model to which nothing is added. */
function createStill({ header, rows, ledger, rates, lastRecordAt }: Still): Model {
  const first = rows[0]?.id ?? 0;
  const end = first + rows.length;
  const { records, gaps } = header;
  const nothing = (): void => {};
  return {
    ledger,
    rates,
    rows: {
      first: () => first,
      end: () => end,
      at: (position) => rows[position - first],
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
