// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { verifyAuditLog } from '../../../src/erasure/verify-audit-log.ts';
import { parseErase } from '../../../src/protocol/erase.ts';
import type { EraseProperties } from '../../../src/protocol/event.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';
import { consumed, streamRecord } from '../consumer/event.ts';
import { type CrashScenario, type CrashWorld, createCrashWorld } from './crash-world.ts';
import { type Answer, eraseRecord, LOG_SECRET } from './erasure-world.ts';

/** What each request must come to: `refused` names the subjects that the endpoint refuses for good. */
async function expectAllKept(
  world: CrashWorld,
  { products, records }: CrashScenario,
  refused: readonly string[],
): Promise<void> {
  const { arrived, broken, store } = world;
  expect(broken).toEqual([]);
  let done = 0;
  let parked = 0;
  const seen = new Set<string>();
  for (const { event } of records) {
    const asked = event?.type === 'erase' ? parseErase(event.properties) : undefined;
    if (!event || !asked?.ok) continue;
    const { subject, products: named = products } = asked.value;
    for (const product of products.filter((each) => named.includes(each))) {
      const name = `${event.messageId} ${product}`;
      if (seen.has(name)) continue;
      seen.add(name);
      const calls = arrived.filter(
        ({ request }) => request.messageId === event.messageId && request.product === product,
      );
      // Nobody was skipped, and nobody called twice but by the same name.
      expect([name, new Set(calls.map(({ request }) => request.key)).size]).toEqual([name, 1]);
      expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
      expect(calls[0]?.request.subject).toEqual(subject);
      const state = await store.get(calls[0]?.request.key ?? '');
      const isRefused = refused.includes(subject.userId ?? '');
      expect([name, state?.status]).toEqual([name, isRefused ? 'parked' : 'done']);
      if (isRefused) parked++;
      else done++;
    }
  }
  expect(new Set(arrived.map(({ request }) => request.key)).size).toBe(seen.size);
  const report = await verifyAuditLog(world.lines(), { logSecret: LOG_SECRET });
  expect(report).toMatchObject({ isIntact: true, requests: { done, parked, open: 0 } });
  // A call that was written down may not have been made; one that was made is written down.
  expect(report.calls).toBeGreaterThanOrEqual(arrived.length);
  expect(world.lines().join('\n')).not.toMatch(/user-\d/);
}

const subject = (user: number): EraseProperties => ({ subject: { userId: `user-${user}` } });

/** Of everything something: two products, a refusal, a failure, a copy, an event that is none, and one for others. */
function everything(): CrashScenario {
  const failing = new Set<string>();
  return {
    products: ['crm', 'mail'],
    batchSize: 3,
    records: [
      consumed(streamRecord(1)),
      eraseRecord(2, subject(2)),
      eraseRecord(3, { ...subject(3), products: ['mail'] }),
      eraseRecord(2, subject(2)),
      eraseRecord(4, { subject: {} }),
      eraseRecord(5, { ...subject(5), products: ['billing'] }),
      eraseRecord(6, subject(6)),
    ],
    answer: ({ request: { key, subject } }) => {
      if (subject.userId === 'user-3') return 403;
      if (failing.has(key)) return 200;
      failing.add(key);
      return subject.userId === 'user-6' ? 503 : 200;
    },
  };
}

describe('a process that is killed', () => {
  test.each(['before', 'after'] as const)(
    'at any of its steps, %s what the step does, leaves nothing undone and nothing untold',
    async (when) => {
      const { steps, isDone } = await createCrashWorld(everything()).live();
      expect(isDone).toBe(true);
      expect(steps).toBeGreaterThan(60);

      for (let killAt = 1; killAt <= steps; killAt++) {
        const scenario = everything();
        const world = createCrashWorld(scenario);

        const first = await world.live(killAt, when);
        const second = await world.live();

        expect([first.isDone, second.isDone]).toEqual([false, true]);
        await expectAllKept(world, scenario, ['user-3']);
      }
    },
  );

  test.each(Array.from({ length: 8 }, (_, index) => [index * 50, index * 50 + 49]))(
    'again and again, at random, while the endpoint fails in every way: seeds %i to %i',
    async (first = 0, last = 0) => {
      for (let seed = first; seed <= last; seed++) {
        const random = seededRandom(seed);
        const scenario = randomScenario(random);
        const world = createCrashWorld(scenario);

        for (let lives = 0; lives < 6; lives++) {
          const killAt = 1 + Math.floor(random() * 120);
          const { isDone } = await world.live(killAt, random() < 0.5 ? 'before' : 'after');
          if (isDone) break;
        }
        const { isDone } = await world.live();

        expect([seed, isDone]).toEqual([seed, true]);
        await expectAllKept(world, scenario, ['user-0', 'user-1']);
      }
    },
  );
});

function randomScenario(random: () => number): CrashScenario {
  const pick = <Item>(...items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item;
  const records = Array.from({ length: 2 + Math.floor(random() * 8) }, (_, index) => {
    const user = Math.floor(random() * 8);
    const products = pick(undefined, ['crm'], ['mail', 'crm'], ['billing', 'mail'], ['billing']);
    return pick(
      eraseRecord(index + 1, { ...subject(user), ...(products && { products }) }),
      eraseRecord(index + 1, { ...subject(user), ...(products && { products }) }),
      eraseRecord(index + 1, pick({ subject: 7 }, undefined)),
      consumed(streamRecord(index + 1)),
    );
  });
  return {
    products: pick(['crm'], ['crm', 'mail']),
    batchSize: 1 + Math.floor(random() * 4),
    // Copies, as a client sends them whose answer was lost.
    records: records.flatMap((record) => (random() < 0.2 ? [record, record] : [record])),
    answer: ({ request: { subject } }, count): Answer => {
      // It comes round in the end.
      const isWell = count > 60 || random() < 0.5;
      if (!isWell) return pick<Answer>(500, 503, 429, 409, 'lost', 'unheard', 'hangs');
      return ['user-0', 'user-1'].includes(subject.userId ?? '') ? pick(400, 403, 404, 422) : 200;
    },
  };
}
