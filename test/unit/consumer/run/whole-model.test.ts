// @vitest-environment node
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { encodeAggregate } from '../../../../src/protocol/aggregate.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';
import { directClient } from '../direct-client.ts';
import { createRig, STREAM } from '../rig.ts';

const KEYS = [...'abcd'];
const md5 = (bytes: Uint8Array): Uint8Array => createHash('md5').update(bytes).digest();

const life = fc.record({
  /** Records of each key that come while it lives. */
  puts: fc.integer({ min: 0, max: 6 }),
  reshard: fc.constantFrom('split', 'scale', 'none', 'none'),
  ms: fc.integer({ min: 100, max: 15_000 }),
  end: fc.constantFrom('kill', 'close'),
});

const plot = fc.record({
  seed: fc.integer(),
  batchSize: fc.integer({ min: 1, max: 8 }),
  lives: fc.array(life, { minLength: 1, maxLength: 4 }),
});

test('over crashes, reshardings and failures nothing is passed over, order holds, and parked is what always fails', async () => {
  await fc.assert(
    fc.asyncProperty(plot, async ({ seed, batchSize, lives }) => {
      const random = seededRandom(seed);
      const rig = createRig(2);
      const stream = rig.fake.stream(STREAM);
      if (!stream) throw new Error('stream: expected one');
      const client = directClient(rig.fake);
      const store = memoryStore();
      const put = new Map(KEYS.map((key) => [key, [] as string[]]));
      /** How often a text is still refused. */
      const refusals = new Map<string, number>();
      const handled: string[] = [];
      const parked = new Set<string>();

      function append(count: number): void {
        for (const key of KEYS) {
          const all = put.get(key) ?? [];
          const texts = Array.from({ length: count }, (_, index) => `${key}${all.length + index}`);
          all.push(...texts);
          for (const text of texts) {
            const luck = random();
            if (luck < 0.05) refusals.set(text, Number.POSITIVE_INFINITY);
            else if (luck < 0.2) refusals.set(text, 1 + Math.floor(random() * 2));
          }
          const records = texts.map((text) => ({
            partitionKey: key,
            data: new TextEncoder().encode(text),
          }));
          if (count > 1 && random() < 0.5) {
            stream?.route(key).append(key, encodeAggregate(records, md5));
          } else for (const { data } of records) stream?.route(key).append(key, data);
        }
      }

      function reshard(kind: 'split' | 'scale' | 'none'): void {
        const [open] = stream?.open() ?? [];
        if (!stream || !open || stream.status() !== 'ACTIVE') return;
        const { start, end } = open.hashKeys;
        if (kind === 'split') stream.split(open.shardId, start + (end - start) / 2n);
        if (kind === 'scale') stream.scale(stream.open().length > 2 ? 2 : 3);
      }

      async function live(ms: number, end: 'kill' | 'close'): Promise<void> {
        let isAlive = true;
        const mortal =
          <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
          async (...args: Args): Promise<Answer> => {
            if (!isAlive) return new Promise<never>(() => {});
            return call(...args);
          };
        const consumer = rig.consume({
          client: { send: mortal(client.send as never) as never },
          from: 'TRIM_HORIZON',
          checkpoint: leases({
            list: mortal(store.list),
            create: mortal(store.create),
            replace: mortal(store.replace),
            remove: mortal(store.remove),
          }),
          readsPerSecond: 5,
          maxRecordsPerRead: 3,
        });

        async function handler(records: readonly ConsumedRecord[]): Promise<void> {
          const texts = records.map(({ data }) => new TextDecoder().decode(data));
          if (random() < 0.5) {
            await new Promise<void>((resolve) => {
              rig.runtime.delay(resolve, Math.floor(random() * 500));
            });
          }
          if (!isAlive) return new Promise(() => {});
          const bad = texts.find((text) => (refusals.get(text) ?? 0) > 0);
          if (bad !== undefined) {
            refusals.set(bad, (refusals.get(bad) ?? 0) - 1);
            throw new Error(bad);
          }
          handled.push(...texts);
        }

        const running = consumer.run(handler, {
          batchSize,
          attempts: 8,
          park: ({ record }) => {
            if (isAlive) parked.add(new TextDecoder().decode(record.data));
          },
        });
        await rig.advance(ms);
        if (end === 'close') {
          const closed = consumer.close();
          await rig.advance(1000);
          await closed;
          await running;
        }
        isAlive = false;
        void consumer.close();
      }

      for (const { puts, reshard: kind, ms, end } of lives) {
        append(puts);
        reshard(kind);
        append(puts);
        await live(ms, end);
      }
      await live(600_000, 'close');

      const poison = [...refusals].flatMap(([text, times]) =>
        times === Number.POSITIVE_INFINITY ? [text] : [],
      );
      for (const key of KEYS) {
        const firsts = [...new Set(handled.filter((text) => text.startsWith(key)))];
        expect(firsts).toEqual((put.get(key) ?? []).filter((text) => !poison.includes(text)));
      }
      expect([...parked].sort()).toEqual(poison.sort());
    }),
    { numRuns: 60 },
  );
});
