/** Whether this page's events leave, in words: what stands in the way, since when, and what comes next. */

import type { ClientStats, Pause, PauseReason } from '../../client/types.ts';
import { formatAge, formatBytes, formatPlural, formatTime } from '../format.ts';
import type { Outage, Sending } from './deliveries.ts';

const REASONS: Record<PauseReason, string> = {
  offline: 'The browser is offline; capturing goes on.',
  unreachable: 'The relay does not answer.',
  backoff: 'The relay asked to wait.',
  refused: 'The relay refuses this page until a setting changes.',
  follower: 'Another tab sends for all.',
  consent: 'The user has not agreed, or not yet: nothing is sent.',
  storage: 'The log cannot be read for now; capturing goes on.',
};

/** What it was, of a pause that lasted: '… for 12 s'. */
const CAUSES: Record<PauseReason, string> = {
  offline: 'offline',
  unreachable: 'no answer',
  backoff: 'asked to wait',
  refused: 'refused',
  storage: 'log not readable',
  follower: 'not the sending tab',
  consent: 'no consent',
};

export function formatClock(at: number): string {
  return formatTime(at).slice(0, 8);
}

/** Why nothing is sent, and for how long: one sentence each. */
export function describePause(
  { reason, until }: Pause,
  outage: Outage | undefined,
  failedTries: number,
  now: number,
): readonly string[] {
  const sentences = [REASONS[reason]];
  if (until !== undefined && until <= now) sentences.push('Trying now.');
  else if (until !== undefined) {
    const failed = failedTries > 1 ? `; ${failedTries} failed` : '';
    sentences.push(`Next try in ${formatAge(until - now)}${failed}.`);
  }
  if (outage && outage.endedAt === undefined) {
    sentences.push(`Since ${formatClock(outage.since)}, ${formatAge(now - outage.since)}.`);
  }
  return sentences;
}

/** The way back. A client that tries again has not arrived: the relay's word on an event says that it has. */
export function describeReturn(
  { reason, since, triedAt, endedAt }: Outage,
  queued: number,
  now: number,
): string | undefined {
  const lasted = (until: number): string => `${CAUSES[reason]} for ${formatAge(until - since)}`;
  if (endedAt !== undefined)
    return `Sending again since ${formatClock(endedAt)}: ${lasted(endedAt)}.`;
  if (triedAt === undefined) return undefined;
  if (queued > 0) return `Trying again: ${lasted(now)}.`;
  return `Nothing stands in the way since ${formatClock(triedAt)}: ${lasted(triedAt)}.`;
}

/** When what waits leaves; `undefined` where a pause tells. */
export function describeNext(
  { pause, nextSendAt, queue }: Pick<ClientStats, 'pause' | 'nextSendAt' | 'queue'>,
  sending: Sending | undefined,
  now: number,
): string | undefined {
  if (pause) return undefined;
  if (sending) {
    const { ranges, wireBytes, attempt } = sending;
    const events = ranges.reduce((sum, { count }) => sum + count, 0);
    return `now: ${formatPlural(events, 'event')}, ${formatBytes(wireBytes)} on the wire, try ${attempt}`;
  }
  if (nextSendAt !== undefined && nextSendAt > now) {
    return `in ${formatAge(nextSendAt - now)}, or when a batch is full`;
  }
  return queue.events > 0 ? 'about to leave' : 'nothing waits';
}
