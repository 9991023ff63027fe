/** Which partition keys the records of the last minute have: a bounded count, in which no key above 0.4 % is missed. */

export interface HotKey {
  readonly key: string;
  /** Of the records of the last minute, 0 to 1. At least this much. */
  readonly share: number;
}

export interface KeyCounts {
  readonly add: (shardId: string, at: number, key: string) => void;
  /** @param now the newest record's time unless it is given */
  readonly hottest: (shardId?: string, now?: number) => readonly HotKey[];
}

/** The minute is made of these, so that it moves on in small steps. */
const PANE_MS = 10_000;
const PANES = 6;
const MAX_KEYS = 256;
const HOTTEST = 10;

interface Pane {
  readonly pane: number;
  records: number;
  readonly counts: Map<string, number>;
}

export function createKeyCounts(): KeyCounts {
  const shards = new Map<string, Pane[]>();
  let newest = 0;

  return {
    add: (shardId, at, key) => {
      const pane = Math.floor(at / PANE_MS);
      newest = Math.max(newest, pane);
      const panes = (shards.get(shardId) ?? []).filter((one) => one.pane > pane - PANES);
      let current = panes.find((one) => one.pane === pane);
      if (!current) {
        current = { pane, records: 0, counts: new Map() };
        panes.push(current);
      }
      shards.set(shardId, panes);
      current.records++;
      count(current.counts, key);
    },
    hottest: (shardId, now) => {
      const last = now === undefined ? newest : Math.floor(now / PANE_MS);
      const counts = new Map<string, number>();
      let records = 0;
      for (const [id, panes] of shards) {
        if (shardId !== undefined && id !== shardId) continue;
        for (const one of panes) {
          if (one.pane <= last - PANES || one.pane > last) continue;
          records += one.records;
          for (const [key, times] of one.counts) counts.set(key, (counts.get(key) ?? 0) + times);
        }
      }
      return [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, HOTTEST)
        .map(([key, times]) => ({ key, share: times / records }));
    },
  };
}

/** After Misra and Gries: where there is no room for one more key, every key gives up one record, and so does this one. */
function count(counts: Map<string, number>, key: string): void {
  const times = counts.get(key);
  if (times !== undefined || counts.size < MAX_KEYS) {
    counts.set(key, (times ?? 0) + 1);
    return;
  }
  for (const [other, left] of counts) {
    if (left === 1) counts.delete(other);
    else counts.set(other, left - 1);
  }
}
