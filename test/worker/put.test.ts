import { describe, expect, test } from 'vitest';
import type { CallFailure } from '../../worker/kinesis/failure.ts';
import type { Unit } from '../../worker/kinesis/unit.ts';
import { each, ok, refused, runPut, throttled, unknown } from './scripted-put.ts';

const MiB = 2 ** 20;

describe('a put', () => {
  test('sends at most one unit of each key in a call, in order', async () => {
    const { calls, fates } = await runPut(
      ['a', 'b', 'a', 'c', 'a', 'b'],
      each(() => ok),
    );

    expect(calls).toEqual([['0', '1', '3'], ['2', '5'], ['4']]);
    expect(new Set(fates)).toEqual(new Set(['stored']));
  });

  test('retries alone what failed, after full jitter, and holds up no other key', async () => {
    let failures = 2;
    const { calls, waits, fates } = await runPut(
      ['a', 'b', 'a', 'b'],
      each(({ partitionKey }) => (partitionKey === 'a' && failures-- > 0 ? throttled : ok)),
    );

    expect(calls).toEqual([['0', '1'], ['3'], ['0'], ['0'], ['2']]);
    expect(waits).toEqual([40, 100]);
    expect(new Set(fates)).toEqual(new Set(['stored']));
  });

  test('does not send a key again before its first unit is stored', async () => {
    const { calls, fates, failure, elapsedMs } = await runPut(
      ['hot', 'hot', 'cool'],
      each(({ partitionKey }) => (partitionKey === 'hot' ? throttled : ok)),
    );

    expect(calls.flat()).not.toContain('1');
    expect(fates).toEqual(['retry', 'retry', 'stored']);
    expect(failure).toBe('throttled');
    expect(elapsedMs()).toBeLessThanOrEqual(5000);
  });

  test('stops before a call that would not end in time', async () => {
    const { calls, failure } = await runPut(
      ['a', 'a', 'a', 'a'],
      each(() => ok),
      { callMs: 2000 },
    );

    expect(calls).toEqual([['0'], ['1'], ['2']]);
    expect(failure).toBe('throttled');
  });

  test('retries an entry of unknown outcome too', async () => {
    let first = true;
    const { calls, fates } = await runPut(
      ['a', 'b'],
      each(({ partitionKey }) => {
        if (partitionKey === 'b' || !first) return ok;
        first = false;
        return unknown;
      }),
    );

    expect(calls).toEqual([['0', '1'], ['0']]);
    expect(fates).toEqual(['stored', 'stored']);
  });

  test.each<Exclude<CallFailure, 'refused'>>(['throttled', 'unavailable', 'misconfigured'])(
    'ends with the first call that is %s as a whole, and keeps what was stored before',
    async (failure) => {
      const put = await runPut(['a', 'b', 'a', 'a'], (units, call) =>
        call === 0
          ? { ok: true, entries: units.map(() => ok) }
          : { ok: false, failure, code: 'Why' },
      );

      expect(put.calls).toHaveLength(2);
      expect(put.fates).toEqual(['stored', 'stored', 'retry', 'retry']);
      expect(put.failure).toBe(failure);
      expect(Object.fromEntries(put.report.errors)).toEqual({ Why: 1 });
    },
  );

  test('keeps a call within 500 entries', async () => {
    const keys = Array.from({ length: 501 }, (_, index) => `key-${index}`);

    const { calls } = await runPut(
      keys,
      each(() => ok),
    );

    expect(calls.map(({ length }) => length)).toEqual([500, 1]);
  });

  test('keeps a call within 5 MiB, partition keys included', async () => {
    const full = ['a', 'b', 'c', 'd'].map((key) => `${key}:${MiB - 1}`);

    const fits = await runPut(
      [...full, `e:${MiB - 1}`],
      each(() => ok),
    );
    const exceeds = await runPut(
      [...full, `e:${MiB}`],
      each(() => ok),
    );

    expect(fits.calls).toHaveLength(1);
    expect(exceeds.calls).toHaveLength(2);
  });
});

describe('a refused call', () => {
  const poisoned = (indexes: readonly number[]) => (units: readonly Unit[]) => {
    const bad = units.some(({ entries }) => entries.some(({ index }) => indexes.includes(index)));
    return bad
      ? ({ ok: false, failure: 'refused', code: 'InvalidArgumentException' } as const)
      : ({ ok: true, entries: units.map(() => ok) } as const);
  };

  test('is halved until the unit at fault stands alone, and its neighbours are stored', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    const { fates, calls, failure } = await runPut(keys, poisoned([5]));

    expect(fates.indexOf('refused')).toBe(5);
    expect(fates.filter((fate) => fate === 'stored')).toHaveLength(7);
    expect(calls.length).toBeLessThanOrEqual(7);
    expect(failure).toBeUndefined();
  });

  test('finds one event in the aggregate of its key, and keeps the order of the others', async () => {
    const { fates, calls } = await runPut(['a', 'a', 'a', 'a', 'a'], poisoned([3]), {
      aggregate: true,
    });

    expect(fates).toEqual(['stored', 'stored', 'stored', 'refused', 'stored']);
    expect(calls.map(([only]) => only)).toEqual(['0+1+2+3+4', '0+1+2', '3+4', '3', '4']);
  });

  test('is told from a refused entry, whose neighbours are stored already', async () => {
    const { fates, calls } = await runPut(
      ['a', 'b', 'c'],
      each(({ partitionKey }) => (partitionKey === 'b' ? refused : ok)),
    );

    expect(fates).toEqual(['stored', 'refused', 'stored']);
    expect(calls).toHaveLength(1);
  });

  test('keeps what one half stored when the other half finds nobody', async () => {
    const { fates, failure } = await runPut(['a', 'b', 'c', 'd'], (units, call) => {
      if (call === 0) return { ok: false, failure: 'refused', code: 'InvalidArgumentException' };
      if (call === 1) return { ok: true, entries: units.map(() => ok) };
      return { ok: false, failure: 'unavailable', code: 'TimeoutError' };
    });

    expect(fates).toEqual(['stored', 'stored', 'retry', 'retry']);
    expect(failure).toBe('unavailable');
  });
});
