import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAnswerCache } from '../../worker/cloudflare/answer-cache.ts';
import type { Bindings } from '../../worker/cloudflare/bindings.ts';
import { cloudflareRuntime } from '../../worker/cloudflare/runtime.ts';
import worker from '../../worker/index.ts';
import type { Point } from '../../worker/operation/points.ts';
import type { RelayRuntime } from '../../worker/runtime.ts';
import { createRelayUnderTest, ENV, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

/** What this isolate is bound to: a namespace, three limiters and a dataset, all of them local. */
const bindings = env as Bindings;
const store = env.RELAY_STORE as { put: (key: string, value: string) => Promise<void> };

const RELAY = 'https://relay.example';
const BATCH = [{ events: [track()] }];

afterEach(() => {
  vi.restoreAllMocks();
});

/** A relay on these bindings whose clock is the test's. */
function createBoundRelay(only: readonly (keyof Bindings)[], changes = {}) {
  const some = Object.fromEntries(only.map((name) => [name, bindings[name]]));
  const seams = cloudflareRuntime(some, RELAY);
  return createRelayUnderTest(changes, pick(seams, 'store', 'limiters', 'cache'));
}

function pick<Name extends keyof RelayRuntime>(runtime: RelayRuntime, ...names: Name[]) {
  return Object.fromEntries(
    names.filter((name) => name in runtime).map((name) => [name, runtime[name]]),
  ) as Partial<Pick<RelayRuntime, Name>>;
}

async function inTurn<Value>(steps: readonly (() => Promise<Value>)[]): Promise<Value[]> {
  const values: Value[] = [];
  for (const step of steps) values.push(await step());
  return values;
}

/** Limits begin anew with each minute of the clock: what was under way then is done once more, in the new one. */
async function withinOneMinute<Value>(run: () => Promise<Value>): Promise<Value> {
  const minuteOf = () => Math.floor(Date.now() / 60_000);
  const startedIn = minuteOf();
  const value = await run();
  return minuteOf() === startedIn ? value : run();
}

describe("Cloudflare's bindings", () => {
  test('a KV namespace holds sources, and switches one off that the variables have', async () => {
    scriptKinesis();
    const { post } = createBoundRelay(['RELAY_STORE'], { SOURCES: sources() });
    const ask = async (writeKey: string) => {
      const body = JSON.stringify({ writeKey, client: 'c', sdk: 'test' });
      const answer: { code?: string; token?: string } = await (
        await post('/v1/session', body)
      ).json();
      return answer;
    };
    const { wk_shop: shop } = JSON.parse(sources());
    await store.put('source/wk_shop', JSON.stringify({ ...shop, disabled: true }));
    await store.put('source/wk_stored', JSON.stringify({ ...shop, name: 'stored' }));

    expect(await ask('wk_shop')).toMatchObject({ code: 'source_disabled' });
    expect(await ask('wk_nobody')).toMatchObject({ code: 'write_key_unknown' });
    expect((await ask('wk_stored')).token).toBeTypeOf('string');
  });

  test('a rate limit counts each client for itself', async () => {
    scriptKinesis();
    const { openSession, sendBatch } = createBoundRelay([
      'RELAY_SOURCE_LIMIT',
      'RELAY_CLIENT_LIMIT',
    ]);
    const session = await openSession();
    const send = async () => (await sendBatch(BATCH, { session })).status;

    const statuses = await withinOneMinute(() => inTurn([send, send, send, send]));

    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('a rate limit counts the sessions of a network', async () => {
    const { post } = createBoundRelay(['RELAY_SESSION_LIMIT']);
    const request = JSON.stringify({ writeKey: 'wk_shop', client: 'c', sdk: 'test' });
    const from = (address: string) => async () =>
      (await post('/v1/session', request, { headers: { 'cf-connecting-ip': address } })).status;
    const neighbours = ['.1', '.2', '.3', '.4', '.5', '.6'].map((host) => `203.0.113${host}`);

    const statuses = await withinOneMinute(() => inTurn([...neighbours, '198.51.100.1'].map(from)));

    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 200]);
  });

  test('a dataset takes a point of each batch and of each refusal', async () => {
    scriptKinesis();
    const points: Point[] = [];
    const written = (point: Point) => {
      points.push(point);
      bindings.RELAY_POINTS?.writeDataPoint(point);
    };
    const seams = cloudflareRuntime({ RELAY_POINTS: { writeDataPoint: written } }, RELAY);
    const { sendBatch, post } = createRelayUnderTest({}, pick(seams, 'record', 'recordRefusal'));

    await sendBatch(BATCH);
    await post('/v1/batch', 'hello');

    expect(bindings.RELAY_POINTS).toBeDefined();
    expect(points.map(({ indexes, blobs }) => [indexes[0], blobs[0], blobs[2]])).toEqual([
      ['shop', 'batch', ''],
      ['-', 'refusal', 'malformed'],
    ]);
  });

  test('a dataset that takes nothing costs no batch', async () => {
    scriptKinesis();
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const writeDataPoint = () => {
      throw new TypeError('writeDataPoint(): expected fewer');
    };
    const seams = cloudflareRuntime({ RELAY_POINTS: { writeDataPoint } }, RELAY);
    const { sendBatch } = createRelayUnderTest({}, pick(seams, 'record', 'recordRefusal'));

    const { status } = await sendBatch(BATCH);

    expect(status).toBe(200);
    expect(log.mock.calls.join()).toContain('expected fewer');
  });

  test('what is not bound is left out', () => {
    const runtime = cloudflareRuntime({}, RELAY);

    expect(runtime.store).toBeUndefined();
    expect(runtime.limiters).toEqual({});
    expect(runtime.record).toBeUndefined();
  });

  test("the Worker's entry hands them on: a source stands in the namespace alone", async () => {
    const { wk_shop: shop } = JSON.parse(sources({ name: 'entry', origins: '*' }));
    await store.put('source/wk_entry', JSON.stringify(shop));
    const body = JSON.stringify({ writeKey: 'wk_entry', client: 'c', sdk: 'test' });
    const request = new Request('https://relay.example/v1/session', { method: 'POST', body });

    const response = await worker.fetch(request, { ...ENV, SOURCES: '', ...bindings });

    expect(response.status).toBe(200);
  });
});

describe("the location's cache", () => {
  const cache = createAnswerCache(caches, RELAY);

  test('keeps bytes under any key for as long as it is told', async () => {
    const bytes = Uint8Array.of(0, 1, 255);

    await cache.put('clickstream/shardId-0/4954 ?#é', bytes, 60_000);

    expect(await cache.get('clickstream/shardId-0/4954 ?#é')).toEqual(bytes);
    expect(await cache.get('clickstream/shardId-0/4955')).toBeUndefined();
  });

  test('keeps nothing for less than a second, which is how it counts', async () => {
    await cache.put('short', Uint8Array.of(1), 999);

    expect(await cache.get('short')).toBeUndefined();
  });

  test('is told how long in whole seconds, under an address of the Worker', async () => {
    const put = vi.fn(async (_: RequestInfo | URL, __: Response) => {});
    const open = async () => ({ put }) as Pick<Cache, 'put'> as Cache;
    const { put: keep } = createAnswerCache({ open }, RELAY);

    await keep('a b', Uint8Array.of(1), 2999);

    const [address, response] = put.mock.calls[0] ?? [];
    expect(address).toBe('https://relay.example/answers/a%20b');
    expect(response?.headers.get('cache-control')).toBe('max-age=2');
  });

  test("is not what the zone's visitors are answered from", async () => {
    const { default: zone } = caches as unknown as { default: Cache };

    await cache.put('secret', Uint8Array.of(1), 60_000);

    expect(await cache.get('secret')).toBeDefined();
    expect(await zone.match(`${RELAY}/answers/secret`)).toBeUndefined();
  });
});
