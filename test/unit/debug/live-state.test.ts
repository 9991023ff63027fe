import { describe, expect, it } from 'vitest';
import { describeLiveState, type LiveFacts } from '../../../src/debug/frame/live-state.ts';
import { shardOf } from '../../helpers/scripted-consumer.ts';

const NOW = 1_763_673_600_000;

function stateOf(change: Partial<LiveFacts>) {
  return describeLiveState({
    connected: true,
    online: true,
    shards: [shardOf(0, [0, 1], { lastReadAt: NOW - 800 })],
    failure: undefined,
    lastRecordAt: NOW - 1_000,
    now: NOW,
    ...change,
  });
}

describe('the live state', () => {
  it('says how old what is shown may be', () => {
    expect(stateOf({})).toEqual({ tone: 'live', text: 'Live, 0.8 s behind' });
  });

  it('says of a file when it was made, and nothing of being live', () => {
    expect(stateOf({ replayedAt: NOW - 60_000, failure: 'no network' })).toEqual({
      tone: 'idle',
      text: expect.stringMatching(/^As of \d+ \w+ 20\d\d, \d\d:\d\d:\d\d$/),
    });
  });

  it('takes the shard that is furthest behind', () => {
    const shards = [
      shardOf(0, [0, 0.5], { lastReadAt: NOW - 100 }),
      shardOf(1, [0.5, 1], { lastReadAt: NOW - 400, millisBehindLatest: 2_000 }),
    ];

    expect(stateOf({ shards }).text).toBe('Live, 2.4 s behind');
  });

  it.each(['closed', 'skipped'] as const)('does not wait for %s shards', (status) => {
    const closed = shardOf(1, [0, 1], { status, lastReadAt: 1 });

    expect(stateOf({ shards: [closed, shardOf(2, [0, 1], { lastReadAt: NOW })] }).tone).toBe(
      'live',
    );
  });

  it('says that nothing came for a while', () => {
    expect(stateOf({ lastRecordAt: NOW - 41_000 }).text).toBe(
      'Live, 0.8 s behind, no record for 41 s',
    );
  });

  it('reads history until every shard is at its end', () => {
    const shards = [
      shardOf(0, [0, 1], { status: 'reading', lastReadAt: NOW, millisBehindLatest: 180_000 }),
    ];

    expect(stateOf({ shards })).toEqual({ tone: 'reading', text: 'Reading history, 3 min behind' });
  });

  it('names the failure of some shards, of all, and of the stream', () => {
    const failed = shardOf(0, [0, 0.5], { status: 'failed', error: 'AccessDenied: no' });

    expect(stateOf({ shards: [failed, shardOf(1, [0.5, 1], { lastReadAt: NOW })] }).text).toBe(
      'Reads fail on 1 shard: AccessDenied: no',
    );
    expect(stateOf({ shards: [failed] }).text).toBe('Reads fail: AccessDenied: no');
    expect(stateOf({ shards: [], failure: 'no such stream' })).toMatchObject({
      tone: 'failed',
      text: 'Reads fail: no such stream',
    });
  });

  it('is offline rather than failing when the browser says so', () => {
    expect(stateOf({ online: false, failure: 'fetch failed' }).text).toMatch(
      /^Offline, last read \d\d:\d\d:\d\d$/,
    );
  });

  it('says what is not set up', () => {
    expect(stateOf({ connected: false }).tone).toBe('idle');
    expect(stateOf({ shards: [] }).text).toBe('Connecting');
  });
});
