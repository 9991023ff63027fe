import type {
  Checkpoint,
  CheckpointHost,
  Checkpointing,
  CheckpointSession,
  Lease,
} from '../../../src/consumer/checkpoint/types.ts';

/** Checkpoints that do what the test says, and note down what they are told. */
export interface ScriptedSession {
  readonly checkpoint: Checkpointing;
  readonly host: () => CheckpointHost;
  readonly known: () => readonly string[];
  /** What was known when a shard was done to its end. */
  readonly knownAtEnd: (readonly string[])[];
  readonly held: Set<string>;
  readonly leases: Map<string, Pick<Lease, 'owner' | 'checkpoint'>>;
  /** `0:1` for the first record of shard 0, `0:end` for its end. */
  readonly done: string[];
  readonly grant: (shardId: string, from?: Checkpoint) => void;
  readonly revoke: (shardId: string) => void;
  readonly ended: () => number;
  /** Lets `end` and `flush` come to their end. */
  readonly written: () => void;
}

export function scriptedSession(numberOf: (sequenceNumber: string) => string): ScriptedSession {
  const held = new Set<string>();
  const leases = new Map<string, Pick<Lease, 'owner' | 'checkpoint'>>();
  const done: string[] = [];
  const knownAtEnd: (readonly string[])[] = [];
  let host: CheckpointHost | undefined;
  let known: readonly string[] = [];
  let ended = 0;
  let written = (): void => {};
  const writing = new Promise<void>((resolve) => {
    written = resolve;
  });
  const session: CheckpointSession = {
    known: (shards) => {
      known = shards.map(({ shardId }) => shardId);
    },
    holds: (shardId) => held.has(shardId),
    done: (shardId, upTo) => {
      if (upTo === 'SHARD_END') knownAtEnd.push(known);
      const what = upTo === 'SHARD_END' ? 'end' : numberOf(upTo.sequenceNumber);
      done.push(`${Number(shardId.slice(-3))}:${what}`);
    },
    lease: (shardId) => leases.get(shardId),
    flush: () => writing,
    end: () => {
      ended++;
      return writing;
    },
  };
  const hostOf = (): CheckpointHost => {
    if (!host) throw new Error('session: expected to be started');
    return host;
  };
  return {
    checkpoint: {
      start: (given) => {
        host = given;
        return session;
      },
    },
    host: hostOf,
    known: () => known,
    knownAtEnd,
    held,
    leases,
    done,
    grant: (shardId, from = 'TRIM_HORIZON') => {
      held.add(shardId);
      hostOf().granted(shardId, from);
    },
    revoke: (shardId) => {
      held.delete(shardId);
      hostOf().revoked(shardId);
    },
    ended: () => ended,
    written: () => written(),
  };
}
