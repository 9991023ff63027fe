// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { md5 } from '../../../src/consumer/md5.ts';
import type { Handler } from '../../../src/consumer/run/types.ts';
import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import { handleKinesis } from '../../../src/lambda/handle-kinesis.ts';
import type { KinesisHandlerOptions } from '../../../src/lambda/options.ts';
import { encodeAggregate } from '../../../src/protocol/aggregate.ts';
import pipe from '../../fixtures/lambda/pipe.json' with { type: 'json' };
import {
  eventOf,
  type KinesisData,
  readShard,
  sequenceNumberAt,
} from '../../helpers/lambda-mapping.ts';

/** `['a', ['b', 'c']]`: a record and an aggregate of two. */
function shardOf(...contents: readonly (string | readonly string[])[]): KinesisData[] {
  return contents.map((content) => ({
    data:
      typeof content === 'string'
        ? Buffer.from(content)
        : encodeAggregate(
            content.map((text) => ({ partitionKey: 'client-1', data: Buffer.from(text) })),
            md5,
          ),
  }));
}

const textOf = ({ data }: ConsumedRecord): string => new TextDecoder().decode(data);

/** A handler that takes what it is given as a whole, or refuses it. */
function recorder(refuses: (text: string) => boolean = () => false) {
  const taken: string[] = [];
  const calls: string[] = [];
  const handler: Handler = (records) => {
    const texts = records.map(textOf);
    calls.push(texts.join(''));
    if (texts.some(refuses)) throw new Error(`cannot take ${texts.join('')}`);
    taken.push(...texts);
  };
  return { handler, taken, calls };
}

