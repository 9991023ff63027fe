import 'fake-indexeddb/auto';
import { createClient } from '../../src/client/client.ts';
import type { Client, ClientEvents, ClientOptions } from '../../src/client/types.ts';
import type { Runtime } from '../../src/runtime.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import {
  createScriptedFetch,
  type ScriptedFetch,
  type ScriptedFetchOptions,
} from './scripted-fetch.ts';
import { seededRandom } from './seeded-random.ts';

/** A client whose clock, coins, relay and database are the test's. */
export interface TestClient {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly relay: ScriptedFetch;
  readonly runtime: Runtime;
  /** What the client has told, in its order. */
  readonly heard: Heard[];
  readonly heardOf: <Name extends keyof ClientEvents>(name: Name) => ClientEvents[Name][];
}

export type Heard = {
  [Name in keyof ClientEvents]: { readonly name: Name; readonly detail: ClientEvents[Name] };
}[keyof ClientEvents];

export interface TestClientOptions extends Partial<Omit<ClientOptions, 'runtime'>> {
  readonly runtime?: Partial<Runtime>;
  readonly relay?: Partial<ScriptedFetchOptions>;
  readonly seed?: number;
  /** A client of the same browser: it shares its database, its storage and its relay. */
  readonly sharing?: TestClient;
}

const eventNames = [
  'captured',
  'logged',
  'sending',
  'receipt',
  'rejected',
  'dropped',
  'paused',
  'resumed',
  'storage',
  'consent',
  'leader',
  'error',
] as const satisfies readonly (keyof ClientEvents)[];

export function createTestClient(options: TestClientOptions = {}): TestClient {
  const { runtime: replaced, relay: relayOptions, seed = 1, sharing, ...clientOptions } = options;
  const clock = sharing?.clock ?? createFakeClock();
  const random = seededRandom(seed);
  const relay = sharing?.relay ?? createScriptedFetch({ clock, ...relayOptions });
  const runtime: Runtime = {
    now: clock.now,
    monotonic: clock.monotonic,
    delay: clock.delay,
    random,
    randomBytes: (length) => Uint8Array.from({ length }, () => random() * 256),
    fetch: relay.fetch,
    indexedDB: sharing?.runtime.indexedDB ?? new IDBFactory(),
    storage: sharing?.runtime.storage ?? createMemoryStorage(),
    locks: everybodysLocks,
    subtle: watchedSubtle(clock),
    channel: undefined,
    navigator: replaced?.page?.navigator,
    page: undefined,
    ...replaced,
  };
  const client = createClient({
    endpoint: 'https://relay.test',
    writeKey: 'shop',
    // A stream's own thread is out of the clock's sight.
    compressAboveBytes: Number.POSITIVE_INFINITY,
    ...clientOptions,
    runtime,
  });
  const heard: Heard[] = [];
  for (const name of eventNames) {
    client.on(name, (detail) => heard.push({ name, detail } as Heard));
  }
  return {
    client,
    clock,
    relay,
    runtime,
    heard,
    heardOf: (name) =>
      heard.filter((entry) => entry.name === name).map(({ detail }) => detail) as never,
  };
}

/** Granted at once, to everybody: a test that is not about tabs has one that sends from its first turn on. */
const everybodysLocks = {
  request: (_name: string, _options: LockOptions, granted: () => Promise<void>) => granted(),
  query: async () => ({ pending: [] }),
} as unknown as LockManager;

/** WebCrypto as the client uses it, whose work the clock waits for. */
function watchedSubtle({ watch }: FakeClock): SubtleCrypto {
  const { subtle } = crypto;
  return new Proxy(subtle, {
    get:
      (_, name: keyof SubtleCrypto) =>
      (...args: unknown[]): Promise<unknown> =>
        watch(Reflect.apply(subtle[name], subtle, args)),
  });
}

/** A `Storage` of the test's own: happy-dom's is one for the whole file. */
export function createMemoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      items.set(key, String(value));
    },
    removeItem: (key) => {
      items.delete(key);
    },
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}
