/** Everything the view knows of the stream: a bounded window of rows, the rates, and the ledger's account. No rendering. */

import type { ConsumedRecord, Ledger, LedgerVerdict } from '../../consumer/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import { overlap } from '../ledger/verdict.ts';
import { createKeeper } from './keeper.ts';
import { createMerge } from './merge.ts';
import type { Note } from './notes.ts';
import { createRates, type Rates } from './rates.ts';
import { createRowList, type RowList } from './row-list.ts';
import type { Row } from './rows.ts';

/** Rows kept: more than anybody scrolls through, few enough to filter in a moment. */
const MAX_ROWS = 50_000;

/** Bytes of record data kept, for streams of large records. */
const MAX_WINDOW_BYTES = 32_000_000;

/** What waits for its place is looked after by whoever draws; where nobody draws, after so long here. */
const NEGLECTED_MS = 500;

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
  /** Puts a row about the stream behind what there is. */
  readonly note: (note: Note, at: number) => void;
  /** Puts the records into the window that have waited long enough for those before them. */
  readonly settle: (now: number) => void;
  /** When the next record has. */
  readonly dueAt: () => number | undefined;
  /** A moment, for {@link Model.fillSince}. */
  readonly mark: () => Mark;
  /** How much of the window is taken by what came since, 0 to 1. */
  readonly fillSince: (mark: Mark) => number;
  /** Whether the next record puts the oldest out, once it has its place. */
  readonly isFull: () => boolean;
  /** Where to begin to see again what left the window last, milliseconds since 1970. `undefined` where nothing left. */
  readonly leftSince: () => number | undefined;
}

export interface Mark {
  /** The next row's position. */
  readonly end: number;
  /** Bytes so far. */
  readonly bytes: number;
}

interface Arrived {
  readonly record: ConsumedRecord;
  readonly verdict: LedgerVerdict;
  readonly gap: LaneRange | undefined;
}

export function createModel({
  ledger,
  fromBeginning = true,
  maxRows = MAX_ROWS,
  maxBytes = MAX_WINDOW_BYTES,
}: ModelOptions): Model {
  const rows = createRowList<Row>();
  const rates = createRates();
  const keep = createKeeper();
  const merge = createMerge<Arrived>();
  /** The highest number of each lane so far: passing over one is what makes a gap row. */
  const highest = new Map<string, number>();
  const left = createLeftLog();
  let nextId = 0;
  let bytes = 0;
  let bytesEver = 0;
  /** What waits for its place. */
  let waitingRows = 0;
  let waitingBytes = 0;
  let records = 0;
  let gaps = 0;
  let lastRecordAt: number | undefined;

  const gapBefore = (record: ConsumedRecord): LaneRange | undefined => {
    const at = record.event?.rivulet;
    if (!at) return undefined;
    const before = highest.get(at.lane) ?? 0;
    if (at.seq <= before) return undefined;
    highest.set(at.lane, at.seq);
    const range = { lane: at.lane, first: before + 1, count: at.seq - before - 1 };
    if (range.count === 0 || (before === 0 && !fromBeginning)) return undefined;
    // What is declared has a row that says so: that of the `drop`.
    const isMissing = ledger.lane(at.lane)?.gaps.some((gap) => overlap(gap, range) > 0);
    return isMissing ? range : undefined;
  };

  const push = ({ record, verdict, gap }: Arrived, isLate: boolean): void => {
    const { shardId, arrivedAt, readAt } = record;
    const at = arrivedAt ?? readAt;
    if (gap) rows.push({ kind: 'gap', id: nextId++, shardId, at, range: gap });
    rows.push({ kind: 'record', id: nextId++, record, verdict, isLate });
    waitingRows--;
    waitingBytes -= record.data.length;
    bytes += record.data.length;
    bytesEver += record.data.length;
    cut();
  };
  const shareOf = (rowCount: number, byteCount: number): number =>
    Math.min(1, Math.max(rowCount / maxRows, byteCount / maxBytes));

  const cut = (): void => {
    while (rows.end() - rows.first() > maxRows || bytes > maxBytes) {
      const row = rows.shift();
      if (!row) return;
      if (row.kind !== 'record') continue;
      const { data, arrivedAt, readAt } = row.record;
      bytes -= data.length;
      left.add(arrivedAt ?? readAt, shareOf(1, data.length));
    }
  };
  const settle = (now: number): void => merge.release(now, push);

  return {
    ledger,
    rates,
    rows,
    counts: () => ({ records, gaps }),
    lastRecordAt: () => lastRecordAt,
    add: (record) => {
      const verdict = ledger.add(record);
      const gap = verdict === 'new' ? gapBefore(record) : undefined;
      if (gap) gaps++;
      const { shardId, readAt, data, partitionKey } = record;
      rates.add(shardId, readAt, data.length, partitionKey);
      records++;
      lastRecordAt = readAt;
      if (readAt - (merge.dueAt() ?? readAt) > NEGLECTED_MS) settle(readAt);
      waitingRows++;
      waitingBytes += data.length;
      merge.add({ record: keep(record), verdict, gap }, record);
    },
    note: (note, at) => {
      rows.push({ kind: 'note', id: nextId++, at, ...note });
      cut();
    },
    settle,
    dueAt: merge.dueAt,
    mark: () => ({ end: rows.end(), bytes: bytesEver }),
    fillSince: (mark) => shareOf(rows.end() - mark.end, bytesEver - mark.bytes),
    isFull: () =>
      rows.end() - rows.first() + waitingRows >= maxRows || bytes + waitingBytes >= maxBytes,
    leftSince: left.since,
  };
}

/** Each step a fiftieth of the window; as many as leave a fifth of it to what follows. */
const LEFT_STEP = 0.02;
const LEFT_STEPS = 40;

/** When the rows arrived that left last, as far back as a window reaches. */
function createLeftLog() {
  const steps: number[] = [];
  let share = 0;
  return {
    add: (at: number, ofWindow: number): void => {
      if (share === 0) steps.push(at);
      if (steps.length > LEFT_STEPS) steps.shift();
      share += ofWindow;
      if (share >= LEFT_STEP) share = 0;
    },
    since: (): number | undefined => steps[0],
  };
}
