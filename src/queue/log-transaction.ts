/**
 * What is done to the log inside one transaction. Nothing but its own requests is awaited: else it would end early. Of
 * reads `idb` makes promises; a write is left to the transaction's end, for a promise of it may reject with nobody to hear.
 */

import { wrap } from 'idb';
import type { LaneRange } from '../protocol/event.ts';
import { remainderOf } from './remainder.ts';
import { createHead, isStoredSegment, type StoredRecord } from './segment.ts';
import { addToTally, createTally, statsOf, type Tally } from './tally.ts';
import type { LogStats, ReadLimits, StoredSegment } from './types.ts';

/** A number, where the client's own values have names. */
const TALLY_KEY = 0;

/** A batch is about ten segments of a busy page, and a page of the largest ones is still a few MiB. */
const PAGE_RECORDS = 16;

/** Oldest first, until one does not belong. By pages: a cursor takes a turn of the browser for each record. */
export async function readHead(
  transaction: IDBTransaction,
  limits: ReadLimits,
): Promise<readonly StoredSegment[]> {
  const head: StoredSegment[] = [];
  const belongs = createHead(limits);
  for (let range: IDBKeyRange | undefined; ; ) {
    const page = await readPage(transaction, range);
    for (const record of page) {
      if (!isStoredSegment(record)) continue;
      if (!belongs(record)) return head;
      head.push(record);
    }
    const last = page[PAGE_RECORDS - 1];
    if (!last) return head;
    range = IDBKeyRange.lowerBound(last.id, true);
  }
}

export async function settleRanges(
  transaction: IDBTransaction,
  ranges: readonly LaneRange[],
): Promise<void> {
  const segments = transaction.objectStore('segments');
  const values = transaction.objectStore('values');
  const tally = await readTally(values);
  for (const range of ranges) {
    const { lane, first, count } = range;
    // `[lane]` sorts before every `[lane, first]`.
    const upToEnd = IDBKeyRange.bound([lane], [lane, first + count], false, true);
    for (const segment of await wrap(segments.index('lane').getAll(upToEnd))) {
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
  values.put(tally, TALLY_KEY);
}

/**
 * Counts some of what came since the last count, and keeps the sum for the next. `undefined` when there is more to count:
 * appends wait behind this transaction, and it lets them pass.
 */
export async function countSegments(transaction: IDBTransaction): Promise<LogStats | undefined> {
  const values = transaction.objectStore('values');
  const tally = await readTally(values);
  // A foreign record may have a text for its id, which sorts behind all numbers.
  const uncounted = IDBKeyRange.bound(tally.upTo, Number.POSITIVE_INFINITY, true);
  const page = await readPage(transaction, uncounted);
  for (const record of page) {
    tally.upTo = record.id;
    if (isStoredSegment(record)) addToTally(tally, record, 1);
  }
  values.put(tally, TALLY_KEY);
  if (page[PAGE_RECORDS - 1]) return undefined;
  const [oldest] = await readHead(transaction, { maxEvents: 1, maxBytes: 1 });
  return statsOf(tally, oldest);
}

function readPage(
  transaction: IDBTransaction,
  range: IDBKeyRange | undefined,
): Promise<StoredRecord[]> {
  return wrap(transaction.objectStore('segments').getAll(range, PAGE_RECORDS));
}

async function readTally(values: IDBObjectStore): Promise<Tally> {
  return (await wrap(values.get(TALLY_KEY))) ?? createTally(0);
}