const runtime = {
  now: () => 0,
  random: () => 0,
  delay: (callback: () => void, ms: number) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

function functionOf(handler: Handler, options: KinesisHandlerOptions = {}) {
  return handleKinesis(handler, { runtime, retryDelayMs: 0, onFailure: () => {}, ...options });
}

describe('a function for Kinesis', () => {
  test('hands all records of the batch out, in their order and as many at once as it may', async () => {
    const { handler, calls } = recorder();

    const answer = await functionOf(handler, { batchSize: 2 })(
      eventOf(shardOf('a', ['b', 'c', 'd'], 'e')),
    );

    expect(calls).toEqual(['ab', 'cd', 'e']);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  test('tells the handler the shard, the attempt, and when its time is over', async () => {
    const contexts: unknown[] = [];

    await functionOf((_, context) => void contexts.push(context))(eventOf(shardOf('a')));

    expect(contexts).toEqual([
      { shardId: 'shardId-000000000006', attempt: 1, signal: expect.any(AbortSignal) },
    ]);
  });

  test('asks again from the record that fails, and has done all that stand before it', async () => {
    const { handler, taken } = recorder((text) => text === 'e');

    const answer = await functionOf(handler)(eventOf(shardOf('a', 'b', 'c', 'd', 'e', 'f')));

    expect(taken).toEqual(['a', 'b', 'c', 'd']);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(4) }] });
  });

  test('asks again for the aggregate that fails in the middle, and leaves out what it has done of it', async () => {
    let isBroken = true;
    const { handler, taken, calls } = recorder((text) => text === 'd' && isBroken);
    const run = functionOf(handler, { batchSize: 1 });
    const shard = shardOf('a', ['b', 'c', 'd', 'e'], 'f');

    const answer = await run(eventOf(shard));
    isBroken = false;
    await run(eventOf(shard.slice(1), 1));

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(1) }]);
    expect(taken).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(calls).toEqual(['a', 'b', 'c', 'd', 'd', 'e', 'f']);
  });

  test('hands records of one number out whole that Lambda itself has taken out of an aggregate', async () => {
    let isBroken = true;
    const { handler, taken } = recorder((text) => text === 'b' && isBroken);
    const run = functionOf(handler);
    const { Records } = eventOf(shardOf('a', 'b', 'c'));
    const [first] = Records;
    const event = {
      Records: Records.map(({ kinesis, ...record }) => ({
        ...record,
        kinesis: { ...kinesis, sequenceNumber: first?.kinesis.sequenceNumber ?? '' },
      })),
    };

    await run(event);
    isBroken = false;
    await run(event);

    expect(taken).toEqual(['a', 'a', 'b', 'c']);
  });

  test('hands an aggregate that failed in the middle out whole in another instance', async () => {
    let isBroken = true;
    const { handler, taken } = recorder((text) => text === 'c' && isBroken);
    const shard = shardOf(['a', 'b', 'c']);

    await functionOf(handler)(eventOf(shard));
    isBroken = false;
    await functionOf(handler)(eventOf(shard));

    expect(taken).toEqual(['a', 'b', 'a', 'b', 'c']);
  });

  test('keeps the shards and the streams apart in what it leaves out', async () => {
    let isBroken = true;
    const { handler, taken } = recorder((text) => text === 'b' && isBroken);
    const run = functionOf(handler);
    const event = eventOf(shardOf(['a', 'b']));
    const elsewhere = {
      Records: event.Records.map((record) => ({ ...record, eventSourceARN: 'arn:another' })),
    };

    await run(event);
    isBroken = false;
    await run(elsewhere);

    expect(taken).toEqual(['a', 'a', 'b']);
  });

  test('parks what fails again and again, and goes on behind it', async () => {
    const { handler, taken, calls } = recorder((text) => text === 'b');
    const park = vi.fn();

    const answer = await functionOf(handler, { park, batchSize: 1, attempts: 3 })(
      eventOf(shardOf('a', 'b', 'c')),
    );

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(taken).toEqual(['a', 'c']);
    expect(calls).toEqual(['a', 'b', 'b', 'b', 'c']);
    expect(park).toHaveBeenCalledExactlyOnceWith({
      record: expect.objectContaining({ sequenceNumber: sequenceNumberAt(1) }),
      error: new Error('cannot take b'),
      attempts: 3,
    });
  });

  test('asks again for what could not even be parked', async () => {
    const { handler } = recorder((text) => text === 'b');
    const onFailure = vi.fn();
    const park = () => Promise.reject(new Error('no queue'));

    const answer = await functionOf(handler, { park, onFailure })(eventOf(shardOf('a', 'b', 'c')));

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(1) }]);
    expect(onFailure).toHaveBeenCalledExactlyOnceWith({
      record: expect.objectContaining({ sequenceNumber: sequenceNumberAt(1) }),
      error: new Error('no queue'),
    });
  });

  test('says why in the log, as the answer cannot', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { handler } = recorder(() => true);

    await handleKinesis(handler)(eventOf(shardOf('a')));

    expect(log).toHaveBeenCalledExactlyOnceWith(
      `rivulet: shardId-000000000006, record ${sequenceNumberAt(0)}.0: not done, asked for again:`,
      new Error('cannot take a'),
    );
    log.mockRestore();
  });

  test('throws where failures cannot be reported: by a mapping without the setting, and by a pipe', async () => {
    const { handler } = recorder(() => true);

    const unreported = functionOf(handler, { reportsFailures: false })(eventOf(shardOf('a')));
    const piped = functionOf(handler)(pipe);

    await expect(unreported).rejects.toThrow('cannot take a');
    await expect(piped).rejects.toThrow('cannot take');
  });

  test('leaves out what a filter does not want, and tells it what is done', async () => {
    const { handler, taken } = recorder((text) => text === 'c');
    const done: string[] = [];
    const filter = {
      isWanted: (record: ConsumedRecord) => textOf(record) !== 'a',
      done: (record: ConsumedRecord) => void done.push(textOf(record)),
    };

    const answer = await functionOf(handler, { filter })(eventOf(shardOf('a', 'b', 'c')));

    expect(taken).toEqual(['b']);
    expect(done).toEqual(['b']);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(2) }]);
  });

  test('begins nothing when its time runs out, and asks for what is left', async () => {
    let leftMs = 10_000;
    const onFailure = vi.fn();
    const { handler, taken } = recorder(() => {
      leftMs -= 3000;
      return false;
    });

    const answer = await functionOf(handler, { batchSize: 1, onFailure })(
      eventOf(shardOf('a', 'b', 'c', 'd', 'e')),
      { getRemainingTimeInMillis: () => leftMs },
    );

    expect(taken).toEqual(['a', 'b', 'c']);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(3) }]);
    expect(onFailure.mock.calls[0]?.[0].error).toMatchObject({
      code: 'handler_failed',
      message: expect.stringMatching(/^time: expected enough of it for a batch of 5 records/),
    });
  });

  test('keeps no more than half of a short time for the answer', async () => {
    const until = performance.now() + 8000;
    const taken: string[] = [];
    const slow: Handler = async (records) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      taken.push(...records.map(textOf));
    };

    await functionOf(slow, { reserveMs: 10_000 })(eventOf(shardOf('a')), {
      getRemainingTimeInMillis: () => until - performance.now(),
    });

    expect(taken).toEqual(['a']);
  });

  test('parks nothing that it has no time to try again, and asks for it', async () => {
    const park = vi.fn();
    const { handler, calls } = recorder(() => true);

    const answer = await functionOf(handler, {
      park,
      retryDelayMs: 4000,
      runtime: { ...runtime, random: () => 0.999 },
    })(eventOf(shardOf('a', 'b')), { getRemainingTimeInMillis: () => 4500 });

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(0) }]);
    expect(calls).toEqual(['ab', 'a']);
    expect(park).not.toHaveBeenCalled();
  });

  test('waits for a call that hangs no longer than its time, and tells it', async () => {
    let signalled: AbortSignal | undefined;
    const hanging: Handler = (_, { signal }) => {
      signalled = signal;
      return new Promise(() => {});
    };
    const until = performance.now() + 40;

    const answer = await functionOf(hanging)(eventOf(shardOf('a', 'b')), {
      getRemainingTimeInMillis: () => until - performance.now(),
    });

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumberAt(0) }]);
    expect(signalled?.aborted).toBe(true);
  });

  test.each([
    ['handler: expected a function, got undefined', undefined, {}],
    ['batchSize: expected a whole number from 1, got 0', () => {}, { batchSize: 0 }],
    ['attempts: expected a whole number from 1, got 1.5', () => {}, { attempts: 1.5 }],
    ['reserveMs: expected a number from 0, got -1', () => {}, { reserveMs: -1 }],
  ])('is not made of a wrong option: %s', (message, handler, options) => {
    expect(() => handleKinesis(handler as Handler, options)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message }),
    );
  });
});

