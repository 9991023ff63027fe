// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRun } from '../../../../src/consumer/run/run-sink.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { createFakeClock } from '../../../helpers/fake-clock.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';
import { namesOf, numberOf, recordsOf } from './rig.ts';

const SHARDS = ['a', 'b'];
const RECORDS = 12;

/** How often the handler refuses a call that holds the record: always, where it is poison. */
const refusals = fc.oneof(
  { arbitrary: fc.constant(0), weight: 6 },
  { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 2 },
  { arbitrary: fc.constant(Number.POSITIVE_INFINITY), weight: 1 },
);

const story = fc.record({
  seed: fc.integer(),
  refusals: fc.array(refusals, {
    minLength: SHARDS.length * RECORDS,
    maxLength: SHARDS.length * RECORDS,
  }),
  batchSize: fc.integer({ min: 1, max: 6 }),
  /** How long each process lives before it is killed; the last one lives on. */
  lives: fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 4 }),
  /** When a shard goes away, and comes back. */
  revocations: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 3 }),
});

test('each record is handled at least once, in order, none passed over, and parked are those that always fail', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (plot) => {
      const random = seededRandom(plot.seed);
      const clock = createFakeClock(undefined, 2);
      const left = new Map<string, number>(
        SHARDS.flatMap((shardId, shard) =>
          plot.refusals
            .slice(shard * RECORDS, (shard + 1) * RECORDS)
            .map((times, index) => [`${shardId}${index + 1}`, times] as const),
        ),
      );
      const poison = [...left].flatMap(([name, times]) =>
        times === Number.POSITIVE_INFINITY ? [name] : [],
      );
      /** What outlives a process. */
      const checkpoints = new Map(SHARDS.map((shardId) => [shardId, 0]));
      const handled: string[] = [];
      const parked = new Set<string>();
      const faults: string[] = [];

      async function live(lifeMs: number): Promise<void> {
        let isDead = false;
        const closing = new AbortController();
        const granted = new Map<string, number>();
        const wait = (ms: number) => new Promise<void>((resolve) => clock.delay(resolve, ms));

        async function handler(records: readonly ConsumedRecord[]): Promise<void> {
          const names = namesOf(records).split(' ');
          // As a transaction: it takes its time, and then all of it is there, or nothing.
          if (random() < 0.7) await wait(Math.floor(random() * 300));
          if (isDead) return new Promise(() => {});
          const bad = names.find((name) => (left.get(name) ?? 0) > 0);
          if (bad) {
            left.set(bad, (left.get(bad) ?? 0) - 1);
            throw new Error(bad);
          }
          for (const record of records) {
            const at = checkpoints.get(record.shardId) ?? 0;
            if (numberOf(record) <= at) faults.push(`${namesOf([record])} was done before`);
          }
          handled.push(...names);
        }

        const run = createRun(
          handler,
          {
            batchSize: plot.batchSize,
            // More than the flaky ones of a batch can fail together.
            attempts: 20,
            park: ({ record }) => {
              if (!isDead) parked.add(namesOf([record]));
            },
          },
          {
            holds: (shardId) => granted.has(shardId),
            done: (shardId, upTo) => {
              if (isDead) return;
              const before = checkpoints.get(shardId) ?? 0;
              if (numberOf(upTo) <= before) faults.push(`${shardId} went back from ${before}`);
              checkpoints.set(shardId, numberOf(upTo));
            },
            failed: () => {},
            filter: undefined,
            signal: closing.signal,
            runtime: { now: clock.now, delay: clock.delay, random },
            shards: () => [],
            onShards: () => () => {},
          },
        );

        /** A shard's reader, as long as the shard is this process's. */
        async function read(shardId: string): Promise<void> {
          const grant = (granted.get(shardId) ?? 0) + random();
          granted.set(shardId, grant);
          for (let at = checkpoints.get(shardId) ?? 0; at < RECORDS; ) {
            const upTo = Math.min(RECORDS, at + 1 + Math.floor(random() * 6));
            await wait(Math.floor(random() * 100));
            if (granted.get(shardId) !== grant) return;
            await run.take(shardId, recordsOf(shardId, at + 1, upTo), undefined);
            at = upTo;
          }
          if (granted.get(shardId) !== grant) return;
          await run.end(shardId);
          const isEnd = granted.get(shardId) === grant && !closing.signal.aborted;
          if (isEnd && checkpoints.get(shardId) !== RECORDS) faults.push(`${shardId} ended early`);
        }

        for (const shardId of SHARDS) void read(shardId);
        let lived = 0;
        for (const at of plot.revocations.filter((one) => one < lifeMs).sort((a, b) => a - b)) {
          await clock.advance(at - lived);
          lived = at;
          granted.delete('a');
          run.revoke('a');
          void read('a');
        }
        await clock.advance(lifeMs - lived);
        if (random() < 0.5) isDead = true;
        closing.abort();
        if (!isDead) await Promise.all([run.ended, clock.advance(1000)]);
        isDead = true;
      }

      for (const lifeMs of plot.lives) await live(lifeMs);
      await live(36_000_000);

      for (const shardId of SHARDS) {
        expect(checkpoints.get(shardId)).toBe(RECORDS);
        const firsts = [...new Set(handled.filter((name) => name.startsWith(shardId)))];
        const expected = recordsOf(shardId, 1, RECORDS).map((record) => namesOf([record]));
        expect(firsts).toEqual(expected.filter((name) => !poison.includes(name)));
      }
      expect([...parked].sort()).toEqual(poison.sort());
      expect(faults).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
