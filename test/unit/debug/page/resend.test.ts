import { describe, expect, it } from 'vitest';
import type { Client, RejectedEvent } from '../../../../src/client/types.ts';
import { captureAgain, whyNotAgain } from '../../../../src/debug/page/resend.ts';
import { type CapturedEvent, EVENT_TYPES } from '../../../../src/protocol/event.ts';
import { createTestClient } from '../../../helpers/test-client.ts';

const rejectedOf = (event: CapturedEvent | undefined): RejectedEvent => ({
  ...{ lane: 'k3f9aL0qXw', seq: 7, code: 'too_deep', reason: 'too deep', at: 1 },
  event,
});

/** What a client captures when it is called like this, as the relay gets it. */
async function capturedBy(call: (client: Client) => void): Promise<CapturedEvent | undefined> {
  const { client } = createTestClient();
  const events: CapturedEvent[] = [];
  client.use(({ type, event, properties, context }, next) => {
    events.push({
      ...{ type, timestamp: 0 },
      ...(event === undefined ? {} : { event }),
      ...(properties === undefined ? {} : { properties }),
      ...(context === undefined ? {} : { context }),
    });
    next();
  });
  call(client);
  await client.close();
  return events[0];
}

describe('a rejected event that is captured again', () => {
  it.each([
    { type: 'track', event: 'Product Added', properties: { price: 4 }, context: { ab: 'b' } },
    { type: 'page', event: 'Home', properties: { path: '/' } },
    { type: 'page', properties: { path: '/' } },
    { type: 'metric', event: 'LCP', properties: { value: 12, kind: 'gauge', unit: 'ms' } },
    { type: 'metric', event: 'LCP', properties: { value: 12, attributes: { a: 1 } } },
    { type: 'log', properties: { level: 'warn', message: 'Late', line: 4 } },
  ] as const)('is the same event: $type $event', async (fields) => {
    const event = { ...fields, timestamp: 5 } as CapturedEvent;

    const again = await capturedBy((client) => captureAgain(client, rejectedOf(event)));

    expect(again).toEqual({ ...fields, timestamp: 0 });
  });

  it('has the next number of this page’s lane', async () => {
    const { client } = createTestClient();
    client.track('Before');
    const event = { type: 'track', event: 'Again', timestamp: 5 } as const;

    const place = captureAgain(client, rejectedOf(event));

    expect(place).toEqual({ lane: (await client.stats()).lane, seq: 2 });
  });

  it('is nothing where the client takes none', async () => {
    const { client } = createTestClient();
    await client.consent('denied');
    const event = { type: 'track', event: 'Again', timestamp: 5 } as const;

    expect(captureAgain(client, rejectedOf(event))).toBeUndefined();
  });

  it.each([...EVENT_TYPES, undefined])(
    'is not offered without a reason, or with one: %s',
    async (type) => {
      const event = type && {
        type,
        timestamp: 5,
        event: 'x',
        properties: { value: 1, level: 'info' },
      };

      const again = await capturedBy((client) => captureAgain(client, rejectedOf(event)));

      expect(again === undefined).toBe(whyNotAgain(event) !== undefined);
      expect(whyNotAgain(event) === undefined).toBe(
        type !== undefined && ['track', 'page', 'metric', 'log'].includes(type),
      );
    },
  );
});
