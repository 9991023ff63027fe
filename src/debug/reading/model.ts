/** Everything the view knows of the stream: a bounded window of rows, the rates, and the ledger's account. No rendering. */

import type { ConsumedRecord, Ledger } from '../../consumer/types.ts';
import { overlap } from '../ledger/verdict.ts';
import { createRates, type Rates } from './rates.ts';
import { createRowList, type RowList } from './row-list.ts';
import type { Row } from './rows.ts';

/** Rows kept: more than anybody scrolls through, few enough to filter in a moment. */
const MAX_ROWS = 50_000;

/** Bytes of record data kept, for streams of large records. */
const MAX_WINDOW_BYTES = 32_000_000;

export interface ModelOptions {
  readonly ledger: Ledger;
  /** Whether a lane's first record should be its number 1. @default true */
  readonly fromBeginning?: boolean;
  /** @default 50000 */
  readonly maxRows?: number;
  /** @default 32000000 */
  readonly maxBytes?: number;
}

export interface Model {
  readonly ledger: Ledger;
  readonly rates: Rates;
  /** The window: what is left of everything that arrived, in order of arrival. */
  readonly rows: Pick<RowList<Row>, 'first' | 'end' | 'at' | 'find'>;
  /** Records added since the beginning, and gaps seen. */
  readonly counts: () => { readonly records: number; readonly gaps: number };
  /** When the last record was read. */
  readonly lastRecordAt: () => number | undefined;
  readonly add: (record: ConsumedRecord) => void;
}

export function createModel({
  ledger,
  fromBeginning = true,
  maxRows = MAX_ROWS,
  maxBytes = MAX_WINDOW_BYTES,
}: ModelOptions): Model {
  const rows = createRowList<Row>();
  const rates = createRates();
  /** The highest number of each lane so far: passing over one is what makes a gap row. */
  const highest = new Map<string, number>();
  let nextId = 0;
  let bytes = 0;
  let records = 0;
  let gaps = 0;
  let lastRecordAt: number | undefined;

  const addGap = (record: ConsumedRecord): void => {
    const at = record.event?.rivulet;
    if (!at) return;
    const before = highest.get(at.lane) ?? 0;
    if (at.seq <= before) return;
    highest.set(at.lane, at.seq);
    const range = { lane: at.lane, first: before + 1, count: at.seq - before - 1 };
    if (range.count === 0 || (before === 0 && !fromBeginning)) return;
    // What is declared has a row that says so: that of the `drop`.
    if (!ledger.lane(at.lane)?.gaps.some((gap) => overlap(gap, range) > 0)) return;
    gaps++;
    rows.push({ kind: 'gap', id: nextId++, shardId: record.shardId, at: record.readAt, range });
  };

  const cut = (): void => {
    while (rows.end() - rows.first() > maxRows || bytes > maxBytes) {
      const row = rows.shift();
      if (!row) return;
      if (row.kind === 'record') bytes -= row.record.data.length;
    }
  };

  return {
    ledger,
    rates,
    rows,
    counts: () => ({ records, gaps }),
    lastRecordAt: () => lastRecordAt,
    add: (record) => {
      const verdict = ledger.add(record);
      if (verdict === 'new') addGap(record);
      rows.push({ kind: 'record', id: nextId++, record, verdict, isLate: false });
      rates.add(record.shardId, record.readAt, record.data.length, record.partitionKey);
      records++;
      bytes += record.data.length;
      lastRecordAt = record.readAt;
      cut();
    },
  };
}
