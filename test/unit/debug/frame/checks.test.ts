import { describe, expect, it } from 'vitest';
import type { ClientStats } from '../../../../src/client/types.ts';
import { type CheckFacts, checksOf } from '../../../../src/debug/frame/checks.ts';
import { createScriptedClient } from '../../../helpers/scripted-client.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const stats = async (change: Partial<ClientStats> = {}): Promise<ClientStats> => {
  const client = createScriptedClient('k3f9aL0qXw');
  client.setStats(change);
  return client.stats();
};

const facts = (change: Partial<CheckFacts> = {}): CheckFacts => ({
  hasClient: true,
  stats: undefined,
  hasReader: true,
  needsToken: false,
  failure: undefined,
  shards: [],
  ...change,
});

const states = (change: Partial<CheckFacts>) => checksOf(facts(change)).map(({ state }) => state);

describe('the five checks before the first record', () => {
  it('are all done when everything answers', async () => {
    const change = {
      stats: await stats({ sessionExpires: 1 }),
      shards: [shardOf(0, [0, 1], { lastReadAt: 1 })],
    };

    expect(states(change)).toEqual(Array(5).fill('done'));
  });

  it('wait while nothing has answered', () => {
    expect(states({})).toEqual(Array(5).fill('waiting'));
  });

  it('look at the stream alone on a page without a client', () => {
    expect(states({ hasClient: false, hasReader: false })).toEqual(Array(5).fill('absent'));
  });

  it('say that the log does not outlive the page', async () => {
    const log = checksOf(facts({ stats: await stats({ log: 'memory' }) }))[1];

    expect(log).toMatchObject({ state: 'failed' });
    expect(log?.says).toContain('lost with the page');
  });

  it.each([
    ['offline', /browser is offline/],
    ['unreachable', /wrong endpoint/],
    ['refused', /write key.*\(origin_not_allowed\)/],
    ['backoff', /asked to wait/],
    ['consent', /until the user agrees/],
    ['storage', /log cannot be read/],
  ] as const)('say why the relay is not reached: %s', async (reason, says) => {
    const code = reason === 'refused' ? 'origin_not_allowed' : undefined;
    const relay = checksOf(facts({ stats: await stats({ pause: { reason, code } }) }))[3];

    expect(relay).toMatchObject({ state: 'failed' });
    expect(relay?.says).toMatch(says);
  });

  it('know that another tab sends', async () => {
    const change = { stats: await stats({ pause: { reason: 'follower' } }) };

    expect(states(change).slice(2, 4)).toEqual(['waiting', 'waiting']);
  });

  it.each([
    [{ needsToken: true }, 'failed', 'A read token is missing.'],
    [
      { needsToken: true, failure: 'token: expired' },
      'failed',
      'The relay refuses: token: expired',
    ],
    [{ failure: 'no such stream' }, 'failed', 'no such stream'],
    [{ shards: [shardOf(0, [0, 1], { error: 'refused' })] }, 'failed', 'refused'],
    [
      { hasReader: false },
      'absent',
      'Nothing says how: set kinesis and stream, or endpoint and stream.',
    ],
  ])('say why the stream is not read: %o', (change, state, says) => {
    expect(checksOf(facts(change))[4]).toEqual({ title: 'Stream readable', state, says });
  });
});
