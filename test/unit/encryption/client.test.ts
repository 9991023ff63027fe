import { describe, expect, it } from 'vitest';
import { aesGcm } from '../../../src/encryption/index.ts';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';

/** A client offline, and the one of the next page load. */
async function leaveAndReturn(count: number, between: (left: TestClient) => Promise<void>) {
  const left = createTestClient({ cipher: aesGcm(), runtime: { navigator: { onLine: false } } });
  for (let n = 1; n <= count; n++) left.client.track('Left', { n });
  await left.clock.settle();
  const { lane } = await left.client.stats();
  await left.client.close();
  await between(left);
  const next = createTestClient({ sharing: left, seed: 2, cipher: aesGcm() });
  await next.clock.advance(20_000);
  return { lane, next };
}

describe('a client with a cipher', () => {
  it('delivers what the page before it has sealed, once and in order', async () => {
    const { lane, next } = await leaveAndReturn(700, async () => {});

    expect(next.relay.stored).toEqual(Array.from({ length: 700 }, (_, at) => `${lane}.${at + 1}`));
    expect((await next.client.stats()).queue.events).toBe(0);
  });

  it('declares what it cannot open as lost by the storage, and goes on', async () => {
    const { lane, next } = await leaveAndReturn(5, async ({ runtime }) => {
      await forgetKeys(runtime.indexedDB as IDBFactory);
    });
    next.client.track('After');
    await next.clock.advance(20_000);

    expect(next.heardOf('error').map(({ code }) => code)).toContain('storage_corrupt');
    expect(next.heardOf('dropped')).toEqual([{ lane, first: 1, count: 5, reason: 'storage_lost' }]);
    const events = next.relay.batches.flatMap((batch) => batch.events);
    expect(events.map(({ type }) => type).toSorted()).toEqual(['drop', 'track']);
    expect(events.find(({ type }) => type === 'drop')).toMatchObject({
      properties: { lane, ranges: [[1, 5]], reason: 'storage_lost' },
    });
    expect((await next.client.stats()).queue.events).toBe(0);
  });

  it('stays in memory on plain http, says so, and delivers', async () => {
    const test = createTestClient({ cipher: aesGcm(), runtime: { subtle: undefined } });
    test.client.track('One');
    await test.clock.advance(20_000);

    expect(test.relay.stored).toHaveLength(1);
    expect((await test.client.stats()).log).toBe('memory');
    expect(test.heardOf('error').map(({ code }) => code)).toEqual(['storage_unavailable']);
    expect(test.heardOf('storage')).toMatchObject([{ log: 'memory' }]);
  });
});

/** As if the database had been put together from two backups. */
async function forgetKeys(indexedDB: IDBFactory): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open('rivulet');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction('values', 'readwrite');
      transaction.objectStore('values').clear();
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}
