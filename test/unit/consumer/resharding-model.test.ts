// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createReshardingWorld,
  KEYS,
  type ReshardingWorld,
  type Setting,
  type Step,
  textOf,
} from './resharding-world.ts';

const put = fc.record({
  kind: fc.constant('put' as const),
  key: fc.nat(KEYS.length - 1),
  count: fc.integer({ min: 1, max: 4 }),
  grouped: fc.boolean(),
});
const reshard = fc.oneof(
  fc.record({ kind: fc.constantFrom('split' as const, 'merge' as const), at: fc.nat(7) }),
  fc.record({ kind: fc.constant('scale' as const), by: fc.integer({ min: 1, max: 6 }) }),
);
const wait = fc.record({
  kind: fc.constant('wait' as const),
  ms: fc.constantFrom(0, 150, 400, 1000, 3000, 12_000, 301_000),
});
const pull = fc.record({
  kind: fc.constant('pull' as const),
  count: fc.integer({ min: 1, max: 9 }),
});

function restart(...how: readonly ('close' | 'kill' | 'flush_and_kill')[]) {
  return fc.record({ kind: fc.constant('restart' as const), how: fc.constantFrom(...how) });
}

function courses(ends: fc.Arbitrary<Step>) {
  return fc.record({
    shards: fc.integer({ min: 1, max: 3 }),
    reshardMs: fc.constantFrom(0, 700),
    trouble: fc.constantFrom(0, 0.2),
    seed: fc.integer(),
    steps: fc.array(
      fc.oneof(
        { arbitrary: put as fc.Arbitrary<Step>, weight: 5 },
        { arbitrary: reshard as fc.Arbitrary<Step>, weight: 2 },
        { arbitrary: wait as fc.Arbitrary<Step>, weight: 3 },
        { arbitrary: pull as fc.Arbitrary<Step>, weight: 4 },
        { arbitrary: ends, weight: 2 },
      ),
      { minLength: 10, maxLength: 60 },
    ),
  });
}

async function run(
  course: Setting & { readonly steps: readonly Step[] },
  everyStep: readonly Step[] = [],
): Promise<ReshardingWorld> {
  const world = createReshardingWorld(course);
  for (const step of course.steps) {
    await world.step(step);
    for (const more of everyStep) await world.step(more);
  }
  await world.drain();
  return world;
}

/** Each once, in the order of its key. */
function expectOnce({ put, processed }: ReshardingWorld): void {
  for (const [key, texts] of put) {
    expect(processed.map(textOf).filter((text) => text.startsWith(key))).toEqual(texts);
  }
}

/** Nothing of a child before everything of its parents. */
function expectParentsFirst({ processed, parents }: ReshardingWorld): void {
  const firsts = new Map<string, number>();
  const lasts = new Map<string, number>();
  for (const [index, { shardId }] of processed.entries()) {
    if (!firsts.has(shardId)) firsts.set(shardId, index);
    lasts.set(shardId, index);
  }
  for (const [shardId, elders] of parents()) {
    for (const parent of elders) {
      expect(lasts.get(parent) ?? -1).toBeLessThan(firsts.get(shardId) ?? processed.length);
    }
  }
}

/** A course that fails is told as it is: to shrink one takes longer than a test may. */
const RUNS = { numRuns: 200, endOnFailure: true, timeout: 10_000 };
/** A few seconds, unless the machine is busy. */
const TEST_MS = 120_000;

test(
  'whatever happens to the stream, a reader that is closed and opened anew processes each event once, in order of its key, parents first',
  async () => {
    await fc.assert(
      fc.asyncProperty(courses(restart('close')), async (course) => {
        const world = await run(course);
        expectOnce(world);
        expectParentsFirst(world);
      }),
      RUNS,
    );
  },
  TEST_MS,
);

test(
  'the same of a reader that is restarted after every single step',
  async () => {
    await fc.assert(
      fc.asyncProperty(courses(pull as fc.Arbitrary<Step>), async (course) => {
        const world = await run(course, [{ kind: 'restart', how: 'close' }]);
        expectOnce(world);
        expectParentsFirst(world);
      }),
      RUNS,
    );
  },
  TEST_MS,
);

test(
  'the same of a reader that is killed when its checkpoints are written',
  async () => {
    await fc.assert(
      fc.asyncProperty(courses(restart('close', 'flush_and_kill')), async (course) => {
        const world = await run(course);
        expectOnce(world);
        expectParentsFirst(world);
      }),
      RUNS,
    );
  },
  TEST_MS,
);

test(
  'a reader that is killed at any moment passes over nothing: what comes again begins earlier, and goes on in order',
  async () => {
    await fc.assert(
      fc.asyncProperty(courses(restart('close', 'kill', 'flush_and_kill')), async (course) => {
        const { put, processed } = await run(course);
        for (const [key, texts] of put) {
          const numbers = processed
            .map(textOf)
            .filter((text) => text.startsWith(key))
            .map((text) => Number(text.slice(1)));
          let highest = -1;
          for (const [index, number] of numbers.entries()) {
            expect(number).toBeLessThanOrEqual(highest + 1);
            const before = numbers[index - 1] ?? -1;
            expect(number === before + 1 || number <= before).toBe(true);
            highest = Math.max(highest, number);
          }
          expect(highest).toBe(texts.length - 1);
        }
      }),
      RUNS,
    );
  },
  TEST_MS,
);
