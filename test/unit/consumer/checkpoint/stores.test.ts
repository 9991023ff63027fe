import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { indexedDbStore } from '../../../../src/consumer/checkpoint/indexeddb-store.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import { leaseOf, testLeaseStore } from '../../../conformance/lease-store.ts';

let stores = 0;
const names = new WeakMap<object, string>();

function createIndexedDbStore(name = `store-${++stores}`) {
  const store = indexedDbStore({ name });
  names.set(store, name);
  return store;
}

testLeaseStore('memory', memoryStore);
testLeaseStore(
  'IndexedDB',
  () => createIndexedDbStore(),
  (store) => createIndexedDbStore(names.get(store)),
);

test('leases of one name are not those of another', async () => {
  await indexedDbStore({ name: 'left' }).create(leaseOf('one'));

  expect(await indexedDbStore({ name: 'right' }).list()).toEqual([]);
});

test('a database that the browser has closed is opened again', async () => {
  const handles: IDBDatabase[] = [];
  const factory = {
    open: (name: string, version?: number) => {
      const request = indexedDB.open(name, version);
      request.addEventListener('success', () => handles.push(request.result));
      return request;
    },
  } as IDBFactory;
  const store = indexedDbStore({ name: 'closing', runtime: { indexedDB: factory } });
  await store.create(leaseOf('one'));

  for (const handle of handles) forceCloseDatabase(handle as never);
  await new Promise((resolve) => setTimeout(resolve, 0));

  expect((await store.list()).map(({ shardId }) => shardId)).toEqual(['one']);
  expect(handles).toHaveLength(2);
});

test('a database of a newer version gets its way, and calls go on after it', async () => {
  const store = indexedDbStore({ name: 'upgraded' });
  await store.create(leaseOf('one'));

  const { result } = await new Promise<IDBOpenDBRequest>((resolve, reject) => {
    const request = indexedDB.open('rivulet-leases upgraded', 1);
    request.onsuccess = () => resolve(request);
    request.onerror = () => reject(request.error);
  });
  result.close();
  const gone = await new Promise((resolve) => {
    indexedDB.deleteDatabase('rivulet-leases upgraded').onsuccess = () => resolve('gone');
  });

  expect(gone).toBe('gone');
  expect(await store.list()).toEqual([]);
});

test('where there is no database, every call says so', async () => {
  const store = indexedDbStore({ name: 'none', runtime: { indexedDB: undefined } });

  await expect(store.list()).rejects.toThrow('indexedDB: expected a database, got none here');
});

test('an opening that fails is tried again with the next call', async () => {
  let isRefused = true;
  const factory = {
    open: (name: string, version?: number) => {
      if (isRefused) throw new DOMException('not now', 'UnknownError');
      return indexedDB.open(name, version);
    },
  } as IDBFactory;
  const store = indexedDbStore({ name: 'later', runtime: { indexedDB: factory } });

  await expect(store.list()).rejects.toThrow('not now');
  isRefused = false;

  expect(await store.list()).toEqual([]);
});

test('a name is asked for', () => {
  expect(() => indexedDbStore({ name: '' })).toThrow('name: expected a text, got ""');
});
