/** Where the entries of a batch go, and in what calls. */

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Source } from '../../worker/configuration/source.ts';
import { sourceSchema } from '../../worker/configuration/source.ts';
import { KinesisError, type Operation } from '../../worker/kinesis/call.ts';
import { createStreamWriter } from '../../worker/kinesis/stream-writer.ts';
import type { Entry } from '../../worker/kinesis/unit.ts';

interface Sent {
  readonly operation: Operation;
  readonly region: string | undefined;
  readonly stream: string;
  readonly keys: readonly string[];
}

type Reply = (call: Sent) => unknown;

const SHARD = 'shardId-000000000000';

const storeAll: Reply = ({ keys }) => ({
  Records: keys.map((_, index) => ({ ShardId: SHARD, SequenceNumber: String(index + 1) })),
});
const throttleAll: Reply = ({ keys }) => ({
  Records: keys.map(() => ({
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage: `Rate exceeded for shard ${SHARD} in stream s`,
  })),
});
const fail: Reply = () => {
  throw new KinesisError('ServiceUnavailable', '', 503);
};

function open(reply: Reply = storeAll) {
  const clock = { now: 0 };
  const sent: Sent[] = [];
  let answer = reply;
  const writer = createStreamWriter(
    async (operation, body, { region }) => {
      const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
      const { StreamName, Records } = JSON.parse(text);
      const keys = Records.map((record: { PartitionKey: string }) => record.PartitionKey);
      const call = { operation, region, stream: StreamName, keys };
      sent.push(call);
      return JSON.stringify(answer(call));
    },
    {
      now: () => clock.now,
      random: () => 0.5,
      delay: async (delayMs) => {
        clock.now += delayMs;
      },
      log: () => {},
    },
  );
  const write = (entries: readonly Entry[], fields: object = {}) =>
    writer.write({ source: sourceOf(fields), entries, afterOf: () => undefined });
  const answerBy = (next: Reply): void => {
    answer = next;
  };
  return { clock, sent, write, answerBy };
}

function sourceOf(fields: object): Source {
  const given = { name: 'shop', stream: 'own', origins: '*', ...fields };
  return { ...v.parse(sourceSchema, given), writeKey: 'wk' };
}

/** `key`, `key>stream` or `key*bytes`. */
function entriesOf(...texts: string[]): Entry[] {
  return texts.map((text, index) => {
    const [, partitionKey = '', stream, bytes = '4'] =
      /^([^>*]+)(?:>(\w+))?(?:\*(\d+))?$/.exec(text) ?? [];
    const data = new Uint8Array(Number(bytes));
    return { index, partitionKey, data, ...(stream ? { stream } : {}) };
  });
}

describe('a batch of several streams', () => {
  test("goes to each of them, and to the source's own where none is named", async () => {
    const { sent, write } = open();

    const report = await write(entriesOf('a', 'b>other', 'c', 'd>own'));

    expect(sent).toMatchObject([
      { stream: 'own', keys: ['a', 'c', 'd'] },
      { stream: 'other', keys: ['b'] },
    ]);
    expect([...report.fates.keys()].sort()).toEqual([0, 1, 2, 3]);
    expect(report).toMatchObject({ calls: 2, records: 4, keys: 4, payloadUnits: 4 });
  });

  test('does not wait for one before it asks the next', async () => {
    const asked: string[] = [];
    const { write, answerBy } = open();
    answerBy((call) => {
      asked.push(call.stream);
      return call.stream === 'slow' ? throttleAll(call) : storeAll(call);
    });

    const report = await write(entriesOf('a>slow', 'b>quick'));

    expect(asked.slice(0, 2)).toEqual(['slow', 'quick']);
    expect([0, 1].map((index) => report.fates.get(index)?.kind)).toEqual(['retry', 'stored']);
  });

  test('keeps a failing stream from holding up the others, in this batch and in later ones', async () => {
    const { sent, write } = open((call) => (call.stream === 'down' ? fail : storeAll)(call));
    for (let n = 0; n < 5; n++) await write(entriesOf('a>down', 'b>up'));
    sent.length = 0;

    const report = await write(entriesOf('a>down', 'b>up'));

    expect(sent.map(({ stream }) => stream)).toEqual(['up']);
    expect(report.fates.get(0)).toMatchObject({
      kind: 'retry',
      failure: 'unavailable',
      afterMs: 750,
    });
    expect(report.fates.get(1)).toMatchObject({ kind: 'stored' });
    expect(report.openStreams).toEqual(['down']);
    expect(Object.fromEntries(report.errors)).toEqual({ CircuitOpen: 1 });
  });

  test('knows two streams of one name apart by their regions', async () => {
    const { sent, write } = open(({ region }) => fail({} as Sent) ?? region);
    for (let n = 0; n < 5; n++) await write(entriesOf('a'), { region: 'eu-west-1' });

    await write(entriesOf('a'), { region: 'us-east-2' });

    expect(sent.map(({ region }) => region)).toEqual([...Array(5).fill('eu-west-1'), 'us-east-2']);
  });
});

