import { describe, expect, test } from 'vitest';
import { createTestClient } from '../../helpers/test-client.ts';

describe('a client', () => {
  test('carries an event from the call to the receipt', async () => {
    const { client, clock, relay, heard } = createTestClient();

    client.track('Product Clicked', { sku: 'A-17' });
    await clock.advance(5000);

    expect(relay.batches).toHaveLength(1);
    expect(relay.batches[0]?.wasSigned).toBe(true);
    expect(relay.batches[0]?.events).toEqual([
      {
        type: 'track',
        timestamp: clock.now() - 5000,
        event: 'Product Clicked',
        properties: { sku: 'A-17' },
      },
    ]);
    expect(heard.map(({ name }) => name)).toEqual(['captured', 'logged', 'sending', 'receipt']);
    expect(await client.stats()).toMatchObject({
      captured: 1,
      stored: 1,
      queue: { events: 0 },
      log: 'indexeddb',
      leader: true,
    });
  });
});
