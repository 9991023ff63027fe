/**
 * What is done to the log inside one transaction. Nothing but its own requests is awaited: else it would end early. Of
 * reads there are promises; a write is left to the transaction's end, for a promise of it may reject with nobody to hear.
 */

import type { LaneRange } from '../protocol/event.ts';
import { joinRuns, without } from './lane-range.ts';
import { ask, type Foreign, PAGE_RECORDS, passOver, readPage, readRecords } from './records.ts';
import { newestRejected, rejectedOf } from './rejected.ts';
import { remainderOf } from './remainder.ts';
import { createHead, isStoredSegment } from './segment.ts';
import { takeOut } from './take-out.ts';
import { addToTally, createTally, type Tally } from './tally.ts';
import type { ReadLimits, RejectedRun, RejectedSegment, Segment, StoredSegment } from './types.ts';

/** A number, where the client's own values have names. */
const TALLY_KEY = 0;

/**
 * In this very turn: nobody awaits the requests. `isNew`: none of them is in the log already. Others the database has to
 * refuse before it commits: in Chromium 156 a transaction that is told to commit, and then meets what it refuses, ends in
 * an `UnknownError` whoever passes over the refusal.
 */
export function writeSegments(
  transaction: IDBTransaction,
  segments: readonly Segment[],
  isNew: boolean,
): void {
  const store = transaction.objectStore('segments');
  for (const segment of segments) {
    // The database numbers them; what waited in memory has a number of its own.
    const { id, ...record } = segment as StoredSegment;
    store.add(record).onerror = passOverKnown;
  }
  if (isNew) transaction.commit();
}

/** A segment that is in the log already was written by a transaction that outlived its page: once is enough. */
function passOverKnown(event: Event): void {
  if ((event.target as IDBRequest).error?.name === 'ConstraintError') passOver(event);
}

/**
 * Oldest first, up to the one that is beyond the limits. By pages: a cursor takes a turn of the browser for each record.
 * `foreign` gets what is no segment.
 */
export async function readHead(
  transaction: IDBTransaction,
  limits: ReadLimits,
  foreign: Foreign = [],
): Promise<{ readonly head: StoredSegment[]; readonly foreign: Foreign }> {
  const head: StoredSegment[] = [];
  const belongs = createHead(limits);
  for (let after: IDBKeyRange | undefined; ; ) {
    const page = await readPage(transaction, after);
    for (const record of page) {
      if (isStoredSegment(record)) {
        head.push(record);
        if (!belongs(record)) return { head, foreign };
      } else foreign.push(record);
    }
    const last = page[PAGE_RECORDS - 1];
    if (!last) return { head, foreign };
    after = IDBKeyRange.lowerBound(last.id, true);
  }
}

/**
 * `refused` are rejected ones that come from elsewhere. A full disk takes nothing but deletions: there the events are counted
 * anew later, and what was rejected is not kept.
 */