describe('a stream that distributes records itself', () => {
  test('takes all of a batch in one call, and no aggregates, whose keys would lie in foreign shards', async () => {
    const { sent, write } = open();

    await write(entriesOf('lane', 'lane', 'lane'), { partition: 'auto' });

    expect(sent).toMatchObject([{ keys: ['lane', 'lane', 'lane'] }]);
  });
});

describe('limits', () => {
  test("hold a call within the source's bytes", async () => {
    const { sent, write } = open();
    const entries = entriesOf('a*1000', 'b*1000', 'c*1000');

    await write(entries, { maxPutBytes: 2002 });
    await write(entries, { maxPutBytes: 2001 });

    expect(sent.map(({ keys }) => keys.length)).toEqual([2, 1, 1, 1, 1]);
  });

  test("hold an aggregate within the stream's record", async () => {
    const { sent, write } = open();

    await write(entriesOf('a*400', 'a*400', 'a*400'), { maxRecordBytes: 1024 });

    expect(sent.map(({ keys }) => keys.length)).toEqual([1, 1]);
  });

  test('count PUT payload units of 25 KB, begun ones too', async () => {
    const { write } = open();

    const report = await write(entriesOf(`a*${25 * 1024}`, `b*${25 * 1024 - 1}`));

    expect(report).toMatchObject({ records: 2, payloadUnits: 3 });
  });
});

describe('a spread of hot keys', () => {
  const HOT = { spread: 8, spreadWhen: 'hot', aggregate: false };

  test('leaves keys alone until one is throttled, and then spreads that one', async () => {
    const { sent, write, answerBy, clock } = open();
    await write(entriesOf('hot*900', 'cool*9'), HOT);
    const before = sent.flatMap(({ keys }) => keys);
    answerBy(throttleAll);
    await write(entriesOf('hot*900', 'cool*9'), HOT);
    answerBy(storeAll);
    sent.length = 0;

    await write(entriesOf('hot*900', 'cool*9', 'hot*900'), HOT);
    clock.now += 61_000;
    await write(entriesOf('hot'), HOT);

    expect(before).toEqual(['hot', 'cool']);
    expect(sent.map(({ keys }) => keys)).toEqual([['hot#4', 'cool'], ['hot#4'], ['hot']]);
  });

  test('leaves a record alone that would be too large with its salt', async () => {
    const { sent, write, answerBy } = open(throttleAll);
    const fields = { ...HOT, maxRecordBytes: 1024 };
    await write(entriesOf('hot*1020'), fields);
    answerBy(storeAll);
    sent.length = 0;

    await write(entriesOf('hot*1020', 'hot*1019'), fields);

    expect(sent.map(({ keys }) => keys)).toEqual([['hot', 'hot#4']]);
  });
});

describe('a stream that refuses everything', () => {
  const refuse: Reply = () => {
    throw new KinesisError('InvalidArgumentException', '', 400);
  };

  test('is misconfigured, and no event is refused for good', async () => {
    const { write } = open(refuse);

    const report = await write(entriesOf('a', 'b', 'c'));

    expect([...report.fates.values()]).toEqual(
      Array(3).fill({ kind: 'retry', failure: 'misconfigured', isUnknown: false }),
    );
  });

  test('may be right where there are but two', async () => {
    const { write } = open(refuse);

    const report = await write(entriesOf('a', 'b'));

    expect([...report.fates.values()].map(({ kind }) => kind)).toEqual(['refused', 'refused']);
  });
});
