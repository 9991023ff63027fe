// @vitest-environment node
import { expect, test } from 'vitest';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { Ledger } from '../../../../src/consumer/types.ts';
import type { StreamRecord } from '../../../../src/protocol/event.ts';
import { consumed, LANE, streamRecord } from '../event.ts';

function drop(seq: number, ranges: unknown, change: object = {}): StreamRecord {
  const properties = { lane: LANE, ranges, reason: 'queue_full', ...change };
  return streamRecord(seq, { type: 'drop', properties });
}

function add(ledger: Ledger, ...events: (number | StreamRecord)[]): string[] {
  return events.map((event) =>
    ledger.add(consumed(typeof event === 'number' ? streamRecord(event) : event)),
  );
}

test('a lane in order is all new, and nothing is missing', () => {
  const ledger = createLedger();

  const verdicts = add(ledger, 1, 2, 3);

  expect(verdicts).toEqual(['new', 'new', 'new']);
  expect(ledger.lanes()).toEqual([
    {
      lane: LANE,
      client: 'client-1',
      received: 3,
      duplicates: 0,
      outOfOrder: 0,
      late: 0,
      dropped: 0,
      droppedBy: {},
      missing: 0,
      gaps: [],
      first: 1,
      completeTo: 3,
      highest: 3,
      lastAt: 1000,
    },
  ]);
});

test('a gap opens, and closes when it fills', () => {
  const ledger = createLedger();
  add(ledger, 1, 5, 9);
  const open = ledger.lanes()[0];

  const verdicts = add(ledger, 3, 2, 4, 8, 7, 6);

  expect(open).toMatchObject({
    missing: 6,
    gaps: [
      { lane: LANE, first: 2, count: 3 },
      { lane: LANE, first: 6, count: 3 },
    ],
  });
  expect(verdicts).toEqual(Array(6).fill('out_of_order'));
  expect(ledger.lanes()[0]).toMatchObject({ received: 9, outOfOrder: 6, missing: 0, gaps: [] });
});

test('a lane whose first events are missing has a gap from 1', () => {
  const ledger = createLedger();

  add(ledger, 4);

  expect(ledger.lanes()[0]).toMatchObject({ missing: 3, gaps: [{ first: 1, count: 3 }] });
});

test('a copy is a duplicate, however late, and never out of order', () => {
  const ledger = createLedger();

  const verdicts = add(ledger, 1, 1, 2, 3, 1);

  expect(verdicts).toEqual(['new', 'duplicate', 'new', 'new', 'duplicate']);
  expect(ledger.totals()).toMatchObject({ received: 3, duplicates: 2, outOfOrder: 0 });
});

test('what a drop declares is dropped and not missing, every range of it', () => {
  const ledger = createLedger();

  add(
    ledger,
    1,
    drop(9, [
      [2, 2],
      [6, 1],
    ]),
    11,
  );

  expect(ledger.lanes()[0]).toMatchObject({
    received: 3,
    dropped: 3,
    droppedBy: { queue_full: 3 },
    missing: 5,
    gaps: [
      { first: 4, count: 2 },
      { first: 7, count: 2 },
      { first: 10, count: 1 },
    ],
  });
});

test('a declared event that arrives after all counts as received', () => {
  const ledger = createLedger();
  add(ledger, 1, drop(4, [[2, 2]]));

  const verdicts = add(ledger, 2);

  expect(verdicts).toEqual(['out_of_order']);
  expect(ledger.lanes()[0]).toMatchObject({
    received: 3,
    dropped: 1,
    droppedBy: { queue_full: 1 },
    missing: 0,
  });
});

test('an event that is declared after it arrived counts as received', () => {
  const ledger = createLedger();

  add(ledger, 1, 2, drop(4, [[2, 2]]), 2);

  expect(ledger.lanes()[0]).toMatchObject({ received: 3, dropped: 1, duplicates: 1, missing: 0 });
});

test('a drop that declares itself is received', () => {
  const ledger = createLedger();

  add(ledger, drop(1, [[1, 1]]));

  expect(ledger.totals()).toMatchObject({ received: 1, dropped: 0, droppedBy: {} });
});

test('a drop declared twice, or of what arrived, counts once', () => {
  const ledger = createLedger();

  add(ledger, 1, 2, drop(5, [[2, 3]]), drop(5, [[2, 3]]), drop(6, [[3, 1]]));

  expect(ledger.lanes()[0]).toMatchObject({ received: 4, dropped: 2, duplicates: 1, missing: 0 });
});

test('what two reasons declare is dropped by the first', () => {
  const ledger = createLedger();

  add(ledger, drop(9, [[2, 3]]), drop(10, [[1, 7]], { reason: 'consent' }));

  expect(ledger.totals()).toMatchObject({ dropped: 7, droppedBy: { queue_full: 3, consent: 4 } });
});

test('a drop may declare another lane, one that never sends', () => {
  const ledger = createLedger();

  add(ledger, drop(1, [[1, 40]], { lane: 'other-lane', reason: 'too_old' }), drop(2, [[50, 1]]));

  expect(ledger.lane('other-lane')).toMatchObject({
    client: 'client-1',
    received: 0,
    dropped: 40,
    missing: 0,
    completeTo: 40,
    highest: 40,
  });
  expect(ledger.totals()).toEqual({
    lanes: 2,
    incomplete: 1,
    partial: 0,
    forgotten: 0,
    late: 0,
    received: 2,
    duplicates: 0,
    outOfOrder: 0,
    dropped: 41,
    droppedBy: { too_old: 40, queue_full: 1 },
    missing: 47,
  });
});

test('a drop that is nonsense declares nothing, and is an event like any other', () => {
  const ledger = createLedger();

  add(ledger, drop(1, [[1, Number.MAX_SAFE_INTEGER]]), drop(2, [[1, 3]], { lane: '../..' }));

  expect(ledger.totals()).toMatchObject({ lanes: 1, received: 2, dropped: 0 });
});

test('a record of others leaves no trace', () => {
  const ledger = createLedger();

  expect(ledger.add(consumed(undefined))).toBe('not_ours');
  expect(ledger.totals().lanes).toBe(0);
});

test('the lane of the latest record comes first', () => {
  const ledger = createLedger();
  for (const [lane, at] of [
    ['lane-one', 1000],
    ['lane-two', 3000],
    ['lane-three', 2000],
  ] as const) {
    ledger.add(consumed(streamRecord(1, { lane }), at));
  }

  expect(ledger.lanes().map(({ lane }) => lane)).toEqual(['lane-two', 'lane-three', 'lane-one']);
});

test('a long lane with a hole in every hundred stays quick', () => {
  const ledger = createLedger();
  const started = performance.now();

  for (let seq = 1; seq <= 200_000; seq++) {
    if (seq % 100 !== 0) ledger.add(consumed(streamRecord(seq)));
  }
  const account = ledger.lanes()[0];

  expect(account).toMatchObject({ received: 198_000, missing: 1999 });
  // Sets of numbers or a scan per record would take minutes.
  expect(performance.now() - started).toBeLessThan(10_000);
});
