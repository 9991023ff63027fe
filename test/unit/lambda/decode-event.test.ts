// @vitest-environment node
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { decodeBase64, encodeBase64 } from '../../../src/lambda/base64.ts';
import { decodeFirehoseRecord, decodeKinesisEvent } from '../../../src/lambda/decode-event.ts';
import firehose from '../../fixtures/lambda/firehose.json' with { type: 'json' };
import directPut from '../../fixtures/lambda/firehose-direct-put.json' with { type: 'json' };
import kinesis from '../../fixtures/lambda/kinesis.json' with { type: 'json' };
import pipe from '../../fixtures/lambda/pipe.json' with { type: 'json' };

const textOf = ({ data }: { readonly data: Uint8Array }): string => new TextDecoder().decode(data);

describe("AWS Lambda's event", () => {
  test('gives the records of its shard in their order, those of aggregates by their own numbers', () => {
    const records = decodeKinesisEvent(kinesis, 5000);

    expect(
      records.map((record) => [
        record.sequenceNumber.slice(-3),
        record.subSequenceNumber,
        record.aggregateCount,
        record.event?.rivulet.seq ?? textOf(record),
      ]),
    ).toEqual([
      ['331', 0, undefined, 1],
      ['332', 0, 3, 2],
      ['332', 1, 3, 3],
      ['332', 2, 3, 4],
      ['333', 0, undefined, 'Hello, this is a test.'],
      ['334', 0, undefined, 5],
    ]);
    expect(records[0]).toMatchObject({
      shardId: 'shardId-000000000006',
      partitionKey: 'client-1',
      arrivedAt: 1767225600123,
      readAt: 5000,
      outOfRange: false,
      kclDrops: false,
    });
  });

  test('has its times in seconds, of which a fraction is not the thousandth below', () => {
    const Records = kinesis.Records.slice(0, 1).map(({ kinesis, ...record }) => ({
      ...record,
      kinesis: { ...kinesis, approximateArrivalTimestamp: 1.005 },
    }));

    expect(decodeKinesisEvent({ Records })).toMatchObject([{ arrivedAt: 1005 }]);
  });

  test('of a pipe of EventBridge gives the same', () => {
    expect(decodeKinesisEvent(pipe, 5000)).toEqual(decodeKinesisEvent(kinesis, 5000));
  });

  test('is what a ledger is kept of', () => {
    const ledger = createLedger();

    for (const record of decodeKinesisEvent(kinesis)) ledger.add(record);

    expect(ledger.totals()).toMatchObject({ received: 5, missing: 0, duplicates: 0 });
  });

  test.each([
    ['nothing', undefined, 'event: expected records of Kinesis, got undefined'],
    ['an object without records', { detail: {} }, 'event: expected records of Kinesis, got object'],
    [
      'a message of a queue',
      { Records: [{ messageId: 'a', body: '{}', eventSource: 'aws:sqs' }] },
      'event: expected records of Kinesis, got record 0 without an eventID, data and a sequence number',
    ],
    [
      'a record without data',
      { Records: [{ eventID: 'a:1', kinesis: { sequenceNumber: '1', partitionKey: 'k' } }] },
      'event: expected records of Kinesis, got record 0 without an eventID, data and a sequence number',
    ],
  ])('is refused where it is %s', (_, event, message) => {
    expect(() => decodeKinesisEvent(event as unknown as typeof kinesis)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message }),
    );
  });
});

describe("Firehose's event", () => {
  test('gives each record that Firehose has taken out of an aggregate its own number', () => {
    const records = firehose.records.flatMap((record) => decodeFirehoseRecord(record, 5000));

    expect(
      records.map((record) => [
        record.shardId.slice(-1),
        record.sequenceNumber.slice(-3),
        record.subSequenceNumber,
        record.event?.rivulet.seq,
      ]),
    ).toEqual([
      ['6', '331', 0, 1],
      ['6', '332', 0, 2],
      ['6', '332', 1, 3],
      ['6', '332', 2, 4],
      ['6', '333', 0, undefined],
    ]);
    expect(records[0]).toMatchObject({ arrivedAt: 1767225600101, partitionKey: 'client-1' });
  });

  test('without a stream behind it has the time of its own, and aggregates that nobody took apart', () => {
    const records = directPut.records.flatMap((record) => decodeFirehoseRecord(record, 5000));

    expect(
      records.map(({ event, shardId, arrivedAt }) => [event?.rivulet.seq, shardId, arrivedAt]),
    ).toEqual([
      [2, '', 1767225600123],
      [3, '', 1767225600123],
      [4, '', 1767225600123],
    ]);
  });

  test('of the older samples has its times as text and no number inside', () => {
    const [first] = firehose.records;
    if (!first) throw new Error('expected a record');

    const [record] = decodeFirehoseRecord({
      ...first,
      kinesisRecordMetadata: {
        ...first.kinesisRecordMetadata,
        subsequenceNumber: '',
        approximateArrivalTimestamp: '2026-01-01T00:00:00.100Z',
      },
    });

    expect(record).toMatchObject({ subSequenceNumber: 0, arrivedAt: 1767225600100 });
  });
});

describe.each([
  ['with', globalThis.Buffer],
  ['without', undefined],
])('base64 %s the help of Node', (_, buffer) => {
  test.each([0, 1, 2, 3, 8191, 8192, 8193, 70_000])('of %i bytes goes there and back', (length) => {
    const bytes = Uint8Array.from({ length: length + 3 }, (_, index) => (index * 7) & 255);
    const part = bytes.subarray(3);
    const expected = Buffer.from(part).toString('base64');
    vi.stubGlobal('Buffer', buffer);
    onTestFinished(() => void vi.unstubAllGlobals());

    const text = encodeBase64(part);
    const back = decodeBase64(text);
    vi.unstubAllGlobals();

    expect(text).toBe(expected);
    expect(back).toEqual(Uint8Array.from(part));
  });
});
