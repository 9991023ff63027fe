// @vitest-environment node
import { expect, test, vi } from 'vitest';
import type { Handler, HandlerContext } from '../../../../src/consumer/run/types.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { createRunRig, namesOf, recordsOf, stateOf } from './rig.ts';

/** A call of a handler, answered by the test. */
interface HeldCall {
  readonly names: string;
  readonly context: HandlerContext;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function heldHandler(): { readonly handler: Handler; readonly calls: HeldCall[] } {
  const calls: HeldCall[] = [];
  return {
    calls,
    handler: (records, context) =>
      new Promise<void>((resolve, reject) => {
        calls.push({ names: namesOf(records), context, resolve, reject });
      }),
  };
}

/** Refuses every call that holds one of these. */
function refusing(...names: string[]) {
  const calls: string[] = [];
  const handler = (records: readonly ConsumedRecord[]): void => {
    const given = namesOf(records);
    calls.push(given);
    const bad = given.split(' ').find((name) => names.includes(name));
    if (bad) throw new Error(`${bad} is bad`);
  };
  return { calls, handler };
}

test('hands out in order, one call at a time in a shard, and says what is done', async () => {
  const { run, clock, done } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take } = run(handler, { batchSize: 2 });

  void take('a', recordsOf('a', 1, 3), 0);
  await clock.settle();
  const before = calls.map(({ names }) => names);
  calls[0]?.resolve();
  await clock.settle();
  const after = calls.map(({ names }) => names);
  calls[1]?.resolve();
  await clock.settle();

  expect(before).toEqual(['a1 a2']);
  expect(after).toEqual(['a1 a2', 'a3']);
  expect(done).toEqual(['a2', 'a3']);
});

test('a slow shard does not keep another back', async () => {
  const { run, clock, done } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take } = run(handler);

  void take('a', recordsOf('a', 1, 1), 0);
  void take('b', recordsOf('b', 1, 1), 0);
  await clock.settle();
  calls.find(({ names }) => names === 'b1')?.resolve();
  await clock.settle();

  expect(done).toEqual(['b1']);
});

test('a shard is read on when less than a batch of it waits', async () => {
  const { run, clock } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take } = run(handler, { batchSize: 2 });
  const mayReadOn = vi.fn();

  void take('a', recordsOf('a', 1, 5), 0).then(mayReadOn);
  await clock.settle();
  calls[0]?.resolve();
  await clock.settle();
  const early = mayReadOn.mock.calls.length;
  calls[1]?.resolve();
  await clock.settle();

  expect(early).toBe(1);
  expect(calls.map(({ names }) => names)).toEqual(['a1 a2', 'a3 a4', 'a5']);
});

test('a call that fails comes again with the same records, later each time', async () => {
  const { run, clock, done, failures } = createRunRig(() => 0.999);
  const at: number[] = [];
  const handler = vi.fn((_: readonly ConsumedRecord[], { attempt }: HandlerContext) => {
    at.push(clock.monotonic());
    if (attempt < 4) throw new Error('not now');
  });
  const { take } = run(handler);

  void take('a', recordsOf('a', 1, 3), 0);
  await clock.settle();
  const said = failures.get('a');
  await clock.advance(10_000);

  expect(handler.mock.calls.map(([records]) => namesOf(records))).toEqual(
    Array(4).fill('a1 a2 a3'),
  );
  expect(at).toEqual([0, 199, 598, 1397]);
  expect(said).toBe(
    'the handler failed with 3 records from 1.0 on, call 1, and is called again: Error: not now',
  );
  expect(failures.get('a')).toBeUndefined();
  expect(done).toEqual(['a3']);
});

