import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMerge, HOLD_BACK_MS } from '../../../src/debug/reading/merge.ts';

const NOW = 1_763_673_600_000;

function setUp() {
  const merge = createMerge<string>();
  const out: string[] = [];
  return {
    add: (item: string, shardId: string, arrivedAt: number | undefined, readAt = NOW) =>
      merge.add(item, { shardId, arrivedAt, readAt }),
    release: (now: number) => {
      out.length = 0;
      merge.release(now, (item, isLate) => out.push(isLate ? `${item} late` : item));
      return [...out];
    },
    dueAt: merge.dueAt,
  };
}

describe('records of several shards', () => {
  it('come in the order of their arrival, however they were read', () => {
    const { add, release } = setUp();
    add('a1', 'a', 10);
    add('a2', 'a', 30);
    add('b1', 'b', 5);
    add('b2', 'b', 20);

    expect(release(NOW + HOLD_BACK_MS)).toEqual(['b1', 'a1', 'b2', 'a2']);
  });

  it('wait for half a second and no longer', () => {
    const { add, release, dueAt } = setUp();
    add('a1', 'a', 10);

    expect(dueAt()).toBe(NOW + HOLD_BACK_MS);
    expect(release(NOW + HOLD_BACK_MS - 1)).toEqual([]);
    expect(release(NOW + HOLD_BACK_MS)).toEqual(['a1']);
    expect(dueAt()).toBeUndefined();
  });

  it('take those with them that arrived before, though these have not waited as long', () => {
    const { add, release, dueAt } = setUp();
    add('a1', 'a', 20);
    add('b1', 'b', 10, NOW + 400);
    add('b2', 'b', 30, NOW + 400);

    expect(release(NOW + HOLD_BACK_MS)).toEqual(['b1', 'a1']);
    expect(dueAt()).toBe(NOW + 400 + HOLD_BACK_MS);
  });

  it('stand behind what was shown before, and say so, when they come too late', () => {
    const { add, release } = setUp();
    add('a1', 'a', 100);
    release(NOW + HOLD_BACK_MS);
    add('b1', 'b', 50, NOW + 600);
    add('a2', 'a', 120, NOW + 600);

    expect(release(NOW + 2_000)).toEqual(['b1 late', 'a2']);
  });

  it('keep the order of their shard, whatever their times say', () => {
    const { add, release } = setUp();
    add('a1', 'a', 20);
    add('a2', 'a', 10);
    add('a3', 'a', undefined);
    add('b1', 'b', 15);

    expect(release(NOW + HOLD_BACK_MS)).toEqual(['b1', 'a1', 'a2', 'a3']);
  });

  it('are never lost, doubled or out of their shard’s order', () => {
    const reads = fc.array(
      fc.record({
        shard: fc.constantFrom('a', 'b', 'c'),
        arrivedAt: fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined }),
        wait: fc.integer({ min: 0, max: 700 }),
        releases: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(reads, (steps) => {
        const merge = createMerge<{ readonly shard: string; readonly index: number }>();
        const out: { readonly shard: string; readonly index: number }[] = [];
        let now = NOW;
        for (const [index, { shard, arrivedAt, wait, releases }] of steps.entries()) {
          now += wait;
          merge.add({ shard, index }, { shardId: shard, arrivedAt, readAt: now });
          if (releases) merge.release(now, (item) => out.push(item));
        }
        merge.release(now + HOLD_BACK_MS, (item) => out.push(item));

        expect(out.map(({ index }) => index).sort((a, b) => a - b)).toEqual(steps.map((_, i) => i));
        for (const shard of ['a', 'b', 'c']) {
          const indexes = out.filter((item) => item.shard === shard).map(({ index }) => index);
          expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
        }
      }),
    );
  });
});
