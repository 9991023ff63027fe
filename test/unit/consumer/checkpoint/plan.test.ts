// @vitest-environment node
import { describe, expect, test } from 'vitest';
import {
  forgotten,
  isLater,
  planCreation,
  planTaking,
  readable,
} from '../../../../src/consumer/checkpoint/plan.ts';
import type { Checkpoint, Lease } from '../../../../src/consumer/checkpoint/types.ts';
import type { ShardFacts } from '../../../../src/consumer/lineage.ts';
import type { StartPosition } from '../../../../src/consumer/types.ts';
import { leaseOf } from '../../../conformance/lease-store.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';

const NOW = 1_780_000_000_000;
const at = (sequenceNumber: string, subSequenceNumber = 0): Checkpoint => ({
  sequenceNumber,
  subSequenceNumber,
});

/** `a`, or `a-` for a closed one, and behind `<` its parents: `c<a,b`. */
function shardsOf(...texts: string[]): ReadonlyMap<string, ShardFacts> {
  return new Map(
    texts.map((text) => {
      const [name = '', parents] = text.split('<');
      const shardId = name.replace('-', '');
      const hashKeys = { start: 0n, end: 9n };
      const isClosed = name.endsWith('-');
      return [shardId, { shardId, parents: parents?.split(',') ?? [], hashKeys, isClosed }];
    }),
  );
}

function leasesOf(...leases: readonly Lease[]): ReadonlyMap<string, Lease> {
  return new Map(leases.map((lease) => [lease.shardId, lease]));
}

describe('progress', () => {
  const order: readonly (readonly Checkpoint[])[] = [
    ['TRIM_HORIZON', 'LATEST', { atTimestamp: 5 }],
    [at('9')],
    [at('10')],
    [at('10', 1)],
    [at(`1${'0'.repeat(128)}`)],
    ['SHARD_END'],
  ];

  test('goes from a beginning over positions, compared as numbers, to the end', () => {
    for (const [index, ones] of order.entries()) {
      for (const [other, others] of order.entries()) {
        for (const one of ones) {
          for (const two of others) expect(isLater(one, two)).toBe(index > other);
        }
      }
    }
  });
});

describe('leases that are missing', () => {
  const created = (
    shards: ReadonlyMap<string, ShardFacts>,
    from: StartPosition,
    ...leases: Lease[]
  ) =>
    planCreation(shards, leasesOf(...leases), from, NOW).map((wave) =>
      Object.fromEntries(wave.map(({ shardId, checkpoint }) => [shardId, checkpoint])),
    );

  test('are made parents first, each with its range', () => {
    const shards = shardsOf('d<c,b', 'c-<a', 'a-', 'b-');

    expect(created(shards, 'TRIM_HORIZON')).toEqual([
      { a: 'TRIM_HORIZON', b: 'TRIM_HORIZON' },
      { c: 'TRIM_HORIZON' },
      { d: 'TRIM_HORIZON' },
    ]);
    expect(planCreation(shards, new Map(), 'TRIM_HORIZON', NOW)[2]).toEqual([
      leaseOf('d', { parents: ['c', 'b'], hashKeys: { start: '0', end: '9' } }),
    ]);
  });

  test('of a stream that was split and merged for a long time take no time', () => {
    const rounds = Array.from({ length: 40 }, (_, round) => [
      `a${round}-<m${round}`,
      `b${round}-<m${round}`,
      `m${round + 1}-<a${round},b${round}`,
    ]);
    const shards = shardsOf('m0-', ...rounds.flat());

    // Every other shard is an ancestor of the one that has a lease.
    expect(created(shards, 'TRIM_HORIZON', leaseOf('m40'))).toEqual([]);
  });

  test('from LATEST begin at a time that outlives a crash; what is closed then is left out', () => {
    const shards = shardsOf('a-', 'b<a', 'c<a');

    expect(created(shards, 'LATEST')).toEqual([
      { b: { atTimestamp: NOW }, c: { atTimestamp: NOW } },
    ]);
  });

  test('from LATEST are made whole by the second of two that begin at the same time', () => {
    const begun = leaseOf('a', { checkpoint: { atTimestamp: NOW - 5 } });

    expect(created(shardsOf('a', 'b'), 'LATEST', begun)).toEqual([{ b: { atTimestamp: NOW } }]);
  });

  test('from LATEST begin at their own beginning where a parent is read, or others were', () => {
    const parent = leaseOf('a', { checkpoint: { atTimestamp: NOW - 5 } });
    const old = leaseOf('x', { checkpoint: at('77') });

    expect(created(shardsOf('a-', 'b-<a', 'c<b'), 'LATEST', parent)).toEqual([
      { b: 'TRIM_HORIZON' },
      { c: 'TRIM_HORIZON' },
    ]);
    // While nobody was there, the stream has split its shards again and again.
    expect(created(shardsOf('y-<z', 'b<y'), 'LATEST', old)).toEqual([
      { y: 'TRIM_HORIZON' },
      { b: 'TRIM_HORIZON' },
    ]);
  });

  test('from a time or from positions begin there, each shard at its own', () => {
    const shards = shardsOf('a', 'b');

    expect(created(shards, { atTimestamp: 3 })).toEqual([
      { a: { atTimestamp: 3 }, b: { atTimestamp: 3 } },
    ]);
    expect(created(shards, { afterSequenceNumbers: { a: '9' } })).toEqual([
      { a: at('9', Number.MAX_SAFE_INTEGER), b: 'TRIM_HORIZON' },
    ]);
  });

  test('are not made of shards whose children have one: theirs was removed, or never needed', () => {
    const shards = shardsOf('a-', 'b-<a', 'c<b', 'd');

    expect(created(shards, 'LATEST', leaseOf('c', { checkpoint: at('5') }))).toEqual([
      { d: 'TRIM_HORIZON' },
    ]);
  });

  test('of shards that name each other as parents are left out, and nothing hangs', () => {
    expect(created(shardsOf('a<b', 'b<a', 'c'), 'TRIM_HORIZON')).toEqual([{ c: 'TRIM_HORIZON' }]);
  });
});

