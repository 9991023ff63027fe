import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  createColoCache,
  createReadDoorWorld,
  expectAtMostPerSecond,
  LATENCY_MS,
  readToken,
  STREAM,
} from './read-door-world.ts';

const SHARD = 'shardId-000000000000';
const HORIZON = { ShardIteratorType: 'TRIM_HORIZON' };

// Minutes of many viewers are some seconds of a busy machine.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('viewers of a shard', () => {
  test('read it together: twenty cost two reads a second, and each sees every record in order', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const viewers = times(20, () => world.watch([door]));
    await world.clock.advance(1500);

    for (let second = 0; second < 20; second++) {
      world.put(`a${second}`, `b${second}`);
      await world.clock.advance(700);
      world.put(`c${second}`);
      await world.clock.advance(300);
    }
    await world.clock.advance(5000);

    for (const { seen, errors } of viewers) {
      expect(seen).toEqual(world.stored());
      expect(errors).toEqual([]);
    }
    expectAtMostPerSecond(world.upstream('GetRecords'), 2);
    expect(world.upstream('GetShardIterator')).toHaveLength(1);
  });

  test('of an idle shard share one place, whenever they came', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const viewers = [world.watch([door])];
    for (let each = 0; each < 9; each++) {
      await world.clock.advance(1300);
      viewers.push(world.watch([door]));
    }
    const before = world.upstream('GetRecords').length;
    await world.clock.advance(10_000);

    const reads = world.upstream('GetRecords').length - before;
    expect(reads).toBeGreaterThan(6);
    expect(reads).toBeLessThanOrEqual(10);
    expect(world.upstream('GetShardIterator')).toHaveLength(1);
    world.put('a');
    await world.clock.advance(3000);
    for (const { seen } of viewers) expect(seen).toEqual(world.stored());
  });

  test('that come later are given what others have read, and are at the end soon', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const first = world.watch([door], { from: HORIZON });
    for (let second = 0; second < 8; second++) {
      world.put(`${second}`);
      await world.clock.advance(1000);
    }
    const before = world.upstream('GetRecords').length;

    const late = world.watch([door], { from: HORIZON });
    await world.clock.advance(4000);

    expect(late.seen).toEqual(world.stored());
    expect(late.behindMs()).toBe(0);
    expect(first.seen).toEqual(late.seen);
    // Less than the two read on their own: four seconds of one, eight answers of the other.
    expect(world.upstream('GetRecords').length - before).toBeLessThanOrEqual(6);
  });

  test('begin at LATEST after what was there two seconds before', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    world.watch([door]);
    world.put('old');
    await world.clock.advance(3000);

    const late = world.watch([door]);
    await world.clock.advance(2000);
    world.put('new');
    await world.clock.advance(3000);

    expect(late.seen).toEqual(world.stored().slice(1));
  });

  test('begin at LATEST where Kinesis says, when nobody has read for a while', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const first = world.watch([door]);
    await world.clock.advance(1000);
    first.stop();
    await world.clock.advance(5000);
    world.put('old');

    const late = world.watch([door]);
    await world.clock.advance(2000);
    world.put('new');
    await world.clock.advance(3000);

    expect(late.seen).toEqual(world.stored().slice(1));
    expect(world.upstream('GetShardIterator')).toHaveLength(2);
  });

  test('that ask for pages of their own size are given those', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    world.put(...times(10, String));
    const many = world.watch([door], { from: HORIZON, limit: 10_000 });
    await world.clock.advance(500);
    const few = world.watch([door], { from: HORIZON, limit: 3 });
    await world.clock.advance(10_000);

    expect(few.seen).toEqual(world.stored());
    expect(many.seen).toEqual(world.stored());
    expect(Math.max(...few.pages)).toBe(3);
    expect(many.pages[0]).toBe(10);
  });

  test('go on in the children of a shard that is split, and are told of them once more from memory', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const viewers = times(5, () => world.watch([door], { from: HORIZON }));
    world.put('a', 'b');
    await world.clock.advance(2000);
    world.fake.call('SplitShard', {
      StreamName: STREAM,
      ShardToSplit: SHARD,
      NewStartingHashKey: String(2n ** 127n),
    });
    world.put('c', 'd', 'e', 'f');
    await world.clock.advance(2000);

    expect(viewers.every((viewer) => viewer.isAtShardEnd())).toBe(true);
    for (const { seen } of viewers) expect(seen).toEqual(world.stored());
    for (const shard of ['shardId-000000000001', 'shardId-000000000002']) {
      const children = times(5, () => world.watch([door], { from: HORIZON, shard }));
      await world.clock.advance(2000);
      for (const { seen } of children) expect(seen).toEqual(world.stored(shard));
      for (const child of children) child.stop();
    }
    const token = await readToken();
    const input = { StreamName: STREAM, ShardId: SHARD, ...HORIZON };
    const { body } = await finish(world, door.call(token, 'GetShardIterator', input));
    const first = { ShardIterator: body.ShardIterator };
    const page = await finish(world, door.call(token, 'GetRecords', first));
    const ended = await finish(
      world,
      door.call(token, 'GetRecords', { ShardIterator: page.body.NextShardIterator ?? '' }),
    );
    const last = page.body.NextShardIterator ? ended : page;
    expect(last.body.ChildShards).toHaveLength(2);
    expect(last.body).not.toHaveProperty('NextShardIterator');
  });

  test('get past a stretch without records', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    // Kinesis answers with nothing and a later place, until the stretch is crossed.
    let reads = 0;
    const asked: unknown[] = [];
    vi.mocked(globalThis.fetch).mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const { ShardIterator }: { ShardIterator?: string } = await request.clone().json();
      if (!ShardIterator) return Response.json({ ShardIterator: 'at-0' });
      asked.push(ShardIterator);
      reads++;
      const Records = reads === 6 ? [{ SequenceNumber: '7', Data: 'YQ==', PartitionKey: 'a' }] : [];
      const MillisBehindLatest = reads > 5 ? 0 : 1000 * (6 - reads);
      return Response.json({ Records, NextShardIterator: `at-${reads}`, MillisBehindLatest });
    });
    const viewers = times(3, () => world.watch([door], { from: HORIZON }));
    await world.clock.advance(4500);

    for (const { seen } of viewers) expect(seen).toEqual(['7']);
    expect(asked.slice(0, 6)).toEqual(times(6, (index) => `at-${index}`));
  });

  test('share errors too, and none is harmed by an iterator of another that has expired', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const token = await readToken();
    const input = { StreamName: STREAM, ShardId: SHARD, ...HORIZON };
    const { body } = await finish(world, door.call(token, 'GetShardIterator', input));
    const old = { ShardIterator: body.ShardIterator };
    await world.clock.advance(301_000);
    const given = await finish(world, door.call(token, 'GetShardIterator', input));
    const young = { ShardIterator: given.body.ShardIterator };
    world.put('a');

    const [late, early] = await finish(
      world,
      Promise.all([door.call(token, 'GetRecords', old), door.call(token, 'GetRecords', young)]),
    );

    expect([late.status, late.body.__type]).toEqual([400, 'ExpiredIteratorException']);
    expect([early.status, early.body.Records.length]).toEqual([200, 1]);
  });

  test('stay for hours on an idle shard, though each iterator lives for five minutes', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const viewers = [
      world.watch([door], { pollIntervalMs: 60_000 }),
      // Its own iterator has expired each time: what the other has read goes on.
      world.watch([door], { pollIntervalMs: 400_000 }),
    ];
    await world.clock.advance(3600_000);
    world.put('a');
    await world.clock.advance(400_000);

    for (const { seen, errors } of viewers) {
      expect(seen).toEqual(world.stored());
      expect(errors).toEqual([]);
    }
  });

  test('read on when the one who read for all has gone away without an answer', async () => {
    const world = createReadDoorWorld();
    const door = world.createDoor();
    const token = await readToken();
    const input = { StreamName: STREAM, ShardId: SHARD, ...HORIZON };
    const { body } = await finish(world, door.call(token, 'GetShardIterator', input));
    world.put('a');
    vi.mocked(globalThis.fetch).mockImplementationOnce(() => new Promise(() => {}));
    const lost = door.call(token, 'GetRecords', body);
    await world.clock.advance(100);

    const joined = door.call(token, 'GetRecords', body);
    const { status } = await finish(world, joined, 10_000);

    expect(status).toBe(200);
    void lost;
  });
});

