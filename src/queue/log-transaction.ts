/** What is done to the log inside one transaction. Nothing but its own requests is awaited: else it would end early. */

import type { IDBPTransaction } from 'idb';
import type { LaneRange } from '../protocol/event.ts';
import type { LogSchema } from './open-database.ts';
import { remainderOf } from './remainder.ts';
import { createHead, isStoredSegment } from './segment.ts';
import { addToTally, createTally, statsOf, type Tally } from './tally.ts';
import type { LogStats, ReadLimits, StoredSegment } from './types.ts';

export type LogTransaction = IDBPTransaction<LogSchema, ['segments', 'values'], 'readwrite'>;

/** A number, where the client's own values have names. */
const TALLY_KEY = 0;

/** A batch is about ten segments of a busy page, and a page of the largest ones is still a few MiB. */
const PAGE_RECORDS = 16;

/** Some tens of milliseconds: as long as an append may have to wait. */
const COUNTED_RECORDS = 256;

export async function readHead(
  transaction: LogTransaction,
  limits: ReadLimits,
): Promise<readonly StoredSegment[]> {
  const head: StoredSegment[] = [];
  const belongs = createHead(limits);
  await walk(transaction, undefined, (segment) => belongs(segment) && head.push(segment));
  return head;
}

export async function settleRanges(
  transaction: LogTransaction,
  ranges: readonly LaneRange[],
): Promise<void> {
  const segments = transaction.objectStore('segments');
  const tally = await readTally(transaction);
  for (const range of ranges) {
    const { lane, first, count } = range;
    // `[lane]` sorts before every `[lane, first]`.
    const upToEnd = IDBKeyRange.bound([lane], [lane, first + count], false, true);
    for (const segment of await segments.index('lane').getAll(upToEnd)) {
      if (!isStoredSegment(segment)) continue;
      const remainder = remainderOf(segment, range);
      if (remainder[0] === segment) continue;
      addToTally(tally, segment, -1);
      segments.delete(segment.id);
      for (const run of remainder) {
        addToTally(tally, run, 1);
        segments.put(run);
      }
    }
  }
  await writeTally(transaction, tally);
}

/**
 * Counts what came since the last count, and keeps the sum for the next. `undefined` when there is more to count: appends
 * wait behind this transaction, and it lets them pass.
 */
export async function countSegments(transaction: LogTransaction): Promise<LogStats | undefined> {
  const tally = await readTally(transaction);
  const uncounted = IDBKeyRange.lowerBound(tally.upTo, true);
  let left = COUNTED_RECORDS;
  await walk(transaction, uncounted, (segment) => {
    tally.upTo = segment.id;
    addToTally(tally, segment, 1);
    return --left;
  });
  await writeTally(transaction, tally);
  const [oldest] = await readHead(transaction, { maxEvents: 1, maxBytes: 1 });
  return left ? statsOf(tally, oldest) : undefined;
}

/** Visits segments, oldest first, until one is not wanted. By pages: a cursor takes a turn of the browser for each record. */
async function walk(
  transaction: LogTransaction,
  from: IDBKeyRange | undefined,
  visit: (segment: StoredSegment) => unknown,
): Promise<void> {
  for (let range = from; ; ) {
    const page = await transaction.objectStore('segments').getAll(range, PAGE_RECORDS);
    if (page.some((record) => isStoredSegment(record) && !visit(record))) return;
    const last = page[PAGE_RECORDS - 1] as { id: number } | undefined;
    if (!last) return;
    range = IDBKeyRange.lowerBound(last.id, true);
  }
}

async function readTally(transaction: LogTransaction): Promise<Tally> {
  const tally = await transaction.objectStore('values').get(TALLY_KEY);
  return (tally as Tally | undefined) ?? createTally(0);
}

function writeTally(transaction: LogTransaction, tally: Tally): Promise<unknown> {
  return transaction.objectStore('values').put(tally, TALLY_KEY);
}