describe('what can be read', () => {
  const ids = (leases: readonly Lease[]): string[] => leases.map(({ shardId }) => shardId);

  test('is not done, and all its parents are done or forgotten', () => {
    const shards = shardsOf('a-', 'b-', 'c-<a', 'd<a,b', 'e<c', 'f<gone', 'g<left');
    const leases = leasesOf(
      leaseOf('a', { checkpoint: 'SHARD_END' }),
      leaseOf('b', { checkpoint: at('4') }),
      leaseOf('c', { parents: ['a'] }),
      leaseOf('d', { parents: ['a', 'b'] }),
      leaseOf('e', { parents: ['c'] }),
      leaseOf('f', { parents: ['gone'] }),
      leaseOf('left', { checkpoint: at('4') }),
      leaseOf('g', { parents: ['left'] }),
      leaseOf('unlisted'),
    );

    expect(ids(readable(shards, leases))).toEqual(['b', 'c', 'f', 'g']);
  });

  test('a parent that the list does not show yet is not forgotten while it shows its own', () => {
    const leases = leasesOf(leaseOf('b', { parents: ['a'] }), leaseOf('c', { parents: ['b'] }));

    expect(ids(readable(shardsOf('a-', 'c<b'), leases))).toEqual([]);
    expect(forgotten(shardsOf('a-', 'c<b'), leases)).toEqual({ removable: [], undone: [] });
  });

  test('forgotten shards are kept while a child needs them, and told where they were not done', () => {
    const leases = leasesOf(
      leaseOf('a', { checkpoint: 'SHARD_END' }),
      leaseOf('b', { checkpoint: at('4') }),
      leaseOf('c', { checkpoint: 'SHARD_END' }),
      leaseOf('d', { parents: ['a', 'b'] }),
      leaseOf('e', { parents: ['c'], checkpoint: 'SHARD_END' }),
    );
    const { removable, undone } = forgotten(shardsOf('d', 'e-'), leases);

    expect([ids(removable), ids(undone)]).toEqual([['c'], ['b']]);
  });
});

describe('who takes what', () => {
  const own = (owner: string, ...shardIds: string[]): Lease[] =>
    shardIds.map((shardId) => leaseOf(shardId, { owner }));
  const plan = (
    leases: readonly Lease[],
    change: { readonly expired?: string; readonly asleep?: string; readonly seed?: number } = {},
  ) => {
    const { free, stolen } = planTaking({
      owner: 'me',
      leases,
      isExpired: ({ owner }) => owner === change.expired,
      isAlive: (owner) => owner !== change.asleep,
      random: seededRandom(change.seed ?? 1),
    });
    return { free: free.map(({ shardId }) => shardId).sort(), stolen: stolen?.owner };
  };
  const free = ['1', '2', '3', '4', '5', '6', '7', '8'].map((id) => leaseOf(id));

  test('alone, one takes everything', () => {
    expect(plan(free).free).toHaveLength(8);
  });

  test('among others, one takes free ones up to a fair share, rounded up', () => {
    const leases = [...own('you', 'a'), ...own('they', 'b'), ...free];

    expect(plan(leases).free).toHaveLength(4);
    expect(plan([...leases, ...own('me', 'c', 'd', 'e', 'f', 'g')]).free).toEqual([]);
  });

  test('what has expired is as good as free, and its owner does not count', () => {
    const leases = [...own('dead', 'a', 'b', 'c'), ...own('you', 'd')];

    expect(plan(leases, { expired: 'dead' }).free).toHaveLength(2);
  });

  test.each([
    [3, 0, 'you'],
    [2, 0, 'you'],
    [1, 0, undefined],
    [3, 1, 'you'],
    [2, 1, undefined],
    [2, 2, undefined],
  ])('from who has %i, one with %i steals from: %s', (theirs, mine, victim) => {
    const names = (prefix: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    const leases = [...own('you', ...names('y', theirs)), ...own('me', ...names('m', mine))];

    expect(plan(leases)).toEqual({ free: [], stolen: victim });
    expect(plan(leases, { asleep: 'you' }).stolen).toBeUndefined();
  });

  test('it is stolen from who has most', () => {
    const leases = [...own('you', 'a', 'b'), ...own('they', 'c', 'd', 'e')];

    for (let seed = 1; seed < 20; seed++) expect(plan(leases, { seed }).stolen).toBe('they');
  });

  test('nothing is stolen while something is free', () => {
    expect(plan([...own('you', 'a', 'b', 'c', 'd'), leaseOf('e')])).toEqual({
      free: ['e'],
      stolen: undefined,
    });
  });
});
