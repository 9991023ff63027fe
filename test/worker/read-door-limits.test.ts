import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { signToken } from '../../src/protocol/token.ts';
import { pageAt } from '../../worker/reading/page.ts';
import { sealPlace } from '../../worker/reading/place.ts';
import { createSharedPages } from '../../worker/reading/shared-pages.ts';
import { encodeIterator } from '../helpers/fake-kinesis/iterators.ts';
import {
  type Answer,
  createReadDoorWorld,
  expectAtMostPerSecond,
  type ReadDoorWorld,
  readToken,
  STREAM,
} from './read-door-world.ts';
import { createRelayUnderTest, NOW, SECRET, signReadToken } from './relay-under-test.ts';
import { refusing, answer as reply, scriptKinesis } from './scripted-kinesis.ts';
import { createScriptedStore } from './scripted-store.ts';

const SHARD = 'shardId-000000000000';
const THROTTLE = 'ProvisionedThroughputExceededException';

// Minutes of many viewers are some seconds of a busy machine.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('the reads of a shard', () => {
  test('stay within two a second when every viewer is somewhere else, and each gets everything', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    world.put(...times(40, String));
    const sequences = world.stored();
    const viewers = times(6, (index) => {
      const StartingSequenceNumber = sequences[index * 3];
      const from = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber };
      return world.watch([door], { from, limit: 7 });
    });
    await world.clock.advance(60_000);

    for (const [index, { seen }] of viewers.entries()) {
      expect(seen).toEqual(sequences.slice(index * 3));
    }
    expectAtMostPerSecond(world.upstream('GetRecords'), 2);
    expectAtMostPerSecond(world.upstream('GetShardIterator'), 2);
    expect(new Set(viewers.flatMap(({ errors }) => errors))).toEqual(new Set([THROTTLE]));
  });

  test('are turned away as Kinesis turns away, with a time to come back', async () => {
    const { door, iterators } = await createCrowd(8);
    const token = await readToken();

    const answers = await door.finish(
      iterators.map((ShardIterator) => door.call(token, 'GetRecords', { ShardIterator })),
    );

    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body, headers } of refused) {
      expect(status).toBe(400);
      expect(body).toEqual({ __type: THROTTLE, message: `Rate exceeded for shard ${SHARD}` });
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
    }
  });

  test('leave turns to a reader when another asks without a pause', async () => {
    const { world, door, iterators } = await createCrowd(35);
    const greedy = await readToken();
    const modest = await readToken();
    let asked = 0;
    const loop = async (): Promise<void> => {
      for (;;) {
        const ShardIterator = iterators[asked++ % 30];
        const { status } = await door.call(greedy, 'GetRecords', { ShardIterator });
        if (status !== 200) await world.clock.delay(100);
      }
    };
    for (let index = 0; index < 10; index++) void loop();
    await world.clock.advance(5000);

    const calls: Promise<Answer>[] = [];
    for (const ShardIterator of iterators.slice(30)) {
      calls.push(door.call(modest, 'GetRecords', { ShardIterator }));
      await world.clock.advance(1130);
    }
    const statuses = (await door.finish(calls)).map(({ status }) => status);

    expect(statuses).toEqual(times(5, () => 200));
    expectAtMostPerSecond(world.upstream('GetRecords'), 2);
  });

  test('of other shards are not held up', async () => {
    const world = createReadDoorWorld({ shards: 8 });
    const door = world.createDoor();
    const token = await readToken();
    const viewers = times(8, (index) =>
      world.watch([door], { shard: `shardId-00000000000${index}`, token, pollIntervalMs: 600 }),
    );
    await world.clock.advance(5000);

    for (const { errors, calls } of viewers) {
      expect(errors).toEqual([]);
      expect(calls()).toBeGreaterThan(6);
    }
  });

  test('make way when Kinesis says that the shard is read too much, longer each time', async () => {
    const { world, door, iterators } = await createCrowd(4);
    const token = await readToken();
    const refuse = { kind: 'refuse', type: THROTTLE, status: 400 } as const;
    world.fake.always((call) => (call.operation === 'GetRecords' ? refuse : undefined));
    const from = world.clock.now();
    const viewers = iterators.map(async (ShardIterator) => {
      for (;;) {
        await door.call(token, 'GetRecords', { ShardIterator });
        await world.clock.delay(250);
      }
    });
    await world.clock.advance(20_000);

    const at = world.upstream('GetRecords').map((call) => call.at - from);
    expect(viewers).toHaveLength(4);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(gaps.slice(0, 3).every((gap, index) => gap >= 1000 * 2 ** index)).toBe(true);
    expect(at.length).toBeLessThan(8);
  });

  test('take their time after a page of many bytes', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    for (let second = 0; second < 4; second++) {
      world.putBytes(2 ** 20 - 1024);
      await world.clock.advance(1000);
    }
    world.watch([door], { from: { ShardIteratorType: 'TRIM_HORIZON' }, pollIntervalMs: 200 });
    await world.clock.advance(10_000);

    const [first = 0, second = 0] = world.upstream('GetRecords').map((call) => call.at);
    // Not slower than the shard can be written to, and not faster than leaves something to others.
    expect(second - first).toBeGreaterThan(3500);
    expect(second - first).toBeLessThan(4000);
  });
});

