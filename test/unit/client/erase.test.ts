import { describe, expect, test } from 'vitest';
import type { Client } from '../../../src/client/types.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

type Arguments = Parameters<Client['erase']>;

function arrived({ relay }: TestClient): Record<string, unknown>[] {
  return relay.batches.flatMap(({ events }) => events) as never;
}

describe('what is asked to be erased', () => {
  test('is this visitor, by the ids that are known', async () => {
    const tested = createTestClient();
    const { client } = tested;
    const { clientId } = await client.stats();

    client.erase();
    client.identify('user-42');
    client.erase(undefined, { products: ['crm', 'mail'] });
    await client.flush();

    const timestamp = tested.clock.now();
    const asked = arrived(tested).filter(({ type }) => type === 'erase');
    expect(asked).toEqual([
      { type: 'erase', timestamp, properties: { subject: { anonymousId: clientId } } },
      {
        ...{ type: 'erase', timestamp },
        properties: {
          subject: { anonymousId: clientId, userId: 'user-42' },
          products: ['crm', 'mail'],
        },
      },
    ]);
  });

  test('is who was kept, where that has to be waited for', async () => {
    const without = { storage: undefined };
    const first = createTestClient({ runtime: without });
    first.client.identify('user-42');
    await first.client.flush();
    const { clientId } = await first.client.stats();
    await first.client.close();
    const second = createTestClient({ sharing: first, seed: 2, runtime: without });

    second.client.erase();
    await second.client.flush();

    expect(arrived(first).at(-1)).toMatchObject({
      properties: { subject: { anonymousId: clientId, userId: 'user-42' } },
    });
  });

  test.each<[string, unknown, object]>([
    ['a user', 'user-7', { userId: 'user-7' }],
    ['a number', 7, { userId: '7' }],
    ['ids', { anonymousId: 'client-7' }, { anonymousId: 'client-7' }],
  ])('is another one, by %s', async (_, subject, expected) => {
    const tested = createTestClient();

    tested.client.erase(...([subject] as Arguments));
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([{ type: 'erase', properties: { subject: expected } }]);
  });

  test.each<[string, unknown]>([
    ['an empty name', ''],
    ['null', null],
    ['what is no text', Symbol('user')],
  ])('is never this visitor because of %s', async (_, subject) => {
    const tested = createTestClient();

    tested.client.erase(...([subject] as Arguments));
    await tested.client.flush();

    // What JSON calls null, the relay refuses as it does an empty name.
    const expected = subject === null ? null : { userId: '' };
    expect(arrived(tested)).toMatchObject([{ properties: { subject: expected } }]);
  });

  test('is left to the relay to name, where the client keeps no id', async () => {
    const tested = createTestClient({ cookieless: true });

    tested.client.erase();
    await tested.client.flush();

    expect(arrived(tested)).toMatchObject([{ properties: { subject: {} } }]);
  });
});

describe('the event', () => {
  test('is given up last, and passes the middleware as any other', async () => {
    const tested = createTestClient();
    const seen: unknown[] = [];
    tested.client.use(({ type, priority }, next) => {
      seen.push([type, priority]);
      next();
    });

    tested.client.erase('user-7', { context: { ticket: 'T-1' } });
    await tested.client.flush();

    expect(seen).toEqual([['erase', 'high']]);
    expect(arrived(tested)).toMatchObject([{ context: { ticket: 'T-1' } }]);
    expect(arrived(tested)[0]).not.toHaveProperty('priority');
  });

  test.each([['denied'], ['pending']] as const)('with consent %s is not sent', async (consent) => {
    const tested = createTestClient({ consent });

    tested.client.erase('user-7');
    await tested.client.flush();

    expect((await tested.client.stats()).captured).toBe(consent === 'denied' ? 0 : 1);
    expect(arrived(tested)).toEqual([]);
  });

  test('leaves before the user takes the consent back, where that is waited for', async () => {
    const tested = createTestClient();

    tested.client.track('Looked');
    tested.client.erase();
    await tested.client.flush();
    await tested.client.consent('denied');

    expect(arrived(tested).map(({ type }) => type)).toEqual(['track', 'erase']);
  });
});
