// @vitest-environment node
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createIteration } from '../../../src/consumer/iteration.ts';
import type { RecordFilter } from '../../../src/consumer/sink.ts';
import type { ConsumedRecord, Position } from '../../../src/consumer/types.ts';
import { consumed } from './event.ts';

function setUp(wished = 100, filter?: RecordFilter) {
  const closing = new AbortController();
  const held = new Set(['a', 'b']);
  const done: string[] = [];
  const left = vi.fn(async () => {});
  const iteration = createIteration(wished, (_): _ is ConsumedRecord => true, {
    holds: (shardId) => held.has(shardId),
    done: (shardId, { sequenceNumber }: Position) => done.push(`${shardId}${sequenceNumber}`),
    failed: () => {},
    filter,
    signal: closing.signal,
    left,
  });
  const pull = async (): Promise<string | undefined> => {
    const { value } = await iteration.records.next();
    return value && nameOf(value);
  };
  const take = (shardId: string, ...numbers: number[]) =>
    iteration.take(
      shardId,
      numbers.map((number) => recordOf(shardId, number)),
      0,
    );
  return { iteration, take, pull, held, done, left, close: () => closing.abort() };
}

function recordOf(shardId: string, number: number): ConsumedRecord {
  return { ...consumed(undefined), shardId, sequenceNumber: `${number}` };
}

const nameOf = ({ shardId, sequenceNumber }: ConsumedRecord): string =>
  `${shardId}${sequenceNumber}`;

async function isOver(promise: Promise<unknown>): Promise<boolean> {
  const over = vi.fn();
  void promise.then(over);
  await new Promise((resolve) => setImmediate(resolve));
  return over.mock.calls.length > 0;
}

test('whatever the turns of taking and pulling, everything comes once and in order', async () => {
  const turns = fc.array(fc.record({ taken: fc.nat(6), pulled: fc.nat(6) }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(turns, fc.integer({ min: 1, max: 4 }), async (course, wished) => {
      const { take, pull, done } = setUp(wished);
      const pulled: (string | undefined)[] = [];
      let next = 0;

      for (const turn of course) {
        void take('a', ...Array.from({ length: turn.taken }, () => next++));
        for (let turns = 0; turns < turn.pulled && pulled.length < next; turns++) {
          pulled.push(await pull());
        }
      }

      expect(pulled).toEqual(Array.from({ length: pulled.length }, (_, index) => `a${index}`));
      expect(done).toEqual(pulled.slice(0, -1));
    }),
  );
});

test('a record is done when the next one is asked for', async () => {
  const { take, pull, done } = setUp();
  void take('a', 1, 2);

  await pull();
  const inHand = [...done];
  await pull();

  expect(inHand).toEqual([]);
  expect(done).toEqual(['a1']);
});

test('what is pulled last is done when one waits for more, and not when the loop is left', async () => {
  const waiting = setUp();
  void waiting.take('a', 1);
  await waiting.pull();
  void waiting.pull();
  const leaving = setUp();
  void leaving.take('a', 1);

  for await (const _ of leaving.iteration.records) break;

  expect(waiting.done).toEqual(['a1']);
  expect(leaving.done).toEqual([]);
  expect(leaving.left).toHaveBeenCalledTimes(1);
});

test('a loop that throws is not done with what it threw at', async () => {
  const { iteration, take, done } = setUp();
  void take('a', 1, 2);

  const loop = async (): Promise<void> => {
    for await (const record of iteration.records) {
      if (nameOf(record) === 'a2') throw new Error('no');
    }
  };

  await expect(loop()).rejects.toThrow('no');
  expect(done).toEqual(['a1']);
});

test('there is room until as many wait as wished, and again when one is pulled', async () => {
  const { take, pull } = setUp(2);
  const first = take('a', 1);
  const second = take('b', 2, 3);

  expect(await isOver(first)).toBe(true);
  expect(await isOver(second)).toBe(false);
  await pull();
  expect(await isOver(second)).toBe(false);
  await pull();
  expect(await isOver(second)).toBe(true);
});

test('the end of a shard is waited for until all of it is done', async () => {
  const { iteration, take, pull, done } = setUp();
  void take('a', 1);
  void take('b', 2);
  const end = iteration.end('a');

  await pull();
  const whileInHand = await isOver(end);
  await pull();

  expect(whileInHand).toBe(false);
  expect(await isOver(end)).toBe(true);
  expect(done).toEqual(['a1']);
});

test('the end of a shard of which nothing waits comes at once', async () => {
  expect(await isOver(setUp().iteration.end('a'))).toBe(true);
});

test('a shard that is another’s is not handed out any more, and its record in hand is not done', async () => {
  const { iteration, take, pull, done } = setUp(2);
  void take('a', 1, 2, 3);
  void take('b', 9);
  await pull();
  const end = iteration.end('a');

  iteration.revoke('a');
  const next = await pull();

  expect(next).toBe('b9');
  expect(done).toEqual([]);
  expect(await isOver(end)).toBe(true);
});

test('what is revoked makes room', async () => {
  const { iteration, take } = setUp(2);
  void take('a', 1, 2, 3);
  const waiting = take('b', 9);

  iteration.revoke('a');

  expect(await isOver(waiting)).toBe(true);
});

test('a shard whose lease has ended unseen is passed over, in its order', async () => {
  const { iteration, take, pull, held } = setUp();
  void take('a', 1, 2);
  void take('b', 8);
  void take('a', 3);
  const first = await pull();
  held.delete('a');
  const second = await pull();
  const third = pull();

  iteration.revoke('a');
  held.add('a');
  void take('a', 1);

  expect([first, second, await third]).toEqual(['a1', 'b8', 'a1']);
});

test('a filter decides when a record is handed out, and hears when it is done', async () => {
  const seen = new Set<string>();
  const asked: string[] = [];
  const filter: RecordFilter = {
    isWanted: (record) => {
      asked.push(nameOf(record));
      return !seen.has(record.sequenceNumber);
    },
    done: (record) => seen.add(record.sequenceNumber),
  };
  const { take, pull, done } = setUp(100, filter);
  void take('a', 1);
  void take('b', 1, 2);

  await pull();
  const early = [...asked];
  const next = await pull();
  void pull();

  expect(early).toEqual(['a1']);
  expect(next).toBe('b2');
  // The copy is done by being left out.
  expect(done).toEqual(['a1', 'b1', 'b2']);
  expect([...seen]).toEqual(['1', '2']);
});

test('a filter hears of a record that was done when its shard was another’s already', async () => {
  const filter: RecordFilter = { isWanted: () => true, done: vi.fn() };
  const { iteration, take, pull, done } = setUp(100, filter);
  void take('a', 1);
  await pull();

  iteration.revoke('a');
  void pull();

  expect(filter.done).toHaveBeenCalledTimes(1);
  expect(done).toEqual([]);
});

test('closing ends a pull under way and lets those who wait go', async () => {
  const { iteration, take, pull, close, left } = setUp(1);
  const pulling = pull();
  void take('a', 1);
  await pulling;
  const waiting = take('a', 2, 3);
  const end = iteration.end('a');
  close();

  expect(await pull()).toBeUndefined();
  expect(await isOver(waiting)).toBe(true);
  expect(await isOver(end)).toBe(true);
  expect(left).toHaveBeenCalledTimes(1);
});