describe('viewers in other isolates of a colo', () => {
  test('read it together too', async () => {
    const world = createReadDoorWorld();
    const { cache } = createColoCache(world.clock.now);
    const doors = times(4, () => world.createDoor({ cache }));
    const viewers: ReturnType<typeof world.watch>[] = [];
    for (let firstDoor = 0; firstDoor < 8; firstDoor++) {
      viewers.push(world.watch(doors, { firstDoor }));
      await world.clock.advance(130);
    }
    await world.clock.advance(2000);
    const before = world.upstream('GetRecords').length;

    for (let second = 0; second < 10; second++) {
      world.put(`${second}`);
      await world.clock.advance(1000);
    }
    const reads = world.upstream('GetRecords').length - before;
    await world.clock.advance(5000);

    for (const { seen, errors } of viewers) {
      expect(seen).toEqual(world.stored());
      expect(errors).toEqual([]);
    }
    // Alone, eight viewers of four isolates would ask eighty times.
    expect(reads).toBeLessThanOrEqual(15);
  });

  test('leave nothing in the cache that names a stream or a shard in its key, and nothing that stays', async () => {
    const world = createReadDoorWorld();
    const { cache, kept } = createColoCache(world.clock.now);
    world.watch([world.createDoor({ cache })], { from: HORIZON });
    world.put('a');
    await world.clock.advance(3000);

    expect(kept.size).toBeGreaterThan(1);
    for (const [key, { until }] of kept) {
      expect(key).toMatch(/^[\w-]{43}$/);
      expect(until - world.clock.now()).toBeLessThanOrEqual(30_000);
    }
  });

  test.each([
    ['fails', () => Promise.reject(new Error('cache: down'))],
    ['holds something else', async () => new TextEncoder().encode('page?')],
  ])('read on when the cache %s, and the log says so', async (_, get) => {
    const world = createReadDoorWorld();
    const put = () => Promise.reject(new Error('cache: down'));
    const door = world.createDoor({ cache: { get, put } });
    const { seen, errors } = world.watch([door], { from: HORIZON });
    world.put('a');
    await world.clock.advance(3000);

    expect(seen).toEqual(world.stored());
    expect(errors).toEqual([]);
    expect(door.logs.map((line) => JSON.parse(line).at)).toContain('cache');
  });
});

async function finish<T>(
  { clock }: ReturnType<typeof createReadDoorWorld>,
  answer: Promise<T>,
  withinMs = 20 * LATENCY_MS,
): Promise<T> {
  await clock.advance(withinMs);
  return answer;
}
