import { remainderOf } from './remainder.ts';
import { createHead } from './segment.ts';
import { addToTally, createTally, statsOf } from './tally.ts';
import type { SegmentLog, StoredSegment } from './types.ts';

/** A log that lasts as long as the page: for where there is no database, or the user refuses one. */
export function createMemoryLog(): SegmentLog {
  let stored: StoredSegment[] = [];
  let lastId = 0;
  const values = new Map<string, unknown>();

  return {
    kind: 'memory',
    append: async (segments) => {
      for (const segment of segments) stored.push({ ...segment, id: ++lastId });
    },
    read: async (limits) => {
      const belongs = createHead(limits);
      const end = stored.findIndex((segment) => !belongs(segment));
      return end < 0 ? [...stored] : stored.slice(0, end);
    },
    settle: async (ranges) => {
      for (const range of ranges) stored = stored.flatMap((segment) => remainderOf(segment, range));
    },
    stats: async () => {
      const tally = createTally(Number.POSITIVE_INFINITY);
      for (const segment of stored) addToTally(tally, segment, 1);
      return statsOf(tally, stored[0]);
    },
    getValue: async (key) => values.get(key),
    setValue: async (key, value) => {
      values.set(key, value);
    },
    close: () => {},
  };
}
