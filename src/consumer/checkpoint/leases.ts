import { expectOption } from '../../errors.ts';
import { createSession } from './session.ts';
import type { Checkpointing, LeaseStore } from './types.ts';

export interface LeaseOptions {
  /** Says who it is, for people: the host's name, or what the tab shows. What tells two apart is added. @default 'rivulet' */
  readonly owner?: string;
  /**
   * How long a consumer that says nothing keeps its shards from the others, in milliseconds. The same for all who share the
   * store. Renewed three times in that time. @default 10000
   */
  readonly leaseMs?: number;
  /** How long what is done may wait to be written, in milliseconds: as much comes again after a crash. @default a third of leaseMs */
  readonly checkpointMs?: number;
}

const DEFAULTS = { owner: 'rivulet', leaseMs: 10_000 } as const;

/** A timer of more than 24.8 days would fire at once. */
const MAX_LEASE_MS: number = 24 * 60 * 60_000;

/**
 * Keeps checkpoints in a store, and shares the shards with every consumer that uses the same one: each reads its part, and
 * what one that ended has left, the others take over. One store is for one stream and one purpose.
 *
 * @example
 * createConsumer({ client, stream, from: 'TRIM_HORIZON', checkpoint: leases(indexedDbStore({ name: 'dashboard' })) });
 */
export function leases(store: LeaseStore, options: LeaseOptions = {}): Checkpointing {
  const { owner, leaseMs } = { ...DEFAULTS, ...options };
  const { checkpointMs = leaseMs / 3 } = options;
  const isStore = ['list', 'create', 'replace', 'remove'].every(
    (name) => typeof store?.[name as keyof LeaseStore] === 'function',
  );
  expectOption('store', isStore, 'a LeaseStore', store);
  expectOption('owner', typeof owner === 'string' && owner !== '', 'a name', owner);
  expectOption('leaseMs', leaseMs > 0 && leaseMs <= MAX_LEASE_MS, `1 to ${MAX_LEASE_MS}`, leaseMs);
  expectOption(
    'checkpointMs',
    checkpointMs >= 0 && checkpointMs <= MAX_LEASE_MS,
    `0 to ${MAX_LEASE_MS}`,
    checkpointMs,
  );
  return {
    start: (host) => {
      const name = `${owner}.${tokenOf(host.runtime.random)}`;
      return createSession(store, { name, leaseMs, checkpointMs }, host);
    },
  };
}

/** Two that had the same name would each take the other's leases for its own. */
function tokenOf(random: () => number): string {
  return Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join('');
}
