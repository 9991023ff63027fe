// @vitest-environment node
import { describe, expect, test } from 'vitest';
import type { ShardProgress } from '../../../../src/consumer/windows/types.ts';
import { ARRIVAL_SLACK_MS, createWatermark } from '../../../../src/consumer/windows/watermark.ts';
import { createFakeClock } from '../../../helpers/fake-clock.ts';
import { START, shard } from './records.ts';

const A = 'shardId-000000000000';
const B = 'shardId-000000000001';
const C = 'shardId-000000000002';
const PATIENCE_MS = 60_000;

/** Times in and out are milliseconds after the start, and the slack is taken for granted. */
function watermark() {
  const clock = createFakeClock(START);
  const { note, advance, leftBehind } = createWatermark(PATIENCE_MS, clock);
  return {
    clock,
    leftBehind,
    /** A record that was read as soon as it had arrived. */
    note: (shardId: string, at: number, readAt = at) => note(shardId, START + at, START + readAt),
    advance: (...shards: ShardProgress[]) =>
      advance(shards.length > 0 ? shards : undefined) - START + ARRIVAL_SLACK_MS,
  };
}

function read(shardId: string, at: number, change: Partial<ShardProgress> = {}): ShardProgress {
  return shard({ shardId, lastReadAt: START + at, ...change });
}

const unread = { lastReadAt: undefined, millisBehindLatest: undefined };
const NOWHERE = Number.NEGATIVE_INFINITY;

describe('with shards', () => {
  test('a silent shard has come as far as its last read', () => {
    const { note, advance } = watermark();
    note(A, 1_000);

    expect(advance(read(A, 1_000), read(B, 1_000))).toBe(1_000);
    expect(advance(read(A, 9_000), read(B, 8_000))).toBe(8_000);
  });

  test('a shard that is behind has come as far as the service says', () => {
    const { note, advance } = watermark();
    note(A, 90_000);

    const behind = read(B, 90_000, { status: 'reading', millisBehindLatest: 60_000 });

    expect(advance(read(A, 90_000), behind)).toBe(30_000);
  });

  test('a shard whose records wait has come as far as the last that was counted', () => {
    const { note, advance } = watermark();
    note(A, 5_000, 20_000);
    note(B, 19_000, 20_000);

    expect(advance(read(A, 20_000, { isDrained: false }), read(B, 20_000))).toBe(5_000);
  });

  test('it never goes back', () => {
    const { note, advance } = watermark();
    note(A, 1_000);
    advance(read(A, 50_000));
    note(A, 40_000, 51_000);

    expect(advance(read(A, 51_000, { isDrained: false }))).toBe(50_000);
  });

  test.each([
    ['was not read yet', shard({ shardId: B, status: 'reading', ...unread })],
    ['waits for parents that have ended', shard({ shardId: B, status: 'waiting', ...unread })],
    ['fails', shard({ shardId: B, status: 'failed', ...unread })],
    ['ended, and has no children yet', shard({ shardId: B, status: 'closed', ...unread })],
  ])('a shard that %s holds it where it is', (_, held) => {
    const { note, advance } = watermark();
    note(A, 1_000);

    expect(advance(read(A, 2_000), held)).toBe(NOWHERE);
    expect(advance(read(A, 2_000))).toBe(2_000);
    expect(advance(read(A, 3_000), held)).toBe(2_000);
  });

  test.each([
    ['another consumer reads', shard({ shardId: B, status: 'elsewhere', ...unread })],
    ['has none of the hash keys', shard({ shardId: B, status: 'skipped', ...unread })],
    [
      'waits for parents that are being read',
      shard({ shardId: B, status: 'waiting', parents: [A], ...unread }),
    ],
    [
      'waits for parents that another consumer reads',
      shard({ shardId: B, status: 'waiting', parents: [C], ...unread }),
    ],
  ])('a shard that %s holds nothing', (_, free) => {
    const { note, advance } = watermark();
    note(A, 1_000);
    const elsewhere = shard({ shardId: C, status: 'elsewhere', ...unread });

    expect(advance(read(A, 2_000), free, elsewhere)).toBe(2_000);
  });

  test('a shard that has ended is followed by its children, which are waited for', () => {
    const { note, advance } = watermark();
    note(A, 1_000);
    note(B, 1_000);
    const ended = shard({ shardId: A, status: 'closed', lastReadAt: START + 1_000 });
    const child = { shardId: C, parents: [A] };

    const listed = advance(
      ended,
      read(B, 70_000),
      shard({ ...child, ...unread, status: 'waiting' }),
    );
    const begun = advance(
      ended,
      read(B, 71_000),
      read(C, 71_000, { ...child, status: 'reading', millisBehindLatest: 50_000 }),
    );
    const live = advance(ended, read(B, 72_000), read(C, 72_000, child));

    expect([listed, begun, live]).toEqual([NOWHERE, 21_000, 72_000]);
  });

  test('a shard that has ended and whose records wait is waited for', () => {
    const { note, advance } = watermark();
    note(A, 1_000, 9_000);
    const ended = shard({ shardId: A, status: 'closed', isDrained: false });
    const child = shard({ shardId: B, parents: [A], status: 'waiting', ...unread });

    expect(advance(ended, child, read(C, 9_000))).toBe(1_000);
  });

  test('of none that is read here nothing is known', () => {
    const { note, advance } = watermark();
    note(A, 1_000);

    expect(advance(shard({ status: 'elsewhere' }))).toBe(NOWHERE);
  });
});

