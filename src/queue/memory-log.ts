import { findSurplus } from './eviction.ts';
import { newestRejected, rejectedOf } from './rejected.ts';
import { remainderOf } from './remainder.ts';
import { createHead } from './segment.ts';
import { createShelf } from './shelf.ts';
import { addToTally, createTally, statsOf, type Tally } from './tally.ts';
import type { Exchange, RejectedSegment, SegmentLog, StoredSegment } from './types.ts';

/** Behind all that a database will number, and low enough for the ids of what is cut. */
const FIRST_ID = 2 ** 32;

/** What a log in a database needs to know of the one in memory. Its calls have done their work when they return. */
export interface MemoryLog extends SegmentLog {
  readonly stored: () => readonly StoredSegment[];
  /** What it holds amounts to, and what was counted before. */
  readonly tally: (before?: Tally) => Tally;
  /** Gives away what has been written elsewhere: these, and what has been cut from them since. */
  readonly giveAway: (written: readonly StoredSegment[]) => void;
  /** The rejected store and the values, as they are. */
  readonly refused: () => readonly RejectedSegment[];
  /** They are on disk, unless there are others since. */
  readonly forgetRefused: (written: readonly RejectedSegment[]) => void;
  readonly values: ReadonlyMap<string | number, unknown>;
}

/** A log that lasts as long as the page: for where there is no database, and until there is one. */
export function createMemoryLog(): MemoryLog {
  let stored: StoredSegment[] = [];
  let refused: RejectedSegment[] = [];
  let lastId = FIRST_ID;
  const values = new Map<string | number, unknown>();
  const getStored = (): readonly StoredSegment[] => stored;

  function tally(before = createTally(0)): Tally {
    const sum = { ...before, upTo: Number.POSITIVE_INFINITY };
    for (const segment of stored) addToTally(sum, segment, 1);
    return sum;
  }

  const exchange: Exchange = async (key, next) => {
    const current = values.get(key);
    const value = next(current);
    if (value !== current) values.set(key, value);
    return value;
  };

  const stats: SegmentLog['stats'] = async () => statsOf(tally(), stored[0]);
  return {
    kind: 'memory',
    append: async (segments) => {
      for (const segment of segments) stored.push({ ...segment, id: ++lastId });
    },
    read: async (limits) => stored.filter(createHead(limits)),
    settle: async (ranges, rejected = []) => {
      for (const range of ranges) {
        stored = stored.flatMap((segment) => {
          const remainder = remainderOf(segment, range);
          if (remainder[0] !== segment) refused.push(...rejectedOf(segment, range, rejected));
          return remainder;
        });
      }
      refused = newestRejected(refused);
    },
    surplus: async (bounds) => findSurplus(createShelf(getStored), bounds, await stats()),
    stats,
    rejected: async () => [...refused],
    clear: async () => {
      const { events } = tally();
      stored = [];
      refused = [];
      values.clear();
      return events;
    },
    close: () => {},
    stored: getStored,
    tally,
    giveAway(written) {
      const end = Math.floor(written.at(-1)?.id ?? 0) + 1;
      stored = stored.filter(({ id }) => id >= end);
    },
    refused: () => refused,
    forgetRefused(written) {
      if (refused === written) refused = [];
    },
    values,
    exchange,
  };
}
