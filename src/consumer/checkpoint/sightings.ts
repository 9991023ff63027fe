import { isVersion } from './memory-store.ts';
import type { Lease } from './types.ts';

/** What one consumer has seen of the others, by its own clock alone: no two clocks are compared. */
export interface Sightings {
  /** Takes in a list of the store, read at that time. */
  readonly look: (leases: readonly Lease[], at: number) => void;
  /** Since when the lease stands as it was seen last. */
  readonly since: (lease: Lease) => number | undefined;
  /** Whether the owner was seen to write. */
  readonly isAlive: (owner: string) => boolean;
}

export function createSightings(): Sightings {
  let seen = new Map<string, { readonly lease: Lease; readonly since: number }>();
  const alive = new Set<string>();
  return {
    look: (leases, at) => {
      seen = new Map(
        leases.map((lease) => {
          const before = seen.get(lease.shardId);
          if (before && isVersion(before.lease, lease)) return [lease.shardId, before];
          if (before && lease.owner !== undefined && before.lease.owner === lease.owner) {
            alive.add(lease.owner);
          }
          return [lease.shardId, { lease, since: at }];
        }),
      );
      const owners = new Set(leases.map(({ owner }) => owner));
      for (const owner of alive) if (!owners.has(owner)) alive.delete(owner);
    },
    since: (lease) => {
      const last = seen.get(lease.shardId);
      return last && isVersion(last.lease, lease) ? last.since : undefined;
    },
    isAlive: (owner) => alive.has(owner),
  };
}
