import { describe, expect, test } from 'vitest';
import { aesGcm } from '../../../src/encryption/index.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

/** A browser that hears of every use of what it could store in. */
function createSpies() {
  const used: string[] = [];
  const spy = <T extends object>(name: string): T =>
    new Proxy({} as T, {
      get: (_, property) => () => {
        used.push(`${name}.${String(property)}`);
        return null;
      },
    });
  return {
    used,
    runtime: { storage: spy<Storage>('localStorage'), indexedDB: spy<IDBFactory>('indexedDB') },
    visitorStorage: spy<Storage>('visitorStorage'),
  };
}

const contextsOf = ({ relay }: TestClient): readonly Record<string, unknown>[] =>
  relay.batches.flatMap(({ segments }) => segments.map(({ context }) => JSON.parse(context)));

describe('a client that keeps nothing', () => {
  test('touches nothing that stores, whatever else it is asked for', async () => {
    const { used, runtime, visitorStorage } = createSpies();
    const { window } = createTestPage('https://shop.test/');
    const tested = createTestClient({
      ...{ cookieless: true, visitorStorage, cipher: aesGcm(), pendingIn: 'log' },
      consent: 'pending',
      runtime: { ...runtime, page: window },
    });
    const { client, clock } = tested;

    client.identify('user-42');
    client.track('One');
    await client.consent('granted');
    await client.flush();
    await clock.advance(3_600_000);
    client.reset();
    client.track('Two');
    await client.flush();
    await client.consent('denied');
    await client.close();

    expect(used).toEqual([]);
    expect(tested.relay.stored).toHaveLength(3);
    expect(tested.heardOf('error')).toEqual([]);
  });

  test('names itself and its visits to nobody, and still its user', async () => {
    const tested = createTestClient({ cookieless: true });

    tested.client.track('One');
    tested.client.identify('user-42');
    await tested.client.flush();

    const contexts = contextsOf(tested);
    expect(contexts[0]).not.toHaveProperty('anonymousId');
    expect(contexts[0]).not.toHaveProperty('sessionId');
    expect(contexts[1]).toMatchObject({ userId: 'user-42' });
    expect(tested.relay.sessions[0]).toEqual({ writeKey: 'shop', sdk: expect.any(String) });
    expect(await tested.client.stats()).toMatchObject({ clientId: '', log: 'memory' });
  });

  test('leaves it to the relay who its user was before', async () => {
    const tested = createTestClient({ cookieless: true });

    tested.client.alias('user-42');
    tested.client.alias('user-43');
    await tested.client.flush();

    const [first, second] = tested.relay.batches.flatMap(({ events }) => events);
    expect(first).not.toHaveProperty('previousId');
    expect(second).toMatchObject({ previousId: 'user-42' });
  });

  test('goes by the name that it is given, where it is given one', async () => {
    const tested = createTestClient({ cookieless: true, clientId: 'till-7' });

    tested.client.track('One');
    await tested.client.flush();

    expect(contextsOf(tested)[0]).toMatchObject({ anonymousId: 'till-7' });
    expect(tested.relay.sessions[0]).toMatchObject({ client: 'till-7' });
  });

  test('is a stranger to the next page', async () => {
    const first = createTestClient({ cookieless: true });
    first.client.identify('user-42');
    await first.client.flush();
    await first.client.close();

    const second = createTestClient({ cookieless: true, sharing: first, seed: 2 });
    second.client.track('One');
    await second.client.flush();

    expect(contextsOf(second).at(-1)).not.toHaveProperty('userId');
    expect(second.relay.sessions).toHaveLength(2);
  });

  test('sends beside the other tabs, not instead of them', async () => {
    const never = {
      request: () => new Promise(() => {}),
      query: async () => ({ pending: [] }),
    } as unknown as LockManager;
    const tested = createTestClient({ cookieless: true, runtime: { locks: never } });

    tested.client.track('One');
    await tested.client.flush();

    expect(tested.relay.stored).toHaveLength(1);
  });

  test('sends what it holds before the next page of its site takes its place', async () => {
    const { window, navigate, fire } = createTestPage('https://shop.test/');
    const tested = createTestClient({ cookieless: true, runtime: { page: window } });
    tested.client.track('One');
    await tested.client.flush();

    tested.client.track('Two');
    navigate('https://shop.test/next');
    fire('window', 'pagehide');
    await tested.clock.settle();

    expect(tested.relay.stored).toHaveLength(2);
    expect(tested.relay.batches.at(-1)?.init.keepalive).toBe(true);
  });
});
