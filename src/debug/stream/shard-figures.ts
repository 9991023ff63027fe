/** What the map, the table and the chosen shard say of a shard: one model, in words and figures. */

import type { ReadPace, ShardState, ShardStatus } from '../../consumer/types.ts';
import {
  SHARD_WRITE_BYTES_PER_SECOND,
  SHARD_WRITE_RECORDS_PER_SECOND,
} from '../../protocol/limits.ts';
import { formatAge, formatCount } from '../format.ts';
import { behindOf } from '../frame/live-state.ts';
import { placeOf } from '../reading/hash-space.ts';
import type { Rates } from '../reading/rates.ts';

export interface ShardFigures {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of what a shard takes in a second, 0 to 1: records or bytes, whichever is nearer. */
  readonly load: number;
  readonly behindMs: number | undefined;
}

/** Seconds over which a rate is taken: long enough to be read, short enough to be "now". */
const RATE_OVER_SECONDS = 5;

export function figuresOf(
  shard: ShardState,
  rates: Pick<Rates, 'perSecond' | 'bytesPerSecond'>,
  now: number,
): ShardFigures {
  const recordsPerSecond = rates.perSecond(shard.shardId, now, RATE_OVER_SECONDS);
  const bytesPerSecond = rates.bytesPerSecond(shard.shardId, now, RATE_OVER_SECONDS);
  return {
    recordsPerSecond,
    bytesPerSecond,
    load: loadOf(recordsPerSecond, bytesPerSecond),
    behindMs: shard.status === 'closed' ? undefined : behindOf(shard, now),
  };
}

export function loadOf(recordsPerSecond: number, bytesPerSecond: number): number {
  return Math.max(
    recordsPerSecond / SHARD_WRITE_RECORDS_PER_SECOND,
    bytesPerSecond / SHARD_WRITE_BYTES_PER_SECOND,
  );
}

const STATES: Record<ShardStatus, string> = {
  waiting: '◌ waits for its parents',
  elsewhere: '○ read elsewhere',
  reading: '◔ reading',
  live: '● live',
  closed: '■ closed',
  failed: '✕ reads fail',
  skipped: '– not read',
};

const PACES: Partial<Record<ReadPace, string>> = {
  idle: 'asked seldom: nothing came',
  throttled: 'throttled, slowed down',
  hidden: 'paused: nobody sees the page',
  full: 'what was read is taken in',
};

/** `● live`, `◔ reading, throttled, slowed down`. */
export function describeState({ status, pace }: ShardState): string {
  const isRead = status === 'reading' || status === 'live';
  const how = isRead ? PACES[pace] : undefined;
  return how ? `${STATES[status]}, ${how}` : STATES[status];
}

/** `25.0 – 37.5 %` of the hash keys. */
export function describeRange({ hashKeys }: Pick<ShardState, 'hashKeys'>): string {
  const { start, length } = placeOf(hashKeys);
  return `${(start * 100).toFixed(1)} – ${((start + length) * 100).toFixed(1)} %`;
}

export function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond));
}

export function formatPercent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  return `${Math.round(share * 100)} %`;
}

export function formatBehind(behindMs: number | undefined): string {
  return behindMs === undefined ? '–' : `${formatAge(behindMs)}`;
}
