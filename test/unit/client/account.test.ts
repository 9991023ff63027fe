import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Receipt } from '../../../src/protocol/receipt.ts';
import { type Reply, type SentBatch, storedReceipts } from '../../helpers/scripted-fetch.ts';
import { createTestClient } from '../../helpers/test-client.ts';

type Verdict = 'stored' | 'retry' | 'rejected';

/** A receipt for each event. As the relay does, what follows a retry in its lane is to be tried again too. */
const verdicts =
  (pattern: readonly Verdict[]) =>
  (batch: SentBatch): Receipt[] => {
    const waiting = new Set<string>();
    return storedReceipts(batch).flatMap((run) =>
      Array.from({ length: run.count }, (_, at): Receipt => {
        const { lane, first } = run;
        const range = { lane, first: first + at, count: 1 };
        const verdict = waiting.has(lane) ? 'retry' : pattern[(first + at) % pattern.length];
        if (verdict === 'retry') {
          waiting.add(lane);
          return { ...range, status: 'retry', after: 100 };
        }
        if (verdict === 'rejected') {
          return { ...range, status: 'rejected', code: 'too_deep', reason: '' };
        }
        return { ...run, ...range };
      }),
    );
  };

const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.constantFrom<Reply>(undefined, 'network', 'hang'),
  fc
    .constantFrom(400, 401, 413, 429, 500, 502, 503, 302)
    .map((status): Reply => ({ status, body: { code: 'malformed', reason: '' } })),
  fc.constant<Reply>({ status: 200, body: 'Welcome to the hotel' }),
  fc
    .array(fc.constantFrom<Verdict>('stored', 'stored', 'retry', 'rejected'), { minLength: 1 })
    .map((pattern): Reply => ({ receipts: verdicts(pattern) })),
);

const step = fc.record({
  events: fc.integer({ min: 0, max: 12 }),
  hasUnserialisable: fc.boolean(),
  waitMs: fc.constantFrom(0, 50, 1000, 6000),
});

test('whatever the relay answers, every event is stored, rejected, dropped or queued, and first arrivals keep their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(reply, { maxLength: 12 }),
      fc.array(reply, { maxLength: 3 }),
      fc.array(step, { minLength: 1, maxLength: 5 }),
      async (batchReplies, sessionReplies, steps) => {
        const { client, clock, relay } = createTestClient({
          maxBatchEvents: 10,
          requestTimeoutMs: 2000,
          retryMaxMs: 4000,
        });
        relay.replyToBatches(...batchReplies);
        relay.replyToSessions(
          ...sessionReplies.map((each) =>
            typeof each === 'object' && 'receipts' in each ? undefined : each,
          ),
        );
        for (const { events, hasUnserialisable, waitMs } of steps) {
          for (let n = 0; n < events; n++) client.track('Event', { n });
          if (hasUnserialisable) client.track('Huge', { n: 1n });
          await clock.advance(waitMs);

          const { captured, stored, rejected, dropped, queue } = await client.stats();
          expect(stored + rejected + dropped + queue.events).toBe(captured);
        }

        await clock.advance(120_000);
        await client.flush();

        const { captured, stored, rejected, dropped, queue, lane } = await client.stats();
        expect(queue.events).toBe(0);
        expect(stored + rejected + dropped).toBe(captured);
        const arrived = [...new Set(relay.stored)].map((id) => Number(id.split('.')[1]));
        expect(arrived).toEqual([...arrived].sort((one, other) => one - other));
        expect(arrived).toHaveLength(stored);
        expect(relay.stored.every((id) => id.startsWith(`${lane}.`))).toBe(true);
        expect(relay.underWay().most).toBeLessThanOrEqual(1);
        await client.close();
      },
    ),
    { numRuns: 60, seed: 7 },
  );
}, 60_000);