describe('patience', () => {
  const failing = read(B, 0, { status: 'failed' });

  test('ends where others were read for that long, and the shard is named', () => {
    const { note, advance, leftBehind } = watermark();
    note(A, 0);
    const advances = Array.from({ length: 62 }, (_, second) =>
      advance(read(A, second * 1_000), failing),
    );

    expect(advances.slice(0, 61)).toEqual(Array(61).fill(0));
    expect(advances.at(-1)).toBe(61_000);
    expect(leftBehind()).toEqual([B]);
  });

  test('is not lost by a page that slept', () => {
    const { note, advance, leftBehind } = watermark();
    note(A, 0);
    advance(read(A, 0), failing);

    expect(advance(read(A, 3_600_000), failing)).toBe(0);
    expect(leftBehind()).toEqual([]);
  });

  test('begins anew when the shard was read', () => {
    const { note, advance } = watermark();
    note(A, 0);
    for (let second = 0; second < 50; second++) advance(read(A, second * 1_000), failing);
    advance(read(A, 50_000), read(B, 50_000));

    for (let second = 51; second < 100; second++) {
      advance(read(A, second * 1_000), read(B, 50_000, { status: 'failed' }));
    }

    expect(advance(read(A, 100_000), read(B, 50_000, { status: 'failed' }))).toBe(50_000);
  });
});

describe('a wrong clock', () => {
  test.each([-3_600_000, 3_600_000])('of %d ms changes nothing', async (ahead) => {
    const { clock, note, advance } = watermark();
    clock.set(START + ahead);
    note(A, 0, ahead);
    await clock.advance(10_000);

    expect(advance(read(A, ahead + 9_000))).toBe(9_000);
  });

  test.each([-3_600_000, 3_600_000])('that is set by %d ms changes nothing', async (jump) => {
    const { clock, note, advance } = watermark();
    note(A, 0);
    await clock.advance(10_000);

    clock.set(START + 10_000 + jump);

    expect(advance(read(A, jump + 9_000))).toBe(9_000);
  });

  test('is believed no further than records show', () => {
    const { note, advance } = watermark();
    // What was an hour old when it was read tells little of the stream's clock; a fresh one tells all.
    note(A, 0, 3_600_000);
    const first = advance(read(A, 3_601_000));
    note(B, 3_600_500, 3_601_500);

    const second = advance(read(A, 3_602_000), read(B, 3_602_000));
    note(A, 1_000, 3_602_500);

    expect(first).toBe(1_000);
    expect(second).toBe(3_601_000);
    expect(advance(read(A, 3_603_000), read(B, 3_603_000))).toBe(3_602_000);
  });
});

describe('without shards', () => {
  test('the shard that is furthest behind decides', () => {
    const { note, advance } = watermark();
    note(A, 9_000);
    note(B, 4_000);

    expect(advance()).toBe(4_000);
  });

  test('one that is too far behind is not waited for, and is named', () => {
    const { note, advance, leftBehind } = watermark();
    note(A, 0);
    note(B, PATIENCE_MS);
    const atLimit = advance();
    note(B, PATIENCE_MS + 1);

    expect(atLimit).toBe(0);
    expect(advance()).toBe(PATIENCE_MS + 1);
    expect(leftBehind()).toEqual([A]);
  });

  test('of nothing nothing is known', () => {
    expect(watermark().advance()).toBe(NOWHERE);
  });
});
