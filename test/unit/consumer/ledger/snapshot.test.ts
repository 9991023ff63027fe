// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { LedgerSnapshot } from '../../../../src/consumer/ledger/snapshot.ts';
import { withoutDuplicates } from '../../../../src/consumer/ledger/without-duplicates.ts';
import type { Ledger } from '../../../../src/consumer/types.ts';
import { consumed, LANE, streamRecord } from '../event.ts';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const golden = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../fixtures/ledger/${name}.json`, import.meta.url), 'utf8'),
  );

/** A gap, a copy, a drop of another lane, something late and a lane that is forgotten. */
function exampleLedger(): Ledger {
  const ledger = createLedger({ maxLanes: 4 });
  const add = (seq: number, change: object = {}, delayMs = 0): void => {
    const timestamp = new Date(T0 + seq * 1000).toISOString();
    ledger.add(consumed(streamRecord(seq, { timestamp, ...change }), T0 + seq * 1000 + delayMs));
  };
  add(1, { lane: 'lane-gone' });
  add(1, { lane: 'lane-more' });
  for (const seq of [1, 2, 2, 5, 4]) add(seq, {}, seq === 5 ? 120_000 : 10);
  const properties = { lane: 'lane-other', ranges: [[2, 3]], reason: 'queue_full' };
  add(1, { lane: 'lane-drops', type: 'drop', properties });
  add(3, { lane: 'lane-other' });
  return ledger;
}

describe('the snapshot of a ledger', () => {
  test('is what earlier versions wrote, and what they wrote is read', () => {
    const kept = golden('ledger');

    expect(JSON.parse(JSON.stringify(exampleLedger().snapshot()))).toEqual(kept);
    expect(createLedger({ from: kept }).snapshot()).toEqual(kept);
  });

  test('goes on where it was: accounts, totals and the proven time', () => {
    const before = exampleLedger();

    const after = createLedger({
      maxLanes: 4,
      from: JSON.parse(JSON.stringify(before.snapshot())),
    });

    expect(after.lanes()).toEqual(before.lanes());
    expect(after.totals()).toEqual(before.totals());
    expect(after.summary()).toEqual(before.summary());
    after.add(consumed(streamRecord(3), T0 + 3000));
    expect(after.lane(LANE)).toMatchObject({ received: 5, missing: 0, completeTo: 5 });
  });

  test('is apart from the ledger that goes on', () => {
    const ledger = exampleLedger();
    const snapshot = ledger.snapshot();
    const text = JSON.stringify(snapshot);

    const other = createLedger({ from: snapshot });
    for (const each of [ledger, other]) each.add(consumed(streamRecord(3, { lane: 'lane-x-new' })));

    expect(JSON.stringify(snapshot)).toBe(text);
  });

  test('keeps its own beginning, whatever `since` says', () => {
    const from = createLedger({ since: 5000 }).snapshot();

    expect(createLedger({ since: 9000, from }).snapshot().since).toBe(5000);
    expect(
      createLedger({ since: 9000, from: createLedger().snapshot() }).snapshot(),
    ).not.toHaveProperty('since');
  });

  const whole = exampleLedger().snapshot();
  const [lane] = whole.lanes;
  test.each([
    ['nothing', null, 'version 1, got nothing'],
    ['another version', { ...whole, version: 2 }, 'version 1, got 2'],
    ['no lanes', { ...whole, lanes: {} }, 'lanes, got {}'],
    ['no time', { ...whole, latestAt: 'now' }, 'latestAt in milliseconds, got "now"'],
    ['since what', { ...whole, since: -1 }, 'since in milliseconds, got -1'],
    ['no sums', { ...whole, sums: { received: 1 } }, 'sums, got {"received":1}'],
    ['nothing forgotten', { ...whole, forgotten: 3 }, 'what was forgotten, got 3'],
    ['a lane without an id', { ...whole, lanes: [{ ...lane, lane: 7 }] }, 'a lane, got {'],
    [
      'a lane without a figure',
      { ...whole, lanes: [{ ...lane, late: null }] },
      'the figures of lane ',
    ],
    [
      'runs that overlap',
      { ...whole, lanes: [{ ...lane, runs: [1, 5, 0, 5, 6, 0] }] },
      'runs that ascend, got [1,5,0,5,6,0]',
    ],
    ['a lane twice', { ...whole, lanes: [lane, lane] }, 'each lane once, got 2'],
    [
      'runs cut off',
      { ...whole, lanes: [{ ...lane, runs: [1, 5] }] },
      'runs of numbers, got [1,5]',
    ],
    [
      'an unknown reason',
      { ...whole, lanes: [{ ...lane, declared: { whim: [1, 1] } }] },
      'a reason that is known, got "whim"',
    ],
  ])('is refused with %s', (_what, value, message) => {
    const from = value as unknown as LedgerSnapshot;

    expect(() => createLedger({ from: from ?? ([] as never) })).toThrow(
      `from: expected a snapshot with ${message}`,
    );
  });
});

describe('the snapshot of a filter', () => {
  test('is what earlier versions wrote, and what they wrote is read', () => {
    const filter = withoutDuplicates();
    for (const [lane, seq] of [
      [LANE, 1],
      [LANE, 2],
      ['lane-two', 7],
      [LANE, 4],
    ] as const) {
      filter.done(consumed(streamRecord(seq, { lane })));
    }
    const kept = golden('filter');

    expect(JSON.parse(JSON.stringify(filter.snapshot()))).toEqual(kept);
    expect(withoutDuplicates({ from: kept }).snapshot()).toEqual(kept);
  });

  test.each([
    [{ version: 3 }, 'version 1, got 3'],
    [{ version: 1 }, 'lanes, got nothing'],
    [
      {
        version: 1,
        lanes: [
          [LANE, []],
          [LANE, []],
        ],
      },
      'each lane once, got 2',
    ],
    [{ version: 1, lanes: [7] }, 'a lane, got 7'],
    [{ version: 1, lanes: [[LANE, [3, 1]]] }, 'runs that ascend, got [3,1]'],
  ])('is refused: %j', (from, message) => {
    expect(() => withoutDuplicates({ from: from as never })).toThrow(
      `from: expected a snapshot with ${message}`,
    );
  });
});
