import { describe, expect, it } from 'vitest';
import {
  type NoticeFacts,
  noticeOf,
  RESHARDING_SHOWN_MS,
} from '../../../../src/debug/frame/notice.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';

const NOW = Date.parse('2026-03-01T12:00:00');

const notice = (change: Partial<NoticeFacts> = {}) =>
  noticeOf({
    shards: [shardOf(0, [0, 1])],
    isOnline: true,
    replayed: undefined,
    needsToken: false,
    hasRecords: true,
    behindAtStart: 0,
    reshardedAt: undefined,
    children: [],
    now: NOW,
    ...change,
  });

describe('what is said about the reading as a whole', () => {
  it('is nothing while all is well', () => {
    expect(notice()).toBeUndefined();
  });

  it('names the file that is looked at before all else', () => {
    const shown = notice({ replayed: 'till-7.ndjson', isOnline: false });

    expect(shown).toMatchObject({ kind: 'file' });
    expect(shown?.text).toContain('till-7.ndjson');
  });

  it('tells when the stream was last read, offline', () => {
    const shards = [shardOf(0, [0, 0.5], { lastReadAt: NOW - 9_000 }), shardOf(1, [0.5, 1])];

    expect(notice({ isOnline: false, shards })?.text).toContain('Last read at 11:59:51.');
  });

  it('asks for a token only beside records: without any, the first steps do', () => {
    expect(notice({ needsToken: true })).toMatchObject({ kind: 'token' });
    expect(notice({ needsToken: true, hasRecords: false })).toBeUndefined();
  });

  it('tells what the stream forgot', () => {
    const loss = 'asked for 09:12, the oldest that is kept is of 09:40';

    expect(notice({ shards: [shardOf(3, [0, 1], { loss })] })).toEqual({
      kind: 'loss',
      text: `Shard 3: ${loss}`,
    });
  });

  it('tells who else is throttled with it', () => {
    const shards = [
      shardOf(1, [0, 0.5], { pace: 'throttled' }),
      shardOf(2, [0.5, 1], { pace: 'throttled' }),
    ];

    expect(notice({ shards })?.text).toMatch(/^Throttled on shards 1, 2: 5 reads a second/);
  });

  it('tells of a split and of a merge for a while', () => {
    const parents = ['shardId-000000000000'];
    const split = [shardOf(1, [0, 0.5], { parents }), shardOf(2, [0.5, 1], { parents })];
    const both = ['shardId-000000000001', 'shardId-000000000002'];
    const merge = [shardOf(3, [0, 1], { parents: both })];

    expect(notice({ reshardedAt: NOW, children: split })?.text).toMatch(
      /^Shard 0 became 1 and 2\./,
    );
    expect(notice({ reshardedAt: NOW, children: merge })?.text).toMatch(
      /^Shards 1 and 2 became 3\./,
    );
    expect(notice({ reshardedAt: NOW - RESHARDING_SHOWN_MS, children: merge })).toBeUndefined();
  });

  it('tells how far history is read, and what it took', () => {
    const shards = [
      shardOf(1, [0, 0.5], {
        status: 'reading',
        millisBehindLatest: 38_000,
        bytes: 14_200_000,
        reads: 41,
      }),
      shardOf(2, [0.5, 1]),
    ];

    expect(notice({ shards, behindAtStart: 100_000 })?.text).toBe(
      'Reading history: 62 %, 14 MB, 41 reads. 1 shard up to 38 s behind.',
    );
    expect(
      notice({ shards: [shardOf(1, [0, 1], { status: 'reading', millisBehindLatest: 900 })] }),
    ).toBeUndefined();
  });
});
