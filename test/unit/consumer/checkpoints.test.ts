// @vitest-environment node
import { expect, test } from 'vitest';
import { createRig, STREAM, shardIdOf } from './rig.ts';
import { scriptedSession } from './scripted-session.ts';

/** A reader of scripted checkpoints; records of a shard are numbered from 1. */
function setUp(shardCount = 1) {
  const rig = createRig(shardCount);
  const session = scriptedSession((sequenceNumber) => {
    const shard = rig.fake.stream(STREAM)?.shards.find(({ gave }) => gave(sequenceNumber));
    const index = shard?.records.findIndex((record) => record.sequenceNumber === sequenceNumber);
    return String((index ?? -1) + 1);
  });
  return { rig, session };
}

function split(rig: ReturnType<typeof createRig>): void {
  rig.fake.stream(STREAM)?.split(shardIdOf(0), 2n ** 127n);
}

test('reads only what is granted, from where it was done', async () => {
  const { rig, session } = setUp(2);
  rig.put('a1', 'b1', 'c1', 'd1');
  const reading = rig.read({ checkpoint: session.checkpoint, from: 'TRIM_HORIZON' });
  await rig.settle();
  const known = session.known();

  session.grant(shardIdOf(1));
  await rig.advance(1000);

  expect(known).toEqual([shardIdOf(0), shardIdOf(1)]);
  expect(reading.received.length).toBeGreaterThan(0);
  expect(new Set(reading.received.map(({ shardId }) => shardId))).toEqual(new Set([shardIdOf(1)]));
  expect(reading.shard(0)).toMatchObject({ status: 'waiting', reads: 0 });
  expect(reading.shard(1)).toMatchObject({ status: 'live' });
});

test('says in order what is done, and the end when all of it is', async () => {
  const { rig, session } = setUp();
  rig.put('a1', 'a2', 'a3');
  split(rig);
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  const records = consumer[Symbol.asyncIterator]();
  await rig.settle();
  session.grant(shardIdOf(0));
  const seen: string[][] = [];

  for (let pull = 0; pull < 3; pull++) {
    await records.next();
    await rig.settle();
    seen.push([...session.done]);
  }
  void records.next();
  await rig.settle();

  expect(seen).toEqual([[], ['0:1'], ['0:1', '0:2']]);
  expect(session.done).toEqual(['0:1', '0:2', '0:3', '0:end']);
  expect(consumer.shards()[0]?.status).toBe('closed');
});

test('the children are known before their parent is done', async () => {
  const { rig, session } = setUp();
  let list: unknown;
  const send = async (command: never, options: never) => {
    const answer = (await rig.client.send(command, options)) as { Shards?: unknown };
    // The list stays as it was.
    if (answer.Shards) list ??= answer.Shards;
    return answer.Shards ? { ...answer, Shards: list } : answer;
  };
  rig.read({ checkpoint: session.checkpoint, client: { send } as never });
  await rig.settle();
  session.grant(shardIdOf(0));
  await rig.settle();
  split(rig);

  await rig.advance(2000);

  expect(session.done).toEqual(['0:end']);
  expect(session.knownAtEnd).toEqual([[shardIdOf(0), shardIdOf(1), shardIdOf(2)]]);
});

test('a shard that is revoked is not handed out any more, and is read again from where it is granted', async () => {
  const { rig, session } = setUp();
  rig.put('a1', 'a2', 'a3');
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  const records = consumer[Symbol.asyncIterator]();
  const pulled: string[] = [];
  const pull = async (): Promise<void> => {
    const { value } = await records.next();
    pulled.push(new TextDecoder().decode(value?.data));
  };
  await rig.settle();
  session.grant(shardIdOf(0));
  await pull();
  session.revoke(shardIdOf(0));
  const calls = rig.fake.calls.length;
  await rig.advance(5000);
  const readsWhileRevoked = rig.fake.calls
    .slice(calls)
    .filter(({ operation }) => operation === 'GetRecords').length;

  session.grant(shardIdOf(0));
  await pull();
  await pull();

  expect(readsWhileRevoked).toBe(0);
  expect(pulled).toEqual(['a1', 'a1', 'a2']);
  expect(session.done).toEqual(['0:1']);
});

