import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../src/debug/filter/filter.ts';
import { createFilterHistory } from '../../../../src/debug/filter/history.ts';
import { countShards, describeNarrowing } from '../../../../src/debug/filter/reading-for.ts';
import { createWithout } from '../../../../src/debug/filter/without.ts';
import { createRowList } from '../../../../src/debug/reading/row-list.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { contextOf, rowOf } from '../../../helpers/debug-rows.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';
import { createMemoryStorage } from '../../../helpers/test-client.ts';

describe('what hides the rows', () => {
  const setUp = (filter: string, tickMs = 0) => {
    let now = 0;
    const rows = createRowList<Row>();
    for (let index = 0; index < 600; index++) {
      const type = index % 3 === 0 ? 'page' : 'track';
      rows.push(rowOf({ type }, { partitionKey: `u${index % 2}` }, { id: index }));
    }
    const clock = () => {
      now += tickMs;
      return now;
    };
    return createWithout(compileFilter(filter, contextOf()), { rows }, clock);
  };

  it('is the term without which most rows would show', () => {
    const without = setUp('key:u1 type:pageview seq>0');

    expect(without.advance(20)).toBe(true);
    expect(without.best()).toEqual({ term: 1, count: 300 });
  });

  it('is nothing where no single term does it', () => {
    const without = setUp('key:u7 type:pageview');
    without.advance(20);

    expect(without.best()).toBeUndefined();
  });

  it('may be code, which comes last and is not asked', () => {
    const without = setUp('key:u1 fn:false');
    without.advance(20);

    expect(without.best()).toEqual({ term: 1, count: 300 });
  });

  it('is counted a slice at a time', () => {
    const without = setUp('type:pageview', 15);

    expect([without.advance(20), without.advance(20), without.advance(20)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(without.best()).toEqual({ term: 0, count: 600 });
  });
});

describe('what has to be read for a filter', () => {
  const shards = [0, 1, 2, 3].map((number) => shardOf(number, [number / 4, (number + 1) / 4]));
  const closed = shardOf(9, [0, 0.5], { status: 'closed' });
  const [first, second, third] = shards.map(({ hashKeys }) => hashKeys);
  const less = (narrowing: Parameters<typeof describeNarrowing>[0], reading = {}) =>
    describeNarrowing(narrowing, reading, [...shards, closed]);

  it('is one place for one key: the MD5 of it', () => {
    const { hashKeys } = less({ partitionKey: 'u17' }) ?? {};

    expect(hashKeys?.start.toString(16)).toBe('14cf27f15fc552956999e1b4dadf859b');
    expect(hashKeys?.end).toBe(hashKeys?.start);
    expect(countShards([...shards, closed], hashKeys)).toEqual({ read: 1, all: 4 });
  });

  it('goes from the first of its shards to the last', () => {
    expect(less({ shardNumbers: [2, 1] })).toEqual({
      hashKeys: { start: second?.start, end: third?.end },
    });
    expect(less({ shardNumbers: [9] })).toEqual({
      hashKeys: { start: first?.start, end: second?.end },
    });
    expect(less({ shardNumbers: [7] })).toBeUndefined();
  });

  it('begins where the filter begins', () => {
    expect(less({ after: 700 })).toEqual({ from: { atTimestamp: 700 } });
    expect(less({ after: 700, shardNumbers: [0] })).toEqual({
      hashKeys: first,
      from: { atTimestamp: 700 },
    });
    expect(less({ before: 700 })).toBeUndefined();
  });

  it('is nothing more where it is read so already', () => {
    expect(less({ shardNumbers: [0] }, { hashKeys: first })).toBeUndefined();
    expect(less({ after: 700 }, { from: { atTimestamp: 650 } })).toBeUndefined();
    expect(less({ after: 700 }, { from: { atTimestamp: 750 } })).toBeDefined();
    expect(less(undefined, { hashKeys: first })).toBeUndefined();
  });

  it('is all of it without hash keys', () => {
    expect(countShards([...shards, closed], undefined)).toEqual({ read: 4, all: 4 });
  });
});

describe('filters of before', () => {
  it('come back one by one, and then what was typed', () => {
    const storage = createMemoryStorage() as unknown as Storage;
    const history = createFilterHistory(() => storage);
    for (const text of ['a', 'b', 'b', ' ', 'a']) history.add(text);

    const back = [history.step(1, 'typed'), history.step(1, 'a'), history.step(1, 'b')];
    const on = [history.step(-1, 'b'), history.step(-1, 'a'), history.step(-1, 'typed')];

    expect(back).toEqual(['a', 'b', undefined]);
    expect(on).toEqual(['a', 'typed', undefined]);
  });

  it('are as good as none where storage is refused, or holds something else', () => {
    const refused = createFilterHistory(() => {
      throw new Error('refused');
    });
    const storage = createMemoryStorage() as unknown as Storage;
    storage.setItem('rivulet.debug.filters', '{');
    const other = createFilterHistory(() => storage);

    refused.add('a');

    expect(refused.step(1, '')).toBeUndefined();
    expect(other.step(1, '')).toBeUndefined();
  });
});