test('records that keep failing are halved until the bad one stands alone, which is parked', async () => {
  const { run, clock, done, failures, closing } = createRunRig();
  const { handler, calls } = refusing('a3');
  const park = vi.fn();
  const { take, ended } = run(handler, { batchSize: 4, attempts: 2, park });

  void take('a', recordsOf('a', 1, 5), 0);
  await clock.advance(60_000);
  closing.abort();

  expect(calls).toEqual([
    ...['a1 a2 a3 a4', 'a1 a2 a3 a4'],
    'a1 a2',
    ...['a3 a4', 'a3 a4'],
    ...['a3', 'a3'],
    'a4',
    'a5',
  ]);
  expect(park).toHaveBeenCalledOnce();
  expect(park).toHaveBeenCalledWith({
    record: expect.objectContaining({ sequenceNumber: '2', subSequenceNumber: 0 }),
    error: new Error('a3 is bad'),
    attempts: 2,
  });
  expect(done).toEqual(['a2', 'a3', 'a4', 'a5']);
  expect(failures.get('a')).toBeUndefined();
  expect(await ended).toMatchObject({ handled: 4, parked: 1, failures: 6 });
});

test('without a place to park it, the shard waits at a bad record, says so, and goes on when it is mended', async () => {
  const { run, clock, done, failures } = createRunRig(() => 0.999);
  let isMended = false;
  const handler = vi.fn((records: readonly ConsumedRecord[]) => {
    if (!isMended && namesOf(records).includes('a1')) throw new Error('bad');
  });
  const { take } = run(handler, { attempts: 2 });

  void take('a', recordsOf('a', 1, 2), 0);
  void take('b', recordsOf('b', 1, 2), 0);
  await clock.advance(300_000);
  const said = failures.get('a');
  const waiting = [...done];
  const calls = handler.mock.calls.length;
  await clock.advance(300_000);
  const pace = handler.mock.calls.length - calls;
  isMended = true;
  await clock.advance(30_000);

  expect(said).toMatch(
    /^the handler failed with 1\.0, call \d+, and the shard waits for it \(.*park.*\): Error: bad$/,
  );
  expect(waiting).toEqual(['b2']);
  expect(pace).toBeLessThanOrEqual(11);
  expect(done).toEqual(['b2', 'a1', 'a2']);
  expect(failures.get('a')).toBeUndefined();
});

test('what cannot be parked waits: nothing is passed over', async () => {
  const { run, clock, done, failures } = createRunRig(() => 0.5);
  const { handler } = refusing('a1');
  let isFull = true;
  const { take } = run(handler, {
    attempts: 1,
    park: async () => {
      if (isFull) throw new Error('full');
    },
  });

  void take('a', recordsOf('a', 1, 1), 0);
  await clock.advance(60_000);
  const said = failures.get('a');
  const waiting = [...done];
  isFull = false;
  await clock.advance(60_000);

  expect(said).toBe('park failed with 1.0, and is called again: Error: full');
  expect(waiting).toEqual([]);
  expect(done).toEqual(['a1']);
});

test('a call that takes too long is told, has failed, and is made again', async () => {
  const { run, clock, done, closing } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take, ended } = run(handler, { timeoutMs: 1000 });

  void take('a', recordsOf('a', 1, 1), 0);
  await clock.advance(999);
  const early = calls.length;
  await clock.advance(1);
  const [first, second] = calls;
  first?.reject(new Error('too late for anybody to hear'));
  second?.resolve();
  await clock.settle();
  closing.abort();

  expect(early).toBe(1);
  expect(first?.context.signal.reason).toMatchObject({
    code: 'handler_failed',
    message: 'handler: expected an answer within 1000 ms, got none',
  });
  expect(second?.context).toMatchObject({ attempt: 2, shardId: 'a' });
  expect(done).toEqual(['a1']);
  expect(clock.timers()).toEqual([]);
  expect(await ended).toMatchObject({ failures: 1, handled: 1 });
});

test('what the filter leaves out is passed over, and done with what stands before it', async () => {
  const { run, clock, done } = createRunRig();
  const { handler, calls } = refusing();
  const heard: string[] = [];
  const { take } = run(
    handler,
    { batchSize: 4 },
    {
      isWanted: (record) => !['a2', 'a4', 'a5', 'a6'].includes(namesOf([record])),
      done: (record) => heard.push(namesOf([record])),
    },
  );

  void take('a', recordsOf('a', 1, 6), 0);
  await clock.settle();

  expect(calls).toEqual(['a1 a3']);
  expect(done).toEqual(['a3', 'a4', 'a6']);
  expect(heard).toEqual(['a1', 'a3']);
});