test('a shard of another consumer says so, with its owner and how far it is', async () => {
  const { rig, session } = setUp(3);
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  await rig.settle();
  const position = { sequenceNumber: '7', subSequenceNumber: 2 };
  session.leases.set(shardIdOf(0), { owner: 'another', checkpoint: position });
  session.leases.set(shardIdOf(1), { owner: undefined, checkpoint: 'SHARD_END' });

  expect(consumer.shards()).toMatchObject([
    { status: 'elsewhere', owner: 'another', checkpoint: position },
    { status: 'closed', owner: undefined, checkpoint: 'SHARD_END' },
    { status: 'waiting', owner: undefined, checkpoint: undefined },
  ]);
});

test('what the store fails at is the consumer’s error until it is over', async () => {
  const { rig, session } = setUp();
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  await rig.settle();

  session.host().failed('checkpoints: expected an answer, got none');
  const failing = consumer.error();
  session.host().failed(undefined);

  expect(failing).toBe('checkpoints: expected an answer, got none');
  expect(consumer.error()).toBeUndefined();
});

test('closing waits for the checkpoints, once, and so does leaving the loop', async () => {
  const { rig, session } = setUp();
  rig.put('a1');
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  await rig.settle();
  session.grant(shardIdOf(0));
  let hasLeft = false;
  const loop = (async () => {
    for await (const _ of consumer) break;
    hasLeft = true;
  })();
  await rig.settle();
  const early = hasLeft;

  const closing = consumer.close();
  session.written();
  await Promise.all([closing, loop]);

  expect(early).toBe(false);
  expect(consumer.close()).toBe(closing);
  expect(session.ended()).toBe(1);
  expect(rig.timers()).toBe(0);
});

test('what is done while closing still counts, and nothing after', async () => {
  const { rig, session } = setUp();
  rig.put('a1', 'a2');
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  const records = consumer[Symbol.asyncIterator]();
  await rig.settle();
  session.grant(shardIdOf(0));
  await records.next();

  const closing = consumer.close();
  const last = records.next();
  session.written();
  await closing;

  expect(await last).toEqual({ done: true, value: undefined });
  expect(session.done).toEqual(['0:1']);
});

test('events are the records that hold one, and the others are done by being passed over', async () => {
  const { rig, session } = setUp();
  const at = '2026-01-01T00:00:00.000Z';
  const event = JSON.stringify({
    type: 'track',
    messageId: 'k3f9aL0qXw.1',
    anonymousId: 'client-1',
    userId: null,
    event: 'Started',
    timestamp: at,
    rivulet: { lane: 'k3f9aL0qXw', seq: 1, source: 'shop' },
  });
  rig.put('a1', event, 'a2');
  const consumer = rig.consume({ checkpoint: session.checkpoint });
  const names: (string | undefined)[] = [];
  void (async () => {
    for await (const { event } of consumer.events()) names.push(event.event);
  })();
  await rig.settle();

  session.grant(shardIdOf(0));
  await rig.advance(1000);

  expect(names).toEqual(['Started']);
  expect(session.done).toEqual(['0:1', '0:2', '0:3']);
});

test('a second loop or a run beside a loop is refused, and the first goes on', async () => {
  const rig = createRig(1);
  const reading = rig.read({ from: 'TRIM_HORIZON' });
  await rig.settle();

  expect(() => reading.consumer[Symbol.asyncIterator]()).toThrow('one loop or one run');
  expect(() => reading.consumer.events()[Symbol.asyncIterator]()).toThrow('one loop or one run');
  await expect(reading.consumer.run(() => {})).rejects.toThrow('one loop or one run');
  rig.put('a1');
  await rig.advance(1000);
  expect(reading.texts()).toEqual(['a1']);
});