describe('a page', () => {
  const limitsOf = (world: ReadDoorWorld) =>
    world.fake.calls
      .filter((call) => call.operation === 'GetRecords')
      .map(({ input }) => input.Limit);

  test('has about a MiB, whatever the size of records', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    for (let second = 0; second < 12; second++) {
      for (let index = 0; index < 4; index++) world.putBytes(250_000);
      await world.clock.advance(1000);
    }
    const viewer = world.watch([door], { from: { ShardIteratorType: 'TRIM_HORIZON' } });
    await world.clock.advance(40_000);

    expect(viewer.seen).toEqual(world.stored());
    expect(limitsOf(world)[0]).toBe(64);
    expect(limitsOf(world).at(-1)).toBeLessThanOrEqual(5);
  });

  test('has up to a thousand small records, and never more than a reader wants', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    for (let second = 0; second < 8; second++) {
      world.put(...times(900, String));
      await world.clock.advance(1000);
    }
    const from = { ShardIteratorType: 'TRIM_HORIZON' };
    const viewer = world.watch([door], { from, limit: 10_000 });
    await world.clock.advance(30_000);
    const few = world.watch([door], { from, limit: 3, pollIntervalMs: 2000 });
    await world.clock.advance(2000);
    few.stop();

    expect(viewer.seen).toEqual(world.stored());
    const limits = limitsOf(world);
    expect(limits).toContain(1000);
    expect(limits.slice(-3)).toContain(3);
    expect(Math.max(...limits.map(Number))).toBe(1000);
  });

  test.each([0, 10_001, -1, 1.5, 'many', {}])(
    'of %j records is what Kinesis refuses',
    async (limit) => {
      const kinesis = scriptKinesis(
        () => reply({ ShardIterator: 'it' }),
        refusing(400, 'ValidationException'),
      );
      const { post } = createRelayUnderTest();
      const bearer = await signReadToken([STREAM]);
      const call = async (operation: string, input: object) => {
        const headers = {
          authorization: `Bearer ${bearer}`,
          'x-amz-target': `Kinesis_20131202.${operation}`,
        };
        const response = await post('/v1/kinesis', JSON.stringify(input), { headers });
        const body: Record<string, string> = await response.json();
        return { status: response.status, body };
      };
      const { body } = await call('GetShardIterator', { StreamName: STREAM, ShardId: SHARD });

      const answer = await call('GetRecords', { ...body, Limit: limit });

      expect([answer.status, answer.body.__type]).toEqual([400, 'ValidationException']);
      expect(kinesis.calls[1]?.input.Limit).toEqual(limit);
    },
  );
});

