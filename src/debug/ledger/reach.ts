/** How far each shard was handed to the ledger: what lies between its first and its last record has been looked at. */

import type { Ledger } from '../../consumer/types.ts';

export interface Reach {
  /** Sequence numbers of the first and of the last record. */
  readonly from: string;
  readonly to: string;
  /** Application records, which may be many of one sequence number. */
  readonly records: number;
}

export interface WatchedLedger {
  readonly ledger: Ledger;
  readonly reachOf: (shardId: string) => Reach | undefined;
}

/**
 * What a shard's reader says of itself is ahead of the ledger, which only knows what it was given: a loss may be proven by
 * the ledger's own view alone.
 */
export function watchLedger(
  ledger: Ledger,
  known: Iterable<readonly [string, Reach]> = [],
): WatchedLedger {
  const reaches = new Map<string, { from: string; to: string; records: number }>();
  for (const [shardId, reach] of known) reaches.set(shardId, { ...reach });
  return {
    ledger: {
      ...ledger,
      add: (record) => {
        const { shardId, sequenceNumber } = record;
        const reach = reaches.get(shardId);
        if (reach) {
          reach.to = sequenceNumber;
          reach.records++;
        } else reaches.set(shardId, { from: sequenceNumber, to: sequenceNumber, records: 1 });
        return ledger.add(record);
      },
    },
    reachOf: (shardId) => reaches.get(shardId),
  };
}

/** Whether one sequence number comes after another. They are decimal text without leading zeros, of many lengths. */
export function isAfter(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}