test('what the filter leaves out behind a record that is not done is not done', async () => {
  const { run, clock, done, closing } = createRunRig();
  const { handler } = heldHandler();
  const { take } = run(
    handler,
    {},
    { isWanted: (record) => namesOf([record]) === 'a1', done: () => {} },
  );

  void take('a', recordsOf('a', 1, 2), 0);
  await clock.settle();
  closing.abort();
  await clock.advance(60_000);

  expect(done).toEqual([]);
});

test('nothing is handed out while the shard may be another’s', async () => {
  const { run, clock, held } = createRunRig();
  const { handler, calls } = refusing();
  const { take } = run(handler, { batchSize: 1 });

  held.delete('a');
  void take('a', recordsOf('a', 1, 1), 0);
  await clock.advance(10_000);
  const early = [...calls];
  held.add('a');
  await clock.advance(1000);

  expect(early).toEqual([]);
  expect(calls).toEqual(['a1']);
});

test('a shard that is revoked stops where it is, and begins again only when the last call has ended', async () => {
  const { run, clock, done } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take, end, revoke } = run(handler, { batchSize: 2 });
  const resolved = vi.fn();

  void take('a', recordsOf('a', 1, 5), 0).then(resolved);
  void end('a').then(resolved);
  await clock.settle();
  revoke('a');
  await clock.settle();
  void take('a', recordsOf('a', 1, 2), 0);
  await clock.settle();
  const told = calls[0]?.context.signal.aborted;
  const early = calls.length;
  calls[0]?.resolve();
  await clock.settle();
  calls[1]?.resolve();
  await clock.settle();

  expect(resolved).toHaveBeenCalledTimes(2);
  expect([told, early]).toEqual([true, 1]);
  expect(calls.map(({ names }) => names)).toEqual(['a1 a2', 'a1 a2']);
  expect(done).toEqual(['a2']);
});

test('the end of a shard waits for everything of it', async () => {
  const { run, clock } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take, end } = run(handler, { batchSize: 1 });
  const ended = vi.fn();

  void take('a', recordsOf('a', 1, 2), 0);
  void end('a').then(ended);
  await clock.settle();
  calls[0]?.resolve();
  await clock.settle();
  const early = ended.mock.calls.length;
  calls[1]?.resolve();
  await clock.settle();
  await end('b');

  expect(early).toBe(0);
  expect(ended).toHaveBeenCalledOnce();
});

test('closing tells the calls, waits for them, counts what they have done, and makes no other', async () => {
  const { run, clock, done, closing } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take, end, ended } = run(handler, { batchSize: 1 });
  const report = vi.fn();
  void take('a', recordsOf('a', 1, 3), 0);
  void take('b', recordsOf('b', 1, 3), 0);
  void ended.then(report);
  await clock.settle();

  closing.abort();
  await clock.settle();
  const told = calls.map(({ context }) => context.signal.aborted);
  const early = report.mock.calls.length;
  calls[0]?.resolve();
  calls[1]?.reject(new Error('stopped'));
  await clock.settle();
  await end('a');
  await take('c', recordsOf('c', 1, 1), 0);

  expect(told).toEqual([true, true]);
  expect(early).toBe(0);
  expect(report).toHaveBeenCalledWith({
    handled: 1,
    parked: 0,
    failures: 0,
    elsewhere: 0,
    isCaughtUp: false,
  });
  expect(done).toEqual(['a1']);
  expect(calls).toHaveLength(2);
  expect(clock.timers()).toEqual([]);
});

