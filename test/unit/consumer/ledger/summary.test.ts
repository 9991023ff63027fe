// @vitest-environment node
import { expect, test } from 'vitest';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { ConsumedRecord, Ledger } from '../../../../src/consumer/types.ts';
import { shardOf } from '../../../helpers/scripted-consumer.ts';
import { consumed, LANE, streamRecord } from '../event.ts';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const [FIRST, SECOND] = [shardOf(0, [0, 1]), shardOf(1, [2, 3])];

/** Captured a second after the number before, and read a moment later. */
function event(seq: number, change: { lane?: string; shardId?: string } = {}): ConsumedRecord {
  const { lane = LANE, shardId = FIRST.shardId } = change;
  const timestamp = new Date(T0 + seq * 1000).toISOString();
  return { ...consumed(streamRecord(seq, { lane, timestamp }), T0 + seq * 1000 + 10), shardId };
}

function ledgerOf(...records: ConsumedRecord[]): Ledger {
  const ledger = createLedger();
  for (const record of records) ledger.add(record);
  return ledger;
}

test('before the first event nothing is proven', () => {
  expect(createLedger().summary()).toEqual({
    isComplete: false,
    completeUpTo: undefined,
    missing: 0,
    text: 'Nothing has arrived. 0 events of 0 lanes arrived, 0 left out on purpose, none missing.',
  });
});

test('without a gap it is complete up to the last event', () => {
  const ledger = ledgerOf(event(1), event(2), event(1, { lane: 'lane-two' }));

  expect(ledger.summary([FIRST])).toEqual({
    isComplete: true,
    completeUpTo: T0 + 2000,
    missing: 0,
    text: 'Complete up to 2026-01-01T00:00:02.000Z. 3 events of 2 lanes arrived, 0 left out on purpose, none missing.',
  });
});

test('a gap holds the time at the event before it, and is named; filled, it frees it', () => {
  const ledger = ledgerOf(event(1), event(2), event(5), event(9, { lane: 'lane-two' }));
  for (let seq = 1; seq < 9; seq++) ledger.add(event(seq, { lane: 'lane-two' }));

  expect(ledger.summary()).toEqual({
    isComplete: false,
    completeUpTo: T0 + 2000,
    missing: 2,
    text: `Complete up to 2026-01-01T00:00:02.000Z. 12 events of 2 lanes arrived, 0 left out on purpose, 2 missing of 1 lane: ${LANE} 3–4.`,
  });

  ledger.add(event(4));
  ledger.add(event(3));

  expect(ledger.summary()).toMatchObject({ isComplete: true, completeUpTo: T0 + 9000 });
});

test('where the first events of a lane are missing no time can be named', () => {
  const { completeUpTo, text } = ledgerOf(event(2)).summary();

  expect(completeUpTo).toBeUndefined();
  expect(text).toContain('Not complete up to any time that could be named.');
  expect(text).toContain(`1 missing of 1 lane: ${LANE} 1.`);
});

test('of many gaps the first are named', () => {
  const ledger = ledgerOf(...[1, 3, 5, 7, 9].map((seq) => event(seq)));

  expect(ledger.summary().text).toContain(
    `4 missing of 1 lane: ${LANE} 2, ${LANE} 4, ${LANE} 6 ….`,
  );
});

test('a clock that is ahead proves nothing about times to come', () => {
  const ledger = ledgerOf({ ...event(1), arrivedAt: T0 });

  expect(ledger.summary().completeUpTo).toBe(T0);
});

test('what a shard has still to bring holds the time at its last record', () => {
  const ledger = ledgerOf(event(1), event(60, { lane: 'lane-two', shardId: SECOND.shardId }));
  for (let seq = 1; seq < 60; seq++)
    ledger.add(event(seq, { lane: 'lane-two', shardId: SECOND.shardId }));

  const behind = ledger.summary([{ ...FIRST, status: 'reading' }, SECOND]);
  const waiting = ledger.summary([{ ...FIRST, isDrained: false }, SECOND]);

  expect(behind).toMatchObject({ isComplete: false, completeUpTo: T0 + 1010, missing: 0 });
  expect(behind.text).toContain('1 shard not read to the end.');
  expect(waiting).toMatchObject({ isComplete: false, completeUpTo: T0 + 1010 });
  expect(ledger.summary([FIRST, SECOND])).toMatchObject({
    isComplete: true,
    completeUpTo: T0 + 60_000,
  });
});

test('a shard of which nothing is read leaves no time to name', () => {
  const shards = [FIRST, { ...SECOND, status: 'reading' as const }];

  expect(ledgerOf(event(1)).summary(shards).completeUpTo).toBeUndefined();
});

test('a child that waits for its parent is held by the parent', () => {
  const shards = [
    { ...FIRST, status: 'reading' as const },
    { ...SECOND, status: 'waiting' as const },
  ];

  expect(ledgerOf(event(1)).summary(shards)).toMatchObject({
    isComplete: false,
    completeUpTo: T0 + 1000,
  });
});

test('shards of another consumer are told, and are another ledger’s', () => {
  const summary = ledgerOf(event(1)).summary([FIRST, { ...SECOND, status: 'elsewhere' }]);

  expect(summary.isComplete).toBe(true);
  expect(summary.text).toContain('1 shard read by another consumer.');
});

test('what the stream itself has lost is told, and nothing is complete then', () => {
  const summary = ledgerOf(event(1)).summary([{ ...FIRST, loss: 'what was before is trimmed' }]);

  expect(summary.isComplete).toBe(false);
  expect(summary.text).toContain(`${FIRST.shardId}: what was before is trimmed.`);
});
