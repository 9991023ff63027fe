import type { CheckpointSession } from './checkpoint/types.ts';
import type { ShardFacts } from './lineage.ts';
import type { ConsumedRecord, Position, ShardState } from './types.ts';

/** What the reading of a shard has come to: its state without what the list and the checkpoints say. */
export type Progress = Omit<
  ShardState,
  'shardId' | 'parents' | 'hashKeys' | 'owner' | 'checkpoint'
>;

/** What is known of each shard, and who wants to hear of changes. */
export interface ShardStates {
  readonly get: (shard: ShardFacts) => ShardState;
  readonly hasLoss: (shardId: string) => boolean;
  /** Forgets the others. */
  readonly keep: (shards: readonly ShardFacts[]) => void;
  readonly report: (shardId: string, change: Partial<Progress>) => void;
  /** What one read brought waits to be pulled or handled. The change shows at once with it. */
  readonly arrived: (
    shardId: string,
    records: readonly ConsumedRecord[],
    change: Partial<Progress>,
  ) => void;
  readonly done: (shardId: string, upTo: Position) => void;
  /** The handler of a run waits at a record of the shard, or goes on. */
  readonly handlerFailed: (shardId: string, message: string | undefined) => void;
  /** Something changed that is not a shard's own. */
  readonly tell: () => void;
  readonly onChange: (listener: () => void) => () => void;
}

export function createShardStates(leaseOf: CheckpointSession['lease']): ShardStates {
  const states = new Map<string, Progress>();
  const handlerErrors = new Map<string, string>();
  /** The last record of each shard that is not drained. */
  const lastArrived = new Map<string, Position>();
  const listeners = new Set<() => void>();
  let isTelling = false;

  /** Once a turn, and apart from the reading: what a listener throws is its own. */
  function tell(): void {
    if (isTelling) return;
    isTelling = true;
    void Promise.resolve().then(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    });
  }

  function get({ shardId, parents, hashKeys }: ShardFacts): ShardState {
    const { owner, checkpoint } = leaseOf(shardId) ?? {};
    const handlerError = handlerErrors.get(shardId);
    const progress = states.get(shardId) ?? UNREAD;
    const state = { shardId, parents, hashKeys, ...progress, owner, checkpoint };
    if (handlerError !== undefined) return { ...state, status: 'failed', error: handlerError };
    if (state.status !== 'waiting') return state;
    if (checkpoint === 'SHARD_END') return { ...state, status: 'closed' };
    return owner === undefined ? state : { ...state, status: 'elsewhere' };
  }

  function report(shardId: string, change: Partial<Progress>): void {
    const progress = states.get(shardId) ?? UNREAD;
    const isNews = Object.entries(change).some(
      ([name, value]) => progress[name as keyof Progress] !== value,
    );
    if (!isNews) return;
    states.set(shardId, { ...progress, ...change });
    tell();
  }

  return {
    get,
    hasLoss: (shardId) => states.get(shardId)?.loss !== undefined,
    keep: (shards) => {
      const ids = new Set(shards.map(({ shardId }) => shardId));
      for (const kept of [states, lastArrived, handlerErrors]) {
        for (const shardId of kept.keys()) if (!ids.has(shardId)) kept.delete(shardId);
      }
    },
    report,
    arrived: (shardId, arrived, change) => {
      const last = arrived.at(-1);
      if (last) lastArrived.set(shardId, last);
      const { records, bytes } = states.get(shardId) ?? UNREAD;
      report(shardId, {
        ...change,
        ...(last && { isDrained: false }),
        records: records + arrived.length,
        bytes: arrived.reduce((sum, { data }) => sum + data.length, bytes),
      });
    },
    done: (shardId, upTo) => {
      const last = lastArrived.get(shardId);
      const isLast =
        last?.sequenceNumber === upTo.sequenceNumber &&
        last.subSequenceNumber === upTo.subSequenceNumber;
      if (!isLast) return;
      lastArrived.delete(shardId);
      report(shardId, { isDrained: true });
    },
    handlerFailed: (shardId, message) => {
      if (message === undefined) handlerErrors.delete(shardId);
      else handlerErrors.set(shardId, message);
      tell();
    },
    tell,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const UNREAD: Progress = {
  status: 'waiting',
  millisBehindLatest: undefined,
  records: 0,
  bytes: 0,
  lastSequenceNumber: undefined,
  lastReadAt: undefined,
  isDrained: true,
  lastProgressAt: undefined,
  pace: 'budget',
  reads: 0,
  throttledReads: 0,
  loss: undefined,
  error: undefined,
};