describe('a reader', () => {
  test('that calls without a pause is turned away, and another is not', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const greedy = await readToken();
    const modest = await readToken();
    const describeStream = (token: string) =>
      door.call(token, 'ListShards', { StreamName: STREAM });

    const calls = times(400, () => describeStream(greedy));
    await world.clock.advance(1000);
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    const other = describeStream(modest);
    await world.clock.advance(1000);

    expect(statuses.filter((status) => status === 200)).toHaveLength(300);
    expect((await other).status).toBe(200);
    expect((await Promise.all(calls)).at(-1)?.body.__type).toBe(THROTTLE);
  });

  test('leaves most of the twenty descriptions a second of an account to others', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const token = await readToken();
    const calls = times(10, () =>
      door.call(token, 'DescribeStreamSummary', { StreamName: STREAM }),
    );
    await world.clock.advance(1000);

    const statuses = (await Promise.all(calls)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 400)).toHaveLength(6);
  });

  test("is counted by the platform's limiter too, by its token", async () => {
    scriptKinesis(() => reply({ Shards: [] }));
    const keys: string[] = [];
    const read = async (key: string) => keys.push(key) < 3;
    const { post } = createRelayUnderTest({}, { limiters: { read } });
    const token = await signReadToken([STREAM]);
    const named = await signToken(crypto.subtle, SECRET, {
      use: 'read',
      streams: [STREAM],
      issued: NOW,
      expires: NOW + 1000,
      id: 'reader-1',
    });
    const list = (bearer: string) =>
      post('/v1/kinesis', JSON.stringify({ StreamName: STREAM }), {
        headers: {
          authorization: `Bearer ${bearer}`,
          'x-amz-target': 'Kinesis_20131202.ListShards',
        },
      });

    const statuses = [(await list(token)).status, (await list(named)).status];
    const refused = await list(token);

    expect(statuses).toEqual([200, 200]);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', __type: THROTTLE });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(keys[1]).toBe('reader-1');
    expect(keys[0]).toBe(keys[2]);
    expect(token).not.toContain(keys[0]);
  });

  test('whose token was revoked is refused, and so is everyone while nobody knows', async () => {
    const kinesis = scriptKinesis(() => reply({ Shards: [] }));
    const { store, state } = createScriptedStore({ 'revoked/reader-1': '{}' });
    const { post } = createRelayUnderTest({}, { store });
    const list = async (id: string) => {
      const token = { use: 'read', streams: [STREAM], issued: NOW, expires: NOW + 1000 } as const;
      const bearer = await signToken(crypto.subtle, SECRET, { ...token, id });
      const headers = {
        authorization: `Bearer ${bearer}`,
        'x-amz-target': 'Kinesis_20131202.ListShards',
      };
      const response = await post('/v1/kinesis', JSON.stringify({ StreamName: STREAM }), {
        headers,
      });
      const body: { code?: string; __type?: string } = await response.json();
      return [response.status, body.code, body.__type];
    };

    expect(await list('reader-1')).toEqual([403, 'token_revoked', 'AccessDeniedException']);
    expect(await list('reader-2')).toEqual([200, undefined, undefined]);
    state.down = true;
    expect(await list('reader-3')).toEqual([503, 'relay_busy', 'InternalFailureException']);
    expect(kinesis.calls).toHaveLength(1);
  });

  test('needs what Cloudflare Access says of it, where the relay is told to ask', async () => {
    const issuer = 'https://team.cloudflareaccess.com';
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) =>
      new Request(input).url.startsWith(issuer)
        ? Response.json({ keys: [jwk] })
        : reply({ Shards: [] }),
    );
    const env = { RELAY_ACCESS_ISSUER: issuer, RELAY_ACCESS_AUDIENCE: 'door' };
    const { post } = createRelayUnderTest(env);
    const token = await signReadToken([STREAM]);
    const list = (headers: object) =>
      post('/v1/kinesis', JSON.stringify({ StreamName: STREAM }), {
        headers: {
          authorization: `Bearer ${token}`,
          'x-amz-target': 'Kinesis_20131202.ListShards',
          ...headers,
        },
      });
    const assertion = await new SignJWT({ iss: issuer, aud: 'door', exp: NOW / 1000 + 60 })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey);

    const without = await list({});
    const admitted = await list({ 'cf-access-jwt-assertion': assertion });

    expect(without.status).toBe(403);
    expect(await without.json()).toMatchObject({ code: 'access_refused' });
    expect(admitted.status).toBe(200);
  });

  test.each([
    ['of a source', 'eu-west-1', {}],
    ['of a route', 'eu-west-1', { stream: 'other', routes: [{ events: ['a'], stream: STREAM }] }],
  ])('reads a stream %s in the region of that source', async (_, region, fields) => {
    const kinesis = scriptKinesis(() => reply({ Shards: [] }));
    const source = { name: 'shop', stream: STREAM, origins: '*', region, ...fields };
    const { post } = createRelayUnderTest({
      SOURCES: JSON.stringify({ wk_shop: source }),
    });
    const headers = {
      authorization: `Bearer ${await signReadToken([STREAM])}`,
      'x-amz-target': 'Kinesis_20131202.ListShards',
    };

    await post('/v1/kinesis', JSON.stringify({ StreamName: STREAM }), { headers });

    expect(kinesis.calls[0]?.headers.get('authorization')).toContain(`/${region}/kinesis/`);
  });

  test('may read what RELAY_READ_STREAMS names, and nothing else', async () => {
    const kinesis = scriptKinesis(() => reply({ Shards: [] }));
    const { post } = createRelayUnderTest({ RELAY_READ_STREAMS: 'ledger audit' });
    const headers = {
      authorization: `Bearer ${await signReadToken([STREAM, 'audit'])}`,
      'x-amz-target': 'Kinesis_20131202.ListShards',
    };
    const list = (StreamName: string) =>
      post('/v1/kinesis', JSON.stringify({ StreamName }), { headers });

    const statuses = [(await list('audit')).status, (await list(STREAM)).status];

    expect(statuses).toEqual([200, 403]);
    expect(kinesis.calls).toHaveLength(1);
  });
});

