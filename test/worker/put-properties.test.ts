/** What holds for every put, whatever Kinesis answers. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../../src/protocol/limits.ts';
import { putInOrder } from '../../worker/kinesis/ordered-put.ts';
import type { CallOutcome, EntryOutcome } from '../../worker/kinesis/put-call.ts';
import type { PutReport } from '../../worker/kinesis/put-report.ts';
import { PUT_BUDGET_MS } from '../../worker/kinesis/put-time.ts';
import { createStreamMemory } from '../../worker/kinesis/stream-memory.ts';
import { type Entry, planUnits, type Unit } from '../../worker/kinesis/unit.ts';
import { runPut } from './scripted-put.ts';

const entry = fc.constantFrom<EntryOutcome>(
  { kind: 'stored', shard: 'shardId-1', sequence: '1' },
  { kind: 'stored', shard: 'shardId-2', sequence: '2' },
  { kind: 'throttled', code: 'Busy', shard: 'shardId-1' },
  { kind: 'throttled', code: 'Busy' },
  { kind: 'unavailable', code: 'InternalFailure' },
  { kind: 'refused', code: 'InvalidArgumentException' },
);
const whole = fc.constantFrom<CallOutcome>(
  { ok: false, failure: 'throttled', code: 'ThrottlingException' },
  { ok: false, failure: 'unavailable', code: 'TimeoutError' },
  { ok: false, failure: 'misconfigured', code: 'AccessDeniedException' },
  { ok: false, failure: 'refused', code: 'ValidationException' },
);
/** One call's answer: a failure of the whole, or outcomes that are dealt to its units in turn. */
const reply = fc.oneof(
  { weight: 1, arbitrary: whole },
  { weight: 4, arbitrary: fc.array(entry, { minLength: 1, maxLength: 5 }) },
);
const script = fc.record({
  keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 }),
  replies: fc.array(reply, { minLength: 1, maxLength: 12 }),
  aggregate: fc.boolean(),
  callMs: fc.constantFrom(0, 10, 900),
});

function createKinesis(replies: readonly (CallOutcome | readonly EntryOutcome[])[]) {
  /** Events as they were stored, by key. */
  const stored = new Map<string, number[]>();
  let calls = 0;

  function answer(units: readonly Unit[]): CallOutcome {
    const next = replies[calls++ % replies.length] as CallOutcome | readonly EntryOutcome[];
    if (!Array.isArray(next)) return next as CallOutcome;
    const entries = units.map((unit, at) => {
      const outcome = next[at % next.length] as EntryOutcome;
      if (outcome.kind === 'stored') {
        const ofKey = stored.get(unit.partitionKey) ?? [];
        stored.set(unit.partitionKey, [...ofKey, ...unit.entries.map(({ index }) => index)]);
      }
      return outcome;
    });
    return { ok: true, entries };
  }
  return { answer, stored };
}

function check(
  keys: readonly string[],
  { fates }: PutReport,
  stored: ReadonlyMap<string, readonly number[]>,
  calls: readonly (readonly string[])[],
): void {
  expect([...fates.keys()].sort((one, other) => one - other)).toEqual(keys.map((_, at) => at));
  const acknowledged = [...fates].filter(([, { kind }]) => kind === 'stored').map(([at]) => at);
  expect([...stored.values()].flat().sort((one, other) => one - other)).toEqual(
    acknowledged.sort((one, other) => one - other),
  );
  for (const ofKey of stored.values()) {
    expect(ofKey).toEqual([...ofKey].sort((one, other) => one - other));
  }
  for (const units of calls) {
    const ofCall = units.map((unit) => keys[Number(unit.split('+')[0])]);
    expect(new Set(ofCall).size).toBe(ofCall.length);
  }
}

test('every event has one fate, what is stored is acknowledged and nothing else, keys keep their order', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ keys, replies, aggregate, callMs }) => {
      const { answer, stored } = createKinesis(replies);

      const { report, calls, elapsedMs } = await runPut(keys, answer, { aggregate, callMs });

      check(keys, report, stored, calls);
      expect(elapsedMs()).toBeLessThanOrEqual(PUT_BUDGET_MS + callMs);
    }),
    { numRuns: 2000, seed: 4 },
  );
});

test('the same holds for strict order', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ keys, replies, aggregate, callMs }) => {
      const { answer, stored } = createKinesis(replies);
      let now = 0;
      const runtime = {
        now: () => now,
        random: () => 0.5,
        delay: async (delayMs: number) => {
          now += delayMs;
        },
      };
      const entries = keys.map((partitionKey, index): Entry => {
        return { index, partitionKey, data: new Uint8Array(4) };
      });
      const plan = { aggregate, aggregateBytes: 51_200, maxRecordBytes: MAX_RECORD_BYTES };

      const report = await putInOrder(
        planUnits(entries, plan),
        async (unit) => {
          now += callMs;
          return answer([unit]);
        },
        () => '7',
        { runtime, memory: createStreamMemory(runtime), deadline: PUT_BUDGET_MS },
      );

      check(keys, report, stored, []);
    }),
    { numRuns: 2000, seed: 4 },
  );
});
