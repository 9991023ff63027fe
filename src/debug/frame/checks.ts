/** Where an event stands on its way when none has arrived yet: five stations, each with what is known of it. */

import type { ClientStats } from '../../client/types.ts';
import type { ShardState } from '../../consumer/types.ts';
import { formatPlural } from '../format.ts';

export interface Check {
  readonly title: string;
  readonly state: 'done' | 'waiting' | 'failed' | 'absent';
  /** What was found, and what to do about it. */
  readonly says: string;
}

export interface CheckFacts {
  readonly hasClient: boolean;
  readonly stats: ClientStats | undefined;
  /** Whether something says how the stream is read. */
  readonly hasReader: boolean;
  readonly needsToken: boolean;
  readonly failure: string | undefined;
  readonly shards: readonly ShardState[];
}

export function checksOf(facts: CheckFacts): readonly Check[] {
  return [clientOf(facts), logOf(facts), ...sessionOf(facts), streamOf(facts)];
}

function clientOf({ hasClient, stats }: CheckFacts): Check {
  const title = 'Client loaded';
  if (!hasClient) {
    return { title, state: 'absent', says: 'No client on this page: the stream is only read.' };
  }
  if (!stats) return { title, state: 'waiting', says: 'Asked for its figures.' };
  return { title, state: 'done', says: `${formatPlural(stats.captured, 'event')} captured` };
}

function logOf({ hasClient, stats }: CheckFacts): Check {
  const title = 'Log open';
  if (!stats) return { title, state: hasClient ? 'waiting' : 'absent', says: '' };
  return stats.log === 'memory'
    ? { title, state: 'failed', says: 'In memory only: events are lost with the page.' }
    : { title, state: 'done', says: 'IndexedDB' };
}

function sessionOf({ hasClient, stats }: CheckFacts): readonly Check[] {
  const session = 'Session';
  const relay = 'Relay reachable';
  if (!stats) {
    const state = hasClient ? 'waiting' : 'absent';
    return [session, relay].map((title) => ({ title, state, says: '' }));
  }
  if (stats.sessionExpires !== undefined && !stats.pause) {
    return [session, relay].map((title) => ({ title, state: 'done', says: '' }));
  }
  const { pause } = stats;
  if (!pause || pause.reason === 'follower') {
    const says = pause ? 'Another tab sends for all.' : 'Begins with the first event.';
    return [session, relay].map((title) => ({ title, state: 'waiting', says }));
  }
  const code = pause.code ? ` (${pause.code})` : '';
  const known = stats.sessionExpires !== undefined;
  return [
    { title: session, state: known ? 'done' : 'waiting', says: '' },
    { title: relay, state: 'failed', says: `${PAUSES[pause.reason]}${code}` },
  ];
}

const PAUSES = {
  offline: 'The browser is offline.',
  unreachable: 'It does not answer: no network, a blocker, or a wrong endpoint.',
  backoff: 'It asked to wait.',
  refused: 'It refuses this page: look at the write key and the allowed origins.',
  consent: 'Nothing is sent until the user agrees.',
  storage: 'The log cannot be read for now.',
} as const;

function streamOf({ hasReader, needsToken, failure, shards }: CheckFacts): Check {
  const title = 'Stream readable';
  if (needsToken) {
    const says = failure ? `The relay refuses: ${failure}` : 'A read token is missing.';
    return { title, state: 'failed', says };
  }
  if (!hasReader) {
    const says = 'Nothing says how: set kinesis and stream, or endpoint and stream.';
    return { title, state: 'absent', says };
  }
  const error = failure ?? shards.find((shard) => shard.error)?.error;
  if (error) return { title, state: 'failed', says: error };
  if (shards.some((shard) => shard.lastReadAt !== undefined)) {
    return { title, state: 'done', says: `${formatPlural(shards.length, 'shard')}, no record yet` };
  }
  return { title, state: 'waiting', says: 'Asked for its shards.' };
}
