// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { consumed, streamRecord } from '../event.ts';
import { createModel, type ModelEvent } from './ledger-model.ts';

const LANES = ['lane-one-x', 'lane-two-x', 'lane-three', 'lane-four-', 'lane-five-'];
/** Lanes capture an event a second. */
const STEP_MS = 1000;

/** The ledger is kept and opened again, as a job is that crashes. */
const CRASH = 'crash';

const seq = fc.integer({ min: 1, max: 40 });
const lane = fc.constantFrom(...LANES);
const declares = fc.record({
  lane,
  ranges: fc.array(fc.tuple(seq, fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 3 }),
  reason: fc.constantFrom('queue_full', 'consent'),
});
const facts = { lane, seq, delayMs: fc.integer({ min: 0, max: 40 * STEP_MS }) };
const event = fc
  .oneof(
    { weight: 5, arbitrary: fc.record(facts) },
    { weight: 1, arbitrary: fc.record({ ...facts, declares }) },
  )
  .map(({ delayMs, ...rest }): ModelEvent => {
    const capturedAt = rest.seq * STEP_MS;
    return { ...rest, capturedAt, at: capturedAt + delayMs };
  });
const course = fc.array(
  fc.oneof({ weight: 20, arbitrary: event }, { weight: 1, arbitrary: fc.constant(CRASH) }),
  { minLength: 1, maxLength: 100, size: 'max' },
);
const options = fc.record({
  since: fc.option(fc.integer({ min: 0, max: 40 * STEP_MS }), { nil: undefined }),
  lateAfterMs: fc.integer({ min: 0, max: 40 * STEP_MS }),
  maxLanes: fc.constantFrom(1, 2, 3, 100),
  maxGaps: fc.constantFrom(1, 3, 10, 1000),
});

function recordOf({ lane, seq, capturedAt, at, declares }: ModelEvent): ConsumedRecord {
  const change = declares ? { type: 'drop' as const, properties: { ...declares } } : {};
  const timestamp = new Date(capturedAt).toISOString();
  return consumed(streamRecord(seq, { lane, timestamp, ...change }), at);
}

describe('for any course of arrivals, copies, drops and crashes', () => {
  test('every account, the totals and the proven time are those of a model with sets', () => {
    fc.assert(
      fc.property(options, course, ({ since, ...limits }, steps) => {
        const model = createModel({ since, ...limits });
        let ledger = createLedger({ ...limits, ...(since !== undefined && { since }) });
        let latestAt = 0;
        let hasDrops = false;
        for (const step of steps) {
          if (step === CRASH) {
            const kept = JSON.parse(JSON.stringify(ledger.snapshot()));
            ledger = createLedger({ ...limits, from: kept });
            continue;
          }
          expect(ledger.add(recordOf(step))).toBe(model.add(step));
          latestAt = Math.max(latestAt, step.capturedAt);
          hasDrops ||= step.declares !== undefined;
        }

        const accounts = ledger.lanes().toSorted((one, other) => (one.lane < other.lane ? -1 : 1));
        expect(accounts).toEqual(
          model.accounts().toSorted((one, other) => (one.lane < other.lane ? -1 : 1)),
        );
        expect(ledger.totals()).toEqual(model.totals());
        const summary = ledger.summary();
        const upTo = Math.min(latestAt, model.completeUpTo());
        // What arrives after it was declared may leave an earlier time standing, never a later one.
        if (hasDrops) expect(summary.completeUpTo ?? 0).toBeLessThanOrEqual(upTo);
        else expect(summary.completeUpTo ?? 0).toBe(upTo);
        expect(summary.isComplete).toBe(
          ledger.totals().missing === 0 && ledger.totals().received > 0,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('order and copies change neither what was received nor what is missing', () => {
    const seqs = fc
      .uniqueArray(seq, { minLength: 1 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all])));
    fc.assert(
      fc.property(seqs, ([all, copies]) => {
        const straight = createLedger();
        const shuffled = createLedger();
        for (const each of all.toSorted((one, other) => one - other)) {
          straight.add(consumed(streamRecord(each)));
        }

        for (const each of [...copies, ...all]) shuffled.add(consumed(streamRecord(each)));

        const { received, missing, dropped } = straight.totals();
        const duplicates = copies.length;
        expect(shuffled.totals()).toMatchObject({ received, missing, dropped, duplicates });
      }),
    );
  });
});
