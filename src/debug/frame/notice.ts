/** What a reader has to know about the reading as a whole, one line at a time: the most urgent comes first. */

import type { ShardState } from '../../consumer/types.ts';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatPlural,
  formatShard,
  formatTime,
} from '../format.ts';

export interface Notice {
  readonly kind: 'file' | 'token' | 'offline' | 'loss' | 'throttled' | 'resharding' | 'history';
  readonly text: string;
}

export interface NoticeFacts {
  readonly shards: readonly ShardState[];
  readonly isOnline: boolean;
  /** The file that is shown. */
  readonly replayed: string | undefined;
  readonly needsToken: boolean;
  readonly hasRecords: boolean;
  /** How far the shard was behind that was furthest behind when the reading began. */
  readonly behindAtStart: number;
  /** When shards were last added, and which. */
  readonly reshardedAt: number | undefined;
  readonly children: readonly ShardState[];
  readonly now: number;
}

/** A split is read about for so long; then it is history, and stands in the map. */
export const RESHARDING_SHOWN_MS = 20_000;

/** Less than this behind is at the end: the next read brings it. */
const HISTORY_FROM_MS = 5_000;

export function noticeOf(facts: NoticeFacts): Notice | undefined {
  const { shards, now } = facts;
  if (facts.replayed !== undefined) {
    return { kind: 'file', text: `You look at ${facts.replayed}: nothing here is live.` };
  }
  if (!facts.isOnline) {
    const readAt = Math.max(0, ...shards.map((shard) => shard.lastReadAt ?? 0));
    const last = readAt > 0 ? ` Last read at ${formatTime(readAt).slice(0, 8)}.` : '';
    const text = `Offline: capturing goes on, the stream is read again once the network is back.${last}`;
    return { kind: 'offline', text };
  }
  if (facts.needsToken && facts.hasRecords) {
    return { kind: 'token', text: 'The relay does not take the read token any more.' };
  }
  const lost = shards.find((shard) => shard.loss);
  if (lost) return { kind: 'loss', text: `Shard ${formatShard(lost.shardId)}: ${lost.loss}` };
  const throttled = shards.filter(({ pace }) => pace === 'throttled');
  if (throttled.length > 0) {
    const which = throttled.map(({ shardId }) => formatShard(shardId)).join(', ');
    const text = `Throttled on ${throttled.length === 1 ? 'shard' : 'shards'} ${which}: 5 reads a second of a shard are shared by everyone who reads it. This view slows down and goes on.`;
    return { kind: 'throttled', text };
  }
  if (facts.reshardedAt !== undefined && now - facts.reshardedAt < RESHARDING_SHOWN_MS) {
    return { kind: 'resharding', text: describeResharding(facts.children) };
  }
  return historyOf(facts);
}

function describeResharding(children: readonly ShardState[]): string {
  const isMerge = children.some(({ parents }) => parents.length > 1);
  const from = [...new Set(children.flatMap(({ parents }) => parents))]
    .map(formatShard)
    .join(' and ');
  const to = children.map(({ shardId }) => formatShard(shardId)).join(' and ');
  const what = isMerge ? `Shards ${from} became ${to}` : `Shard ${from} became ${to}`;
  return `${what}. What is new is read once the end of what it came from is reached: no event overtakes another of its key.`;
}

function historyOf({ shards, behindAtStart, now }: NoticeFacts): Notice | undefined {
  const reading = shards.filter(({ status }) => status === 'reading');
  const behind = Math.max(0, ...reading.map(({ millisBehindLatest = 0 }) => millisBehindLatest));
  if (behind < HISTORY_FROM_MS) return undefined;
  const part = behindAtStart > 0 ? Math.max(0, 1 - behind / behindAtStart) : 0;
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const reads = shards.reduce((sum, shard) => sum + shard.reads, 0);
  const age = formatAge(behind);
  const text = `Reading history: ${Math.floor(part * 100)} %, ${formatBytes(bytes)}, ${formatCount(reads)} reads. ${formatPlural(reading.length, 'shard')} up to ${age} behind.`;
  return now > 0 ? { kind: 'history', text } : undefined;
}
