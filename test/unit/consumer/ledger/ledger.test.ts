// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { ConsumedRecord, Ledger } from '../../../../src/consumer/types.ts';
import { RivuletError } from '../../../../src/errors.ts';
import { DROP_REASONS, type StreamRecord } from '../../../../src/protocol/event.ts';
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

test('every reason has its count, and one of a later version is unknown', () => {
  const ledger = createLedger();
  const reasons = [...DROP_REASONS, 'unknown'];

  add(ledger, ...reasons.map((reason, index) => drop(100 + index, [[index + 1, 1]], { reason })));
  add(ledger, drop(99, [[50, 2]], { reason: 'whim' }));

  expect(ledger.totals().droppedBy).toEqual({
    ...Object.fromEntries(DROP_REASONS.map((reason) => [reason, 1])),
    unknown: 3,
  });
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

describe('late', () => {
  const capturedAt = Date.parse('2026-01-01T00:00:00.000Z');

  test('is what arrives longer after its own time than allowed, a minute by default', () => {
    const ledger = createLedger();

    ledger.add(consumed(streamRecord(1), capturedAt + 60_000));
    ledger.add(consumed(streamRecord(2), capturedAt + 60_001));
    ledger.add(consumed(streamRecord(2), capturedAt + 120_000));

    expect(ledger.totals()).toMatchObject({ received: 2, duplicates: 1, late: 1 });
    expect(ledger.lane(LANE)?.late).toBe(1);
  });

  test('counts from what is allowed', () => {
    const ledger = createLedger({ lateAfterMs: 0 });

    ledger.add(consumed(streamRecord(1), capturedAt));
    ledger.add(consumed(streamRecord(2), capturedAt + 1));

    expect(ledger.totals().late).toBe(1);
  });

  test('is nothing whose time cannot be read', () => {
    const ledger = createLedger();

    ledger.add(consumed(streamRecord(1, { timestamp: 'yesterday' }), capturedAt));

    expect(ledger.totals()).toMatchObject({ received: 1, late: 0 });
  });
});

describe('a reading that begins in the middle', () => {
  const since = Date.parse('2026-01-01T00:00:00.000Z');

  function at(seq: number, capturedAt: number): ConsumedRecord {
    const timestamp = new Date(capturedAt).toISOString();
    return consumed(streamRecord(seq, { timestamp }), capturedAt + 500);
  }

  test('misses nothing of what a lane had before', () => {
    const ledger = createLedger({ since });

    ledger.add(at(41, since - 1));
    ledger.add(at(43, since + 1));

    expect(ledger.lane(LANE)).toMatchObject({
      first: 41,
      completeTo: 41,
      missing: 1,
      gaps: [{ first: 42, count: 1 }],
    });
    expect(ledger.totals().partial).toBe(1);
  });

  test('finds what is missing behind a number that was captured since', () => {
    const ledger = createLedger({ since });

    ledger.add(at(7, since + 700));
    ledger.add(at(5, since + 500));

    expect(ledger.lane(LANE)).toMatchObject({
      first: 5,
      missing: 1,
      gaps: [{ first: 6, count: 1 }],
    });
  });

  test('takes a late copy of an old event for nothing more', () => {
    const ledger = createLedger({ since });

    ledger.add(at(7, since + 700));
    ledger.add(at(5, since - 500));

    expect(ledger.lane(LANE)).toMatchObject({ first: 7, completeTo: 7, received: 2, missing: 0 });
  });

  test('goes down as far as nothing is absent', () => {
    const ledger = createLedger({ since });

    for (const seq of [3, 1, 2]) ledger.add(at(seq, since - 10 + seq));

    expect(ledger.lane(LANE)).toMatchObject({ first: 1, completeTo: 3, missing: 0 });
    expect(ledger.totals().partial).toBe(0);
  });

  test('expects nothing of a lane of which only a declaration came', () => {
    const ledger = createLedger({ since });
    ledger.add(consumed(drop(1, [[200, 3]], { lane: 'other-lane' })));
    const declared = ledger.lane('other-lane');

    ledger.add(consumed(streamRecord(300, { lane: 'other-lane' })));

    expect(declared).toMatchObject({ first: 203, completeTo: 202, highest: 202, missing: 0 });
    expect(ledger.lane('other-lane')).toMatchObject({ first: 300, missing: 0, dropped: 3 });
  });
});

describe('memory', () => {
  const arrive = (ledger: Ledger, lane: string, seq: number, at: number) =>
    ledger.add(consumed(streamRecord(seq, { lane }), at));

  test('is of the lanes that were heard of last; complete ones go first, and their sums stay', () => {
    const ledger = createLedger({ maxLanes: 2 });
    arrive(ledger, 'lane-gapped', 2, 1000);
    arrive(ledger, 'lane-old-1', 1, 2000);
    arrive(ledger, 'lane-old-2', 1, 3000);
    arrive(ledger, 'lane-new-1', 1, 4000);

    expect(ledger.lanes().map(({ lane }) => lane)).toEqual(['lane-new-1', 'lane-gapped']);
    expect(ledger.totals()).toMatchObject({ lanes: 4, forgotten: 2, received: 4, missing: 1 });
  });

  test('keeps what was missing of a lane that it has to forget', () => {
    const ledger = createLedger({ maxLanes: 1 });

    arrive(ledger, 'lane-gapped', 3, 1000);
    arrive(ledger, 'lane-gappy-2', 2, 2000);

    expect(ledger.lanes()).toHaveLength(1);
    expect(ledger.totals()).toMatchObject({ missing: 3, incomplete: 2, forgotten: 1 });
    expect(ledger.summary().text).toContain('1 lane forgotten, with 2 missing');
  });

  test('takes a lane that comes again for one that began before', () => {
    const ledger = createLedger({ maxLanes: 1 });
    arrive(ledger, LANE, 1, 1000);
    arrive(ledger, 'lane-two', 1, 2000);

    arrive(ledger, LANE, 2, 3000);

    expect(ledger.lane(LANE)).toMatchObject({ first: 2, missing: 0 });
    expect(ledger.totals()).toMatchObject({ received: 3, missing: 0, lanes: 3, partial: 1 });
  });

  test('is bounded for lanes of many gaps', () => {
    const ledger = createLedger({ maxGaps: 10 });

    for (let seq = 2; seq <= 40; seq += 2) arrive(ledger, LANE, seq, 1000);
    arrive(ledger, 'lane-two', 1, 2000);

    const { received, forgotten, missing } = ledger.totals();
    expect({ received, forgotten }).toEqual({ received: 21, forgotten: 1 });
    expect(missing).toBeGreaterThan(0);
  });
});

test.each([
  [{ since: Number.NaN }, 'since: expected milliseconds since 1970, got NaN'],
  [{ lateAfterMs: -1 }, 'lateAfterMs: expected a number from 0, got -1'],
  [{ maxLanes: 0 }, 'maxLanes: expected a whole number from 1, got 0'],
  [{ maxGaps: 1.5 }, 'maxGaps: expected a whole number from 1, got 1.5'],
])('refuses %j', (options, message) => {
  expect(() => createLedger(options)).toThrow(new RivuletError('invalid_option', message));
});
