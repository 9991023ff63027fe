import type { Lease, LeaseStore, LeaseVersion } from './types.ts';

/**
 * Keeps leases as long as it lives: for consumers of one process, and for tests. A process that begins anew reads from the
 * start again.
 */
export function memoryStore(): LeaseStore {
  const leases = new Map<string, Lease>();
  return {
    list: async () => [...leases.values()],
    create: async (lease) => {
      if (leases.has(lease.shardId)) return false;
      leases.set(lease.shardId, lease);
      return true;
    },
    replace: async (before, lease) => {
      if (!isVersion(leases.get(before.shardId), before)) return false;
      leases.set(before.shardId, lease);
      return true;
    },
    remove: async (before) =>
      isVersion(leases.get(before.shardId), before) && leases.delete(before.shardId),
  };
}

/** Whether nobody has written the lease since it was read as `before`. */
export function isVersion(stored: LeaseVersion | undefined, before: LeaseVersion): boolean {
  return stored?.owner === before.owner && stored?.counter === before.counter;
}
