import type { Runtime } from '../../runtime.ts';
import { createStreamClock } from './stream-clock.ts';
import type { ShardProgress } from './types.ts';

/**
 * How far reading has come, by the time of arrival: what is still to come of any shard arrived later. It never goes back.
 *
 * The least of all shards decides. A shard has come as far as the latest record that was counted of it; when all that was
 * read of it is done, as far as its last read, less the time that the service said it is behind: so that a silent shard
 * comes as far as it was asked, and one that catches up is waited for. One that was not read yet holds the watermark where it
 * is, and so does one that ended whose children are not being read yet. One that fails does for `patienceMs`.
 */
export interface Watermark {
  readonly note: (shardId: string, arrivedAt: number, readAt: number) => void;
  /** Minus infinity while nothing is known. Without shards, one that is `patienceMs` behind the furthest is not waited for. */
  readonly advance: (shards?: readonly ShardProgress[]) => number;
  readonly upTo: () => number;
  readonly leftBehind: () => readonly string[];
}

/**
 * Arrival times of a shard are approximate and may go back a little (API_Record, `ApproximateArrivalTimestamp`), and an
 * answer is a little older than its moment: nobody is believed before so long after.
 */
export const ARRIVAL_SLACK_MS = 2000;
/** Of the time for which nobody read anything so much counts as waiting: a page may have slept in between. */
const LONGEST_WAIT_MS = 5000;

export function createWatermark(
  patienceMs: number,
  runtime: Pick<Runtime, 'now' | 'monotonic'>,
): Watermark {
  const clock = createStreamClock(runtime);
  /** The latest arrival of each shard. */
  const arrivals = new Map<string, number>();
  /** How long each shard that does not get on has been waited for while others were read. */
  const waited = new Map<string, number>();
  let lastReadAt: number | undefined;
  let leftBehind: readonly string[] = [];
  let upTo = Number.NEGATIVE_INFINITY;

  function arrivedOf(shardId: string): number {
    return arrivals.get(shardId) ?? Number.NEGATIVE_INFINITY;
  }

  function progressOf(shard: ShardProgress): number {
    const { shardId, isDrained, millisBehindLatest } = shard;
    const arrived = arrivedOf(shardId);
    if (!isDrained || shard.lastReadAt === undefined || millisBehindLatest === undefined) {
      return arrived;
    }
    return Math.max(arrived, clock.at(shard.lastReadAt) - millisBehindLatest);
  }

  /** The time, on our own clock, for which others were read since it was asked last. */
  function timeOfReads(shards: readonly ShardProgress[]): number {
    const latest = Math.max(...shards.map((shard) => shard.lastReadAt ?? Number.NEGATIVE_INFINITY));
    const passed = lastReadAt === undefined ? 0 : latest - lastReadAt;
    if (Number.isFinite(latest)) lastReadAt = latest;
    return passed > 0 ? Math.min(passed, LONGEST_WAIT_MS) : 0;
  }

  function leastOf(shards: readonly ShardProgress[]): number {
    const passed = timeOfReads(shards);
    const followed = new Set(shards.flatMap(({ parents }) => parents));
    const unended = new Set(
      shards.filter((shard) => !hasEnded(shard)).map(({ shardId }) => shardId),
    );
    const behind: string[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (const shard of shards) {
      const { shardId, status, parents } = shard;
      if (status === 'elsewhere' || status === 'skipped') continue;
      if (hasEnded(shard) && followed.has(shardId)) continue;
      // Its parents are waited for in its place.
      if (status === 'waiting' && parents.some((parent) => unended.has(parent))) continue;
      const isStuck = status === 'failed' || status === 'waiting' || hasEnded(shard);
      const waitedMs = isStuck ? (waited.get(shardId) ?? 0) + passed : 0;
      waited.set(shardId, waitedMs);
      if (waitedMs > patienceMs) behind.push(shardId);
      else least = Math.min(least, hasEnded(shard) ? arrivedOf(shardId) : progressOf(shard));
    }
    leftBehind = behind;
    forget(shards);
    return least;
  }

  /** Of shards that the stream has forgotten. */
  function forget(shards: readonly ShardProgress[]): void {
    if (arrivals.size + waited.size <= 2 * shards.length) return;
    const known = new Set(shards.map(({ shardId }) => shardId));
    for (const shardId of arrivals.keys()) if (!known.has(shardId)) arrivals.delete(shardId);
    for (const shardId of waited.keys()) if (!known.has(shardId)) waited.delete(shardId);
  }

  function leastOfArrivals(): number {
    let furthest = Number.NEGATIVE_INFINITY;
    for (const arrived of arrivals.values()) furthest = Math.max(furthest, arrived);
    let least = furthest;
    for (const arrived of arrivals.values()) {
      if (furthest - arrived <= patienceMs) least = Math.min(least, arrived);
    }
    leftBehind = [];
    if (arrivals.size > 1) {
      leftBehind = [...arrivals.keys()].filter((id) => furthest - arrivedOf(id) > patienceMs);
    }
    return least;
  }

  return {
    note(shardId, arrivedAt, readAt) {
      clock.note(arrivedAt, readAt);
      if (arrivedAt > arrivedOf(shardId)) arrivals.set(shardId, arrivedAt);
    },
    advance(shards) {
      const least = shards ? leastOf(shards) : leastOfArrivals();
      // Where no shard is waited for, nothing is known of what is to come.
      if (Number.isFinite(least)) upTo = Math.max(upTo, least - ARRIVAL_SLACK_MS);
      return upTo;
    },
    upTo: () => upTo,
    leftBehind: () => leftBehind,
  };
}

function hasEnded({ status, isDrained }: ShardProgress): boolean {
  return status === 'closed' && isDrained;
}