describe('behind an event source mapping, whatever fails and whichever instance is called', () => {
  const contents = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 })), {
    minLength: 1,
    maxLength: 12,
  });

  test('each record is done at least once, in order, and none is passed over', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.nat(4)),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (sizes, fails, instances, mappingSize, batchSize, isOneInstance) => {
          let named = 0;
          const next = (): string => String.fromCodePoint(0x4e00 + named++);
          const shard = shardOf(
            ...sizes.map((size) => (size === 0 ? next() : Array.from({ length: size }, next))),
          );
          const { handler, taken } = recorder(() => fails.next().value);
          const functions = Array.from({ length: 5 }, () => functionOf(handler, { batchSize }));

          const passed = await readShard(shard, {
            batchSize: mappingSize,
            maxCalls: 10_000,
            instance: () =>
              functions[isOneInstance ? 0 : instances.next().value] ?? functionOf(handler),
          });

          const all = Array.from({ length: named }, (_, index) =>
            String.fromCodePoint(0x4e00 + index),
          );
          expect(passed).toBe(shard.length);
          expect([...new Set(taken)]).toEqual(all);
          if (isOneInstance) expect(taken).toEqual(all);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('those are parked that always fail, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.array(fc.nat(40), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (sizes, bad, mappingSize, batchSize) => {
          let named = 0;
          const next = (): string => String.fromCodePoint(0x4e00 + named++);
          const shard = shardOf(
            ...sizes.map((size) => (size === 0 ? next() : Array.from({ length: size }, next))),
          );
          const poison = new Set(
            bad
              .filter((index) => index < named)
              .map((index) => String.fromCodePoint(0x4e00 + index)),
          );
          const { handler, taken } = recorder((text) => poison.has(text));
          const parked: string[] = [];
          const run = functionOf(handler, {
            batchSize,
            attempts: 2,
            park: ({ record }) => void parked.push(textOf(record)),
          });

          await readShard(shard, { batchSize: mappingSize, maxCalls: 100, instance: () => run });

          expect(parked).toEqual([...poison].sort());
          expect(taken).toHaveLength(named - poison.size);
          expect([...taken].sort()).toEqual(taken);
        },
      ),
      { numRuns: 200 },
    );
  });
});