test('ends after its time, when the calls under way have ended; a shard that is not done stays so', async () => {
  const { run, clock, done, closing } = createRunRig();
  const { handler, calls } = heldHandler();
  const { take, end, ended } = run(handler, { batchSize: 1, maxMs: 5000 });
  const wholeShard = vi.fn();
  void take('a', recordsOf('a', 1, 3), 0);
  void end('a').then(wholeShard);

  await clock.advance(5000);
  const told = calls[0]?.context.signal.aborted;
  calls[0]?.resolve();
  const report = await ended;
  await clock.settle();
  const early = wholeShard.mock.calls.length;
  closing.abort();
  await clock.settle();

  expect(told).toBe(false);
  expect(report).toMatchObject({ handled: 1, isCaughtUp: false });
  expect(done).toEqual(['a1']);
  expect(calls).toHaveLength(1);
  expect(early).toBe(0);
  expect(wholeShard).toHaveBeenCalledOnce();
});

test('ends when every shard is done up to what stood there when it began', async () => {
  const { run, clock, states } = createRunRig();
  states.push(stateOf('a', { status: 'reading' }), stateOf('b'));
  const { handler, calls } = heldHandler();
  const { take, ended } = run(handler, { until: 'caught_up', batchSize: 2 });
  const startedAt = clock.now();
  const report = vi.fn();
  void ended.then(report);

  void take('a', recordsOf('a', 1, 2), startedAt);
  void take('b', [], startedAt + 1);
  await clock.settle();
  calls[0]?.resolve();
  await clock.settle();
  const behind = report.mock.calls.length;
  void take('a', recordsOf('a', 3, 4), startedAt + 5000);
  void take('a', recordsOf('a', 5, 6), startedAt + 6000);
  await clock.settle();
  const early = report.mock.calls.length;
  calls[1]?.resolve();
  await clock.settle();

  expect([behind, early]).toEqual([0, 0]);
  expect(report).toHaveBeenCalledWith(expect.objectContaining({ handled: 4, isCaughtUp: true }));
});

test('children are waited for, also those that are not listed yet', async () => {
  const { run, clock, states, tellShards } = createRunRig();
  states.push(stateOf('a', { status: 'closed' }));
  const { take, ended } = run(() => {}, { until: 'caught_up' });
  const report = vi.fn();
  void ended.then(report);

  void take('a', recordsOf('a', 1, 2), undefined);
  tellShards();
  await clock.settle();
  const unlisted = report.mock.calls.length;
  states.push(stateOf('b', { parents: ['a'], status: 'waiting' }));
  tellShards();
  await clock.settle();
  const waiting = report.mock.calls.length;
  void take('b', recordsOf('b', 1, 1), clock.now() + 1);
  await clock.settle();

  expect([unlisted, waiting]).toEqual([0, 0]);
  expect(report).toHaveBeenCalledOnce();
});

test('a shard of another consumer is waited for while it may come here, and then left to it', async () => {
  const { run, clock, states } = createRunRig();
  states.push(
    stateOf('a', { status: 'elsewhere', owner: 'other' }),
    stateOf('b', { status: 'waiting', parents: ['a'] }),
    stateOf('c'),
  );
  const { take, ended } = run(() => {}, { until: 'caught_up' });
  const report = vi.fn();
  void ended.then(report);

  void take('c', [], clock.now() + 1);
  await clock.advance(29_000);
  const early = report.mock.calls.length;
  await clock.advance(1000);

  expect(early).toBe(0);
  expect(report).toHaveBeenCalledWith(expect.objectContaining({ elsewhere: 2, isCaughtUp: true }));
});

test.each([
  [{ batchSize: 0 }, 'batchSize: expected'],
  [{ batchSize: 1.5 }, 'batchSize: expected'],
  [{ attempts: 0 }, 'attempts: expected'],
  [{ retryDelayMs: -1 }, 'retryDelayMs: expected'],
  [{ timeoutMs: Number.NaN }, 'timeoutMs: expected'],
  [{ park: 'queue' }, 'park: expected a function, got queue'],
  [{ until: 'end' }, "until: expected 'caught_up' or 'closed', got end"],
  [{ maxMs: 0 }, 'maxMs: expected'],
])('options %j are refused at once', (options, message) => {
  const { run } = createRunRig();

  expect(() => run(() => {}, options as never)).toThrow(message);
});

test('something that is no function is no handler', () => {
  const { run } = createRunRig();

  expect(() => run('handler' as never)).toThrow('handler: expected a function, got handler');
});
