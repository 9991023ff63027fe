// @vitest-environment node
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecord } from '../../../src/consumer/decode.ts';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { md5 } from '../../../src/consumer/md5.ts';
import { labelOf } from '../../../src/debug/reading/rows.ts';
import {
  encodeAggregate,
  singleKeyBaseBytes,
  singleKeyRecordBytes,
  type UserRecord,
} from '../../../src/protocol/aggregate.ts';
import { MAX_LARGE_RECORD_BYTES, MAX_RECORD_BYTES } from '../../../src/protocol/limits.ts';
import { hashKeyOf } from '../../../src/protocol/partition-key.ts';
import plains from '../../fixtures/aggregates/plain.json' with { type: 'json' };
import alias from '../../fixtures/records/alias.json' with { type: 'json' };
import cloudEvent from '../../fixtures/records/cloud-event.json' with { type: 'json' };
import log from '../../fixtures/records/log.json' with { type: 'json' };
import { streamRecord } from './event.ts';

const ALL = { start: 0n, end: 2n ** 128n - 1n };

function decode(data: Uint8Array, hashKeys = ALL) {
  return decodeRecord(
    {
      Data: data,
      PartitionKey: 'outer',
      SequenceNumber: '49680415636538479007899716553747351596361475043765518338',
      ApproximateArrivalTimestamp: new Date(5000),
    },
    { shardId: 'shardId-000000000007', hashKeys, readAt: 6000, md5 },
  );
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

test('a record of its own comes as it is, with its event', () => {
  const data = bytesOf(streamRecord(3));

  expect(decode(data)).toEqual([
    {
      shardId: 'shardId-000000000007',
      sequenceNumber: '49680415636538479007899716553747351596361475043765518338',
      subSequenceNumber: 0,
      aggregateCount: undefined,
      undecoded: undefined,
      outOfRange: false,
      kclDrops: false,
      partitionKey: 'outer',
      data,
      arrivedAt: 5000,
      readAt: 6000,
      event: streamRecord(3),
    },
  ]);
});

test.each([alias, log])('an event of type $type comes whole', (golden) => {
  const [record] = decode(bytesOf(golden));

  expect(record?.event).toEqual(golden);
  expect(labelOf({ event: record?.event, data: bytesOf('') })).toMatchObject({
    type: golden.type,
    name: golden.type === 'alias' ? 'client-1 → user-1' : 'paper is low',
  });
});

test('an aggregate comes as its records, numbered in their order', () => {
  const records = [1, 2, 3].map((seq) => ({
    partitionKey: `key-${seq}`,
    data: bytesOf(streamRecord(seq)),
  }));

  const decoded = decode(encodeAggregate(records, md5));

  expect(
    decoded.map(({ partitionKey, subSequenceNumber, aggregateCount, event }) => [
      partitionKey,
      subSequenceNumber,
      aggregateCount,
      event?.messageId,
    ]),
  ).toEqual([
    ['key-1', 0, 3, 'k3f9aL0qXw.1'],
    ['key-2', 1, 3, 'k3f9aL0qXw.2'],
    ['key-3', 2, 3, 'k3f9aL0qXw.3'],
  ]);
});

test('every record of an aggregate leads to the aggregate as it came, which is there once', () => {
  const data = encodeAggregate(
    [1, 2].map((seq) => ({ partitionKey: `key-${seq}`, data: bytesOf(streamRecord(seq)) })),
    md5,
  );

  const [first, second] = decode(data);

  expect(first?.aggregate).toEqual({ partitionKey: 'outer', data });
  expect(first?.aggregate?.data).toBe(data);
  expect(second?.aggregate).toBe(first?.aggregate);
});

test('records that hash outside of their shard are marked, by an explicit hash key if they have one', () => {
  const alpha = hashKeyOf('alpha', md5);
  const only = { start: alpha, end: alpha };
  const data = bytesOf('x');
  const records: UserRecord[] = [
    { partitionKey: 'alpha', data },
    { partitionKey: 'beta', data },
    { partitionKey: 'beta', explicitHashKey: `${alpha}`, data },
    { partitionKey: 'alpha', explicitHashKey: `${alpha + 1n}`, data },
    { partitionKey: 'alpha', explicitHashKey: 'no number', data },
    { partitionKey: 'alpha', explicitHashKey: '', data },
  ];

  const decoded = decode(encodeAggregate(records, md5), only);

  expect(decoded.map(({ outOfRange }) => outOfRange)).toEqual([
    false,
    true,
    false,
    true,
    true,
    true,
  ]);
  expect(decode(encodeAggregate(records.slice(1, 2), md5), ALL)[0]?.outOfRange).toBe(false);
  expect(decode(data, only)[0]?.outOfRange).toBe(false);
});

test('every record of an aggregate that the Kinesis Client Library would drop says so', () => {
  const alpha = hashKeyOf('alpha', md5);
  const only = { start: alpha, end: alpha };
  const data = bytesOf('x');
  const both = encodeAggregate(
    [
      { partitionKey: 'alpha', data },
      { partitionKey: 'beta', data },
      { partitionKey: 'alpha', data },
    ],
    md5,
  );
  const alone = encodeAggregate([{ partitionKey: 'alpha', data }], md5);

  const decoded = decode(both, only);

  expect(decoded.map(({ outOfRange }) => outOfRange)).toEqual([false, true, false]);
  expect(decoded.map(({ kclDrops }) => kclDrops)).toEqual([true, true, true]);
  expect(decode(alone, only)).toMatchObject([{ outOfRange: false, kclDrops: false }]);
  expect(decode(data, only)).toMatchObject([{ outOfRange: false, kclDrops: false }]);
});

test('whatever the keys and the shard, the marks are those of the rule', () => {
  const hashKey = fc.bigInt(0n, 2n ** 128n - 1n);
  const record = fc.record(
    {
      partitionKey: fc.constantFrom('a', 'b', 'c', '1', 'ключ'),
      explicitHashKey: hashKey.map(String),
    },
    { requiredKeys: ['partitionKey'] },
  );
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.tuple(hashKey, hashKey),
      (keys, [one, other]) => {
        const [start, end] = one < other ? [one, other] : [other, one];
        const data = encodeAggregate(
          keys.map((each) => ({ ...each, data: bytesOf('x') })),
          md5,
        );

        const decoded = decode(data, { start, end });

        const outside = keys.map(({ partitionKey, explicitHashKey }) => {
          const digest = createHash('md5').update(partitionKey).digest('hex');
          const at = BigInt(explicitHashKey ?? `0x${digest}`);
          return at < start || at > end;
        });
        expect(decoded.map(({ outOfRange }) => outOfRange)).toEqual(outside);
        expect(new Set(decoded.map(({ kclDrops }) => kclDrops))).toEqual(
          new Set([outside.includes(true)]),
        );
      },
    ),
  );
});

