// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alone } from '../../../src/consumer/alone.ts';
import type { Checkpoint } from '../../../src/consumer/checkpoint/types.ts';
import { createLineage, type ShardFacts } from '../../../src/consumer/lineage.ts';
import { createRoster } from '../../../src/consumer/roster.ts';
import type { StartPosition } from '../../../src/consumer/types.ts';

const SPACE = 2n ** 128n;

interface ModelShard extends ShardFacts {
  readonly isClosed: boolean;
}

/** A stream that is split and merged, as `choices` say, and forgets its oldest shards. */
function createModel() {
  const shards: ModelShard[] = [];
  const forgotten = new Set<string>();
  const grow = (parents: readonly ModelShard[], start: bigint, end: bigint): void => {
    for (const parent of parents) shards[shards.indexOf(parent)] = { ...parent, isClosed: true };
    const shardId = `s${shards.length}`;
    const hashKeys = { start, end };
    shards.push({ shardId, parents: parents.map((it) => it.shardId), hashKeys, isClosed: false });
  };
  grow([], 0n, SPACE / 2n - 1n);
  grow([], SPACE / 2n, SPACE - 1n);
  const open = (): ModelShard[] =>
    shards
      .filter(({ isClosed }) => !isClosed)
      .sort((one, other) => (one.hashKeys.start < other.hashKeys.start ? -1 : 1));
  return {
    split: (choice: number): void => {
      const parent = open()[choice % open().length] as ModelShard;
      const { start, end } = parent.hashKeys;
      const middle = (start + end) / 2n;
      grow([parent], start, middle);
      grow([{ ...parent, isClosed: true }], middle + 1n, end);
    },
    merge: (choice: number): void => {
      const all = open();
      const at = choice % Math.max(1, all.length - 1);
      const [left, right] = [all[at], all[at + 1]];
      if (left && right) grow([left, right], left.hashKeys.start, right.hashKeys.end);
    },
    forget: (): void => {
      const oldest = shards.find(({ shardId, isClosed }) => isClosed && !forgotten.has(shardId));
      if (oldest) forgotten.add(oldest.shardId);
    },
    list: (): ModelShard[] => shards.filter(({ shardId }) => !forgotten.has(shardId)),
    all: (): readonly ModelShard[] => shards,
  };
}

type Turn = readonly ['split' | 'merge' | 'forget' | 'list' | 'end', number];

const turns = fc.array(
  fc.tuple(
    fc.constantFrom<Turn[0]>('split', 'merge', 'forget', 'list', 'list', 'end', 'end'),
    fc.nat(20),
  ),
  { minLength: 5, maxLength: 60 },
);

function start(from: StartPosition) {
  const granted: (readonly [string, Checkpoint])[] = [];
  const session = alone.start({
    from,
    runtime: {} as never,
    granted: (shardId, checkpoint) => granted.push([shardId, checkpoint]),
    revoked: () => {},
    failed: () => {},
  });
  return { session, granted };
}

test('whatever is split, merged, forgotten, listed and ended, a shard is read once, after all of its parents that there were', () => {
  fc.assert(
    fc.property(turns, (course) => {
      const model = createModel();
      const { session, granted } = start('TRIM_HORIZON');
      const ended = new Set<string>();
      const expected = new Set<string>();
      let known = new Set<string>();
      // What the rules say, from the beginning each time.
      const expectGrants = (): void => {
        for (const { shardId, parents } of model.all()) {
          const isFree = parents.every(
            (parent) => ended.has(parent) || !(known.has(parent) || expected.has(parent)),
          );
          if (known.has(shardId) && isFree) expected.add(shardId);
        }
        expect(granted.map(([shardId]) => shardId).sort()).toEqual([...expected].sort());
      };

      for (const [turn, choice] of course) {
        if (turn === 'split' || turn === 'merge') model[turn](choice);
        else if (turn === 'forget') model.forget();
        else if (turn === 'list') {
          known = new Set(model.list().map(({ shardId }) => shardId));
          session.known(model.list());
        } else {
          const running = [...expected].filter((shardId) => !ended.has(shardId));
          const one = running[choice % Math.max(1, running.length)];
          if (one !== undefined) {
            ended.add(one);
            session.done(one, 'SHARD_END');
          }
        }
        expectGrants();
      }
    }),
    { numRuns: 500 },
  );
});

