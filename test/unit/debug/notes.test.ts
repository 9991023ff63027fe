import { describe, expect, it } from 'vitest';
import type { ShardState } from '../../../src/consumer/types.ts';
import { createStreamNotes } from '../../../src/debug/reading/notes.ts';
import { shardOf } from '../../helpers/scripted-consumer.ts';

const NOW = 1_763_673_600_000;

function setUp() {
  const notes = createStreamNotes();
  let now = NOW;
  return (shards: readonly ShardState[], { error, afterMs = 1_000 } = {} as Look) => {
    now += afterMs;
    return notes.look(shards, error, now).map(({ note, shardId, text }) => {
      const about = shardId === undefined ? '' : `${Number(shardId.slice(8))} `;
      return `${about}${note}: ${text}`;
    });
  };
}

interface Look {
  readonly error?: string;
  readonly afterMs?: number;
}

const two = (change: Partial<ShardState> = {}, other: Partial<ShardState> = {}) => [
  shardOf(0, [0, 0.5], change),
  shardOf(1, [0.5, 1], other),
];
const idOf = (number: number) => shardOf(number, [0, 1]).shardId;

describe('notes of reshardings', () => {
  it('tell of none that the stream had before', () => {
    const look = setUp();

    expect(look([...two(), shardOf(2, [0, 0.5], { parents: [idOf(0)] })])).toEqual([]);
  });

  it('tell of a split once, with both of its children', () => {
    const look = setUp();
    look(two());
    const parents = [idOf(1)];
    const after = [
      ...two(),
      shardOf(2, [0.5, 0.75], { parents }),
      shardOf(3, [0.75, 1], { parents }),
    ];

    expect(look(after)).toEqual([
      '1 split: Shard 1 was split into 2 and 3, which are read after its end',
    ]);
    expect(look(after)).toEqual([]);
  });

  it('tell of a merge once', () => {
    const look = setUp();
    look(two());
    const after = [...two(), shardOf(2, [0, 1], { parents: [idOf(0), idOf(1)] })];

    expect(look(after)).toEqual([
      '2 merge: Shards 0 and 1 were merged into 2, which is read after their end',
    ]);
    expect(look(after)).toEqual([]);
  });
});

describe('notes of reads', () => {
  const failed = { status: 'failed', error: 'the network failed' } as const;

  it('say once that they fail, and once that they succeed again', () => {
    const look = setUp();
    look(two());

    expect(look(two(failed))).toEqual(['0 failed: Shard 0 cannot be read: the network failed']);
    expect(look(two(failed, failed))).toEqual([]);
    expect(look(two({}, failed))).toEqual([]);
    expect(look(two())).toEqual([
      'resumed: Reads succeed again, after 3.00 s. They go on where they failed',
    ]);
    expect(look(two())).toEqual([]);
  });

  it('say that shards cannot be listed', () => {
    const look = setUp();

    expect(look([], { error: 'ListShards: not allowed' })).toEqual([
      'failed: ListShards: not allowed',
    ]);
    expect(look(two())).toHaveLength(1);
  });

  it('name all shards that fail at once', () => {
    const look = setUp();
    look(two());

    expect(look(two(failed, failed))).toEqual([
      'failed: Shards 0 and 1 cannot be read: the network failed',
    ]);
  });

  it('say that they are throttled, once an outbreak', () => {
    const look = setUp();
    const throttled = { pace: 'throttled' } as const;
    look(two());

    expect(look(two(throttled))).toHaveLength(1);
    expect(look(two({}, throttled), { afterMs: 20_000 })).toEqual([]);
    expect(look(two())).toEqual([]);
    expect(look(two(throttled), { afterMs: 20_000 })).toEqual([]);
    expect(look(two(), { afterMs: 40_000 })).toEqual([]);
    expect(look(two(throttled))[0]).toMatch(/^0 throttled: Reads of shard 0 are throttled/);
  });

  it('say what may be missing, each reason once', () => {
    const look = setUp();
    look(two());

    expect(look(two({ loss: 'trimmed' }))).toEqual(['0 loss: Records may be missing: trimmed']);
    expect(look(two({ loss: 'trimmed' }))).toEqual([]);
    expect(look(two({ loss: 'trimmed again' }))).toHaveLength(1);
  });

  it('say which shards are read, where not all are', () => {
    const look = setUp();

    expect(look(two({ status: 'skipped' }))).toEqual([
      '1 narrowed: 1 of 2 shards is read: shard 1',
    ]);
    expect(look(two({ status: 'skipped' }))).toEqual([]);
  });

  it('name the first of many shards', () => {
    const look = setUp();
    const many = Array.from({ length: 20 }, (_, number) =>
      shardOf(number, [number / 20, (number + 1) / 20], failed),
    );

    expect(look(many)[0]).toMatch(/^failed: Shards 0, 1, 2, 3, 4, 5 and 14 others cannot be read/);
  });
});