test('the ends of the range of a shard belong to it', () => {
  const range = { start: 10n, end: 20n };
  const data = bytesOf('x');
  const records = [9n, 10n, 20n, 21n].map((hashKey) => ({
    partitionKey: 'k',
    explicitHashKey: `${hashKey}`,
    data,
  }));

  const decoded = decode(encodeAggregate(records, md5), range);

  expect(decoded.map(({ outOfRange }) => outOfRange)).toEqual([true, false, false, true]);
});

test.each([
  ['a record', MAX_RECORD_BYTES],
  ['a large record', MAX_LARGE_RECORD_BYTES],
])('the sizes around the bound of %s are read', (_, bound) => {
  const around = singleKeyBaseBytes(1) + singleKeyRecordBytes(bound) - bound;
  for (const size of [bound - 1, bound, bound + 1]) {
    const content = Buffer.alloc(size - around, 'x');
    const aggregate = encodeAggregate([{ partitionKey: 'k', data: content }], md5);

    const plain = decode(Buffer.alloc(size, 'x'));
    const decoded = decode(aggregate);

    expect(aggregate).toHaveLength(size);
    expect(plain.map((record) => [record.aggregateCount, record.data.length])).toEqual([
      [undefined, size],
    ]);
    expect(decoded.map(({ aggregateCount }) => aggregateCount)).toEqual([1]);
    expect(content.equals(decoded[0]?.data ?? new Uint8Array())).toBe(true);
  }
});

test('where nobody knows the range of the shard, no record is out of it', () => {
  const data = encodeAggregate([{ partitionKey: 'k', data: bytesOf(streamRecord(1)) }], md5);

  const decoded = decodeRecord(
    { Data: data, PartitionKey: 'k', SequenceNumber: '7' },
    { shardId: 's', hashKeys: undefined, readAt: 0 },
  );

  expect(decoded).toMatchObject([
    { outOfRange: false, kclDrops: false, event: { messageId: 'k3f9aL0qXw.1' } },
  ]);
});

