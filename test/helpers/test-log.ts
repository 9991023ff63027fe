import { type OpenLogOptions, openLog } from '../../src/queue/open-log.ts';
import type { SegmentLog } from '../../src/queue/types.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { seededRandom } from './seeded-random.ts';

/** A log whose clock, coins and database are the test's. */
export interface TestLog {
  readonly log: SegmentLog;
  readonly clock: FakeClock;
  /** What it has told, in its order. */
  readonly changes: Parameters<OpenLogOptions['onChange']>[0][];
  readonly errors: Parameters<OpenLogOptions['onError']>[0][];
}

let databases = 0;

export function openTestLog(
  options: Partial<OpenLogOptions> & { clock?: FakeClock } = {},
): TestLog {
  const { clock = createFakeClock(), ...replaced } = options;
  const changes: TestLog['changes'] = [];
  const errors: TestLog['errors'] = [];
  const log = openLog({
    indexedDB,
    storage: undefined,
    databaseName: `test-log-${++databases}`,
    runtime: { delay: clock.delay, random: seededRandom(1) },
    onChange: (state) => changes.push(state),
    onError: (error) => errors.push(error),
    ...replaced,
  });
  return { log, clock, changes, errors };
}

/** The database as version 0.1 made it. */
export function openVersion1(databaseName: string): Promise<IDBDatabase> {
  return new Promise((resolve) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => {
      request.result
        .createObjectStore('segments', { keyPath: 'id', autoIncrement: true })
        .createIndex('lane', ['lane', 'first'], { unique: true });
      request.result.createObjectStore('values');
    };
    request.onsuccess = () => resolve(request.result);
  });
}

/** Writes as another script of the origin may. */
export async function putRaw(databaseName: string, records: readonly unknown[]): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(databaseName);
    request.onsuccess = () => resolve(request.result);
  });
  const transaction = db.transaction('segments', 'readwrite');
  for (const record of records) transaction.objectStore('segments').put(record);
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
}