export async function settleRanges(
  transaction: IDBTransaction,
  ranges: readonly LaneRange[],
  rejected: readonly RejectedRun[],
  refused: readonly RejectedSegment[],
  isFull = false,
): Promise<void> {
  const segments = transaction.objectStore('segments');
  const values = transaction.objectStore('values');
  const index = segments.index('lane');
  const tally = await readTally(values);
  const allRefused = [...refused];
  // A batch is many segments of few lanes: one question for each lane, and not three for each segment.
  for (const range of joinRuns(ranges)) {
    const { lane, first, count } = range;
    const gone: number[] = [];
    const kept: StoredSegment[] = [];
    tally.lost = tally.lost.flatMap((lost) => without(lost, range));
    // The segment that holds the first event begins before it. `[lane]` sorts before every `[lane, first]`.
    const upToFirst = IDBKeyRange.bound([lane], [lane, first]);
    const begin = await ask(index.openKeyCursor(upToFirst, 'prev'));
    const covered = IDBKeyRange.bound(
      begin?.key ?? [lane, first],
      [lane, first + count],
      false,
      true,
    );
    for (const segment of await readRecords(segments, index, covered)) {
      if (!isStoredSegment(segment)) continue;
      const remainder = remainderOf(segment, range);
      if (remainder[0] === segment) continue;
      allRefused.push(...rejectedOf(segment, range, rejected));
      addToTally(tally, segment, -1);
      gone.push(segment.id);
      kept.push(...remainder);
    }
    // Neighbours in one request: each takes the page a task. What was cut of one stands between it and the next, and is among them.
    let from = gone[0];
    gone.forEach((id, index) => {
      const next = gone[index + 1];
      if (next === id + 1) return;
      segments.delete(IDBKeyRange.bound(from, id));
      from = next;
    });
    for (const run of kept) {
      addToTally(tally, run, 1);
      segments.put(run);
    }
  }
  if (isFull && tally.lost.length === 0) values.delete(TALLY_KEY);
  else values.put(tally, TALLY_KEY);
  if (isFull || allRefused.length === 0) return;
  const store = transaction.objectStore('rejected');
  const kept = newestRejected([...(await readRejected(transaction)), ...allRefused]);
  store.clear();
  for (const run of kept) store.put(run);
}

/** Only to be looked at: where one of them cannot be read, there are none. */
export function readRejected(transaction: IDBTransaction): Promise<RejectedSegment[]> {
  return ask(transaction.objectStore('rejected').getAll()).catch(() => []);
}

export interface Counted {
  readonly tally: Tally;
  /** False when there is more to count: appends wait behind a transaction, and this lets them pass. */
  readonly isAll: boolean;
  readonly oldest: StoredSegment | undefined;
  /** What stands between the segments. */
  readonly foreign: Foreign;
}

/** Counts some of what came since the last count, and keeps the sum for the next. */
export async function countSegments(transaction: IDBTransaction): Promise<Counted> {
  const foreign: Foreign = [];
  const values = transaction.objectStore('values');
  const tally = await readTally(values);
  // A foreign record may have a text for its id, which sorts behind all numbers.
  const uncounted = IDBKeyRange.bound(tally.upTo, Number.POSITIVE_INFINITY, true);
  const page = await readPage(transaction, uncounted);
  for (const record of page) {
    tally.upTo = record.id;
    if (isStoredSegment(record)) addToTally(tally, record, 1);
    else foreign.push(record);
  }
  // A full disk can still be counted where nothing is on it.
  if (page.length > 0) values.put(tally, TALLY_KEY);
  const isAll = page.length < PAGE_RECORDS;
  const first = isAll
    ? await readHead(transaction, { maxEvents: 1, maxBytes: 1 }, foreign)
    : undefined;
  return { tally, isAll, oldest: first?.head[0], foreign };
}

/** Takes out what is no segment. Those that tell their place stay as lost until they are settled. */
export async function takeOutForeign(transaction: IDBTransaction, foreign: Foreign): Promise<void> {
  const values = transaction.objectStore('values');
  const { lost } = await readTally(values);
  const places = await takeOut(transaction.objectStore('segments'), foreign);
  // Nobody knows what an unreadable one was counted for: all is counted again.
  values.put({ ...createTally(0), lost: [...lost, ...places] }, TALLY_KEY);
}

export async function clearAll(transaction: IDBTransaction): Promise<number> {
  let counted = await countSegments(transaction);
  while (!counted.isAll) counted = await countSegments(transaction);
  for (const name of transaction.objectStoreNames) transaction.objectStore(name).clear();
  return counted.tally.events;
}

/** One step for one value. */
export async function exchangeValue(
  transaction: IDBTransaction,
  key: string | number,
  next: (current: unknown) => unknown,
): Promise<unknown> {
  const values = transaction.objectStore('values');
  const current: unknown = await ask(values.get(key));
  const value = next(current);
  if (value !== current) values.put(value, key);
  return value;
}

/** One of an older version lacks a field. */
async function readTally(values: IDBObjectStore): Promise<Tally> {
  return { ...createTally(0), ...(await ask(values.get(TALLY_KEY))) };
}