test('what the first list has begins at LATEST, and what is there later at its beginning', () => {
  const model = createModel();
  const { session, granted } = start('LATEST');
  session.known(model.list());
  model.split(0);
  session.known(model.list());
  session.done('s0', 'SHARD_END');

  expect(granted).toEqual([
    ['s0', 'LATEST'],
    ['s1', 'LATEST'],
    ['s2', 'TRIM_HORIZON'],
    ['s3', 'TRIM_HORIZON'],
  ]);
});

test('a shard is held from when it is granted until it is done', () => {
  const { session } = start('TRIM_HORIZON');
  const early = session.holds('s0');
  session.known(createModel().list());
  const reading = session.holds('s0');
  session.done('s0', { sequenceNumber: '1', subSequenceNumber: 0 });
  const stillReading = session.holds('s0');
  session.done('s0', 'SHARD_END');

  expect([early, reading, stillReading, session.holds('s0')]).toEqual([false, true, true, false]);
});

test('a hundred generations of splits and merges are put in order at once, parents before children', () => {
  const model = createModel();
  const lineage = createLineage();
  for (let generation = 0; generation < 100; generation++) {
    model.merge(0);
    model.split(0);
  }
  const shuffled = model.all().toReversed();

  lineage.add(shuffled);
  const order = lineage.all().map(({ shardId }) => shardId);

  for (const { shardId, parents } of model.all()) {
    for (const parent of parents) {
      expect(order.indexOf(parent)).toBeLessThan(order.indexOf(shardId));
    }
  }
});

test('the roster keeps children that were announced until a list shows them, and what is read until it is not', () => {
  const model = createModel();
  const read = new Set(['s0']);
  const roster = createRoster((shardId) => read.has(shardId));
  const ids = (shards: readonly ShardFacts[]): string =>
    shards
      .map(({ shardId }) => shardId)
      .sort()
      .join(' ');
  const beforeSplit = model.list();
  const seen: string[] = [];
  roster.listed(beforeSplit);
  model.split(0);
  const [parent, , ...children] = model.list();

  roster.ended(parent as ShardFacts, children);
  seen.push(ids(roster.current()));
  roster.listed(beforeSplit);
  seen.push(ids(roster.current()));
  roster.listed(model.list());
  model.forget();
  roster.listed(model.list());
  seen.push(ids(roster.current()), ids(roster.all()));
  const isForgotten = roster.isForgotten('s0');
  read.clear();
  roster.listed(model.list());
  seen.push(ids(roster.all()));

  expect(seen).toEqual(['s0 s1 s2 s3', 's0 s1 s2 s3', 's1 s2 s3', 's0 s1 s2 s3', 's1 s2 s3']);
  expect(isForgotten).toBe(true);
  expect(roster.get('s0')).toBeUndefined();
});

test('a description from before the end does not open a shard again', () => {
  const model = createModel();
  const roster = createRoster(() => false);
  const before = model.list();
  roster.listed(before);
  roster.ended(before[0] as ShardFacts, []);

  roster.listed(before);

  expect(roster.get('s0')?.isClosed).toBe(true);
});

test('a child of a merge whose other parent no list has shown yet is left to the next list', () => {
  const model = createModel();
  const roster = createRoster(() => false);
  roster.listed(model.list());
  // s0 → s2, s3; then s3 and s1 → s4.
  model.split(0);
  model.merge(1);
  const [, one, , , child] = model.list();

  roster.ended(one as ShardFacts, [child as ShardFacts]);
  const early = roster.get('s4');
  roster.listed(model.list());

  expect(early).toBeUndefined();
  expect(roster.get('s4')?.parents).toEqual(['s3', 's1']);
});
