import { afterEach, describe, expect, it } from 'vitest';
import { deliverInBackground } from '../../../src/service-worker/index.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

/** Web Locks of which a test can hold one by hand. */
function createLocks() {
  const held = new Set<string>();
  const request = async (
    name: string,
    { ifAvailable }: LockOptions,
    callback: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (!ifAvailable) throw new Error('a worker waits for nobody');
    if (held.has(name)) return callback(null);
    held.add(name);
    return Promise.resolve(callback({ name, mode: 'exclusive' })).finally(() => held.delete(name));
  };
  return { held, locks: { request, query: async () => ({}) } as unknown as LockManager };
}

const { addEventListener: listen } = globalThis;
const listening: [type: string, listener: EventListener][] = [];
afterEach(() => {
  for (const [type, listener] of listening.splice(0)) removeEventListener(type, listener);
});

/** A browser in which a page has left so many events offline, and that has a service worker. */
async function leaveEvents(count: number, databaseName = 'rivulet') {
  const { held, locks } = createLocks();
  const left: TestClient = createTestClient({
    databaseName,
    runtime: { navigator: { onLine: false } },
  });
  for (let n = 1; n <= count; n++) left.client.track('Left', { n });
  await left.clock.settle();
  await left.client.close();

  globalThis.addEventListener = ((type: string, listener: EventListener) => {
    listen(type, listener);
    listening.push([type, listener]);
  }) as typeof addEventListener;
  deliverInBackground({
    endpoint: 'https://relay.test',
    writeKey: 'shop',
    databaseName,
    compressAboveBytes: Number.POSITIVE_INFINITY,
    runtime: { ...left.runtime, navigator: undefined, locks },
  });
  globalThis.addEventListener = listen;

  /** Resolves when the worker's work is done, and rejects when it asks for another try. */
  const fire = async (type: string, tag = databaseName): Promise<unknown> => {
    let work: Promise<unknown> | undefined;
    const waitUntil = (promise: Promise<unknown>): void => {
      work = promise;
    };
    dispatchEvent(Object.assign(new Event(type), { tag, waitUntil }));
    work?.catch(() => {});
    await left.clock.settle();
    return work;
  };
  return { relay: left.relay, held, fire };
}

describe('a service worker', () => {
  it.each(['sync', 'periodicsync'])('sends what pages have left, on %s', async (type) => {
    const { relay, fire, held } = await leaveEvents(1_200);

    await fire(type);

    expect(new Set(relay.stored).size).toBe(1_200);
    expect(relay.stored).toHaveLength(1_200);
    expect(held.size).toBe(0);
  });

  it('asks for another try while something is left', async () => {
    const { relay, fire } = await leaveEvents(3);
    relay.replyToBatches('network');

    await expect(fire('sync')).rejects.toThrow('3 events');
    await fire('sync');

    expect(relay.stored).toHaveLength(3);
  });

  it('leaves it to the tab that sends, and asks again as long as something waits', async () => {
    const { relay, fire, held } = await leaveEvents(3);
    held.add('rivulet');

    await expect(fire('sync')).rejects.toThrow('3 events');

    expect(relay.batches).toHaveLength(0);
    held.clear();
    await fire('sync');
    expect(relay.stored).toHaveLength(3);
  });

  it('asks for nothing where nothing is left', async () => {
    const { relay, fire } = await leaveEvents(0);

    await fire('sync');

    expect(relay.batches).toHaveLength(0);
  });

  it('does not take another’s sync for its own', async () => {
    const { relay, fire } = await leaveEvents(1, 'own');

    expect(await fire('sync', 'rivulet')).toBeUndefined();

    expect(relay.batches).toHaveLength(0);
  });

  it('hears at its start that an option is wrong', () => {
    expect(() => deliverInBackground({ endpoint: 'nowhere', writeKey: '' })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