describe('the memory of the read door', () => {
  const runtime = { now: () => NOW, random: () => 0.5, delay: async () => {}, log: () => {} };
  const page = (bytes: number) => ({
    ...pageAt({ position: 'p', text: 't' }, NOW, 10_000),
    records: new Uint8Array(bytes),
  });

  test('holds 16 MiB of pages, and forgets the oldest', () => {
    const pages = createSharedPages(runtime, SECRET);
    for (let index = 0; index < 40; index++) pages.keep(`${index}`, page(2 ** 20));

    const kept = times(40, (index) => index).filter((index) => pages.last(`${index}`));

    expect(kept).toEqual(times(16, (index) => index + 24));
  });

  test('counts a page once that is kept again, and holds none larger than 4 MiB', () => {
    const pages = createSharedPages(runtime, SECRET);
    pages.keep('a', page(2 ** 20));
    for (let index = 0; index < 40; index++) pages.keep('b', page(2 ** 20));
    pages.keep('c', page(4 * 2 ** 20 + 1));

    expect(pages.last('a')).toBeDefined();
    expect(pages.last('b')).toBeDefined();
    expect(pages.last('c')).toBeUndefined();
  });

  test('holds so many places, however small', () => {
    const pages = createSharedPages(runtime, SECRET);
    for (let index = 0; index < 3000; index++) pages.keep(`${index}`, page(2));

    expect(pages.last('999')).toBeUndefined();
    expect(pages.last('1000')).toBeDefined();
  });
});

/** A door, and iterators of as many places of one shard, with a record after each. */
async function createCrowd(count: number) {
  const world = createReadDoorWorld();
  const door = world.createDoor();
  world.put(...times(count, String));
  const createdAt = world.clock.now();
  const iterators = await Promise.all(
    times(count, (next) => {
      const text = encodeIterator({ stream: STREAM, shardId: SHARD, next, createdAt });
      return sealPlace(SECRET, { stream: STREAM, shard: SHARD, position: `at:${next}`, text });
    }),
  );
  const finish = async <T>(answers: readonly Promise<T>[]): Promise<T[]> => {
    await world.clock.advance(3000);
    return Promise.all(answers);
  };
  return { world, iterators, door: { ...door, finish } };
}
