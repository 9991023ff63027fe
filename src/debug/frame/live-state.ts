/** What reading is doing at the moment, in one line. */

import type { ShardState } from '../../consumer/types.ts';
import { formatAge, formatPlural, formatTime } from '../format.ts';

export interface LiveState {
  readonly tone: 'idle' | 'live' | 'reading' | 'offline' | 'failed';
  readonly text: string;
  /** The whole story, where the line is too short for it. */
  readonly detail?: string;
}

export interface LiveFacts {
  readonly connected: boolean;
  readonly online: boolean;
  readonly shards: readonly ShardState[];
  /** Why reading ended altogether. */
  readonly failure: string | undefined;
  readonly lastRecordAt: number | undefined;
  /** When the file was made that is shown. */
  readonly replayedAt?: number | undefined;
  readonly now: number;
}

/** After this long without a record the line says so, because "live" alone would make a reader doubt it. */
const QUIET_AFTER_MS = 20_000;

export function describeLiveState(facts: LiveFacts): LiveState {
  const { shards, now, lastRecordAt, replayedAt } = facts;
  if (replayedAt !== undefined) {
    const at = new Date(replayedAt).toLocaleDateString('en-GB', { dateStyle: 'medium' });
    return { tone: 'idle', text: `As of ${at}, ${formatTime(replayedAt).slice(0, 8)}` };
  }
  if (!facts.connected) return { tone: 'idle', text: 'Not connected to a stream' };
  const lastReadAt = Math.max(0, ...shards.map((shard) => shard.lastReadAt ?? 0));
  if (!facts.online) {
    const since = lastReadAt > 0 ? `, last read ${formatTime(lastReadAt).slice(0, 8)}` : '';
    return { tone: 'offline', text: `Offline${since}` };
  }
  if (facts.failure !== undefined) {
    return { tone: 'failed', text: `Reads fail: ${facts.failure}`, detail: facts.failure };
  }
  const failed = shards.filter((shard) => shard.status === 'failed');
  if (failed[0]) {
    const where =
      failed.length < shards.length ? ` on ${formatPlural(failed.length, 'shard')}` : '';
    const error = failed[0].error ?? 'no reason given';
    return { tone: 'failed', text: `Reads fail${where}: ${error}`, detail: error };
  }
  const open = shards.filter(({ status }) => status !== 'closed' && status !== 'skipped');
  if (open.length === 0) return { tone: 'reading', text: 'Connecting' };
  if (open.some((shard) => shard.status !== 'live')) {
    const behind = Math.max(0, ...open.map((shard) => shard.millisBehindLatest ?? 0));
    const distance = behind > 0 ? `, ${formatAge(behind)} behind` : '';
    return { tone: 'reading', text: `Reading history${distance}` };
  }
  const behind = Math.max(...open.map((shard) => behindOf(shard, now) ?? 0));
  const quietMs = lastRecordAt === undefined ? 0 : now - lastRecordAt;
  const quiet = quietMs > QUIET_AFTER_MS ? `, no record for ${formatAge(quietMs)}` : '';
  return { tone: 'live', text: `Live, ${formatAge(behind)} behind${quiet}` };
}

/** How old what we show of a shard may be: the service's figure, and the time since it was given. */
export function behindOf(
  shard: Pick<ShardState, 'millisBehindLatest' | 'lastReadAt'>,
  now: number,
): number | undefined {
  if (shard.millisBehindLatest === undefined || shard.lastReadAt === undefined) return undefined;
  return shard.millisBehindLatest + Math.max(0, now - shard.lastReadAt);
}
