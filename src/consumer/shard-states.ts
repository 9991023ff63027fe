import type { CheckpointSession } from './checkpoint/types.ts';
import type { ShardFacts } from './lineage.ts';
import type { ConsumedRecord, Position, ShardState } from './types.ts';

/** What is known of each shard, and who wants to hear of changes. */
export interface ShardStates {
  readonly add: (shard: ShardFacts) => void;
  readonly remove: (shardId: string) => void;
  readonly report: (shardId: string, change: Partial<ShardState>) => void;
  /** What one read brought waits to be pulled or handled. The change shows at once with it. */
  readonly arrived: (
    shardId: string,
    records: readonly ConsumedRecord[],
    change: Partial<ShardState>,
  ) => void;
  readonly done: (shardId: string, upTo: Position) => void;
  /** The handler of a run waits at a record of the shard, or goes on. */
  readonly handlerFailed: (shardId: string, message: string | undefined) => void;
  readonly get: (shardId: string) => ShardState | undefined;
  /** Something changed that is not a shard's own. */
  readonly tell: () => void;
  readonly onChange: (listener: () => void) => () => void;
}

export function createShardStates(leaseOf: CheckpointSession['lease']): ShardStates {
  const states = new Map<string, ShardState>();
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

  function get(shardId: string): ShardState | undefined {
    const state = states.get(shardId);
    if (!state) return undefined;
    const { owner, checkpoint } = leaseOf(shardId) ?? {};
    const handlerError = handlerErrors.get(shardId);
    if (handlerError !== undefined)
      return { ...state, owner, checkpoint, status: 'failed', error: handlerError };
    if (state.status !== 'waiting') return { ...state, owner, checkpoint };
    const isElsewhere = owner !== undefined;
    const status = checkpoint === 'SHARD_END' ? 'closed' : isElsewhere ? 'elsewhere' : 'waiting';
    return { ...state, owner, checkpoint, status };
  }

  function report(shardId: string, change: Partial<ShardState>): void {
    const state = states.get(shardId);
    if (!state) return;
    const isNews = Object.entries(change).some(
      ([name, value]) => state[name as keyof ShardState] !== value,
    );
    if (!isNews) return;
    states.set(shardId, { ...state, ...change });
    tell();
  }

  return {
    add: (shard) => {
      states.set(shard.shardId, newState(shard));
      tell();
    },
    remove: (shardId) => {
      states.delete(shardId);
      lastArrived.delete(shardId);
      handlerErrors.delete(shardId);
    },
    report,
    arrived: (shardId, arrived, change) => {
      const last = arrived.at(-1);
      if (last) lastArrived.set(shardId, last);
      const { records = 0, bytes = 0 } = states.get(shardId) ?? {};
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
    get,
    tell,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function newState({ shardId, parents, hashKeys }: ShardFacts): ShardState {
  return {
    shardId,
    parents,
    hashKeys,
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
    checkpoint: undefined,
    owner: undefined,
    loss: undefined,
    error: undefined,
  };
}