test.each([
  ['beyond ASCII', 'ключ-日本-😀'],
  ['like an integer', '10'],
  ['with a mark of the byte order in front', '\ufeffkey'],
  ['of 256 characters', 'é'.repeat(256)],
  ['named as a property of every object', '__proto__'],
])('a partition key %s comes as it was, with its own data', (_, partitionKey) => {
  const records = [
    { partitionKey: '9', data: bytesOf('first') },
    { partitionKey, data: new Uint8Array() },
    { partitionKey: '1', data: bytesOf('last') },
  ];

  const decoded = decode(encodeAggregate(records, md5));

  expect(decoded.map((record) => [record.partitionKey, record.data])).toEqual(
    records.map((record) => [record.partitionKey, record.data]),
  );
});

test('a CloudEvent is the event that it holds: for the ledger and the debug view as well', () => {
  const data = bytesOf(cloudEvent);
  const ledger = createLedger();

  const [record] = decode(data);

  expect(record).toMatchObject({ data, event: cloudEvent.data });
  if (!record) throw new Error('nothing was decoded');
  expect(ledger.add(record)).toBe('new');
  expect(ledger.add({ ...record, event: streamRecord(42) })).toBe('new');
  expect(ledger.lane('k3f9aL0qXw')).toMatchObject({ received: 2, highest: 42 });
  expect(labelOf(record)).toEqual({ type: 'track', name: 'Product Clicked', path: '/ключ' });
});

test.each(plains)('$name is shown as it is: $reason', ({ hex, reason }) => {
  const data = Uint8Array.from(Buffer.from(hex, 'hex'));

  const decoded = decode(data);

  expect(decoded).toHaveLength(1);
  expect(decoded[0]).toMatchObject({
    data,
    partitionKey: 'outer',
    undecoded: reason === 'no_magic' ? undefined : reason,
    event: undefined,
  });
});

test.each([
  ['text', 'hello'],
  ['JSON cut off', '{"type":"track"'],
  ['an array', '[]'],
  ['another type', { ...streamRecord(1), type: 'click' }],
  ['no message id', { ...streamRecord(1), messageId: undefined }],
  ['no client', { ...streamRecord(1), anonymousId: 7 }],
  ['no position', { ...streamRecord(1), rivulet: undefined }],
  [
    'a lane of the wrong letters',
    { ...streamRecord(1), rivulet: { lane: 'a b', seq: 1, source: 's' } },
  ],
  ['the number 0', streamRecord(0)],
  ['half a number', streamRecord(1.5)],
  ['a CloudEvent of somebody else', { ...cloudEvent, data: { id: 7 } }],
  ['a CloudEvent without data', { ...cloudEvent, data: undefined }],
  ['a CloudEvent of another version', { ...cloudEvent, specversion: '0.3' }],
  ['no source', { ...streamRecord(1), rivulet: { lane: 'k3f9aL0qXw', seq: 1 } }],
])('%s is data and no event', (_, value) => {
  const data = bytesOf(value);

  expect(decode(data)).toMatchObject([{ data, event: undefined }]);
});

test.each([
  [MAX_RECORD_BYTES - 1, 'k3f9aL0qXw.1'],
  [MAX_RECORD_BYTES, 'k3f9aL0qXw.1'],
  [MAX_RECORD_BYTES + 1, undefined],
])(
  'of %i bytes of JSON the message id is %s: more is not read, because no relay takes an event of it',
  (length, id) => {
    const eventOf = (body: string) => JSON.stringify({ ...streamRecord(1), properties: { body } });
    const data = bytesOf(eventOf('x'.repeat(length - eventOf('').length)));

    const [record] = decode(data);

    expect(data).toHaveLength(length);
    expect(record?.data).toBe(data);
    expect(record?.event?.messageId).toBe(id);
  },
);

test('no bytes make it throw or vanish: what is no aggregate comes whole, as one record', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isFramed) => {
      const data = isFramed
        ? Buffer.concat([Buffer.of(0xf3, 0x89, 0x9a, 0xc2), bytes, md5(bytes)])
        : bytes;

      const decoded = decode(data);

      const isAggregate = decoded[0]?.aggregateCount !== undefined;
      if (!isAggregate) expect(decoded).toMatchObject([{ data, subSequenceNumber: 0 }]);
      if (!isFramed) expect(isAggregate).toBe(false);
    }),
  );
});

test('an absent field of a record is nothing worse than empty', () => {
  const decoded = decodeRecord(
    { Data: undefined, PartitionKey: undefined, SequenceNumber: undefined },
    { shardId: 's', hashKeys: ALL, readAt: 0, md5 },
  );

  expect(decoded).toMatchObject([{ partitionKey: '', sequenceNumber: '0', arrivedAt: undefined }]);
});
