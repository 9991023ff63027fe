// @vitest-environment node
import { expect, test } from 'vitest';
import { decodeRecord } from '../../../../src/consumer/decode.ts';
import type { ConsumedRecord } from '../../../../src/consumer/types.ts';
import { readAnatomy } from '../../../../src/debug/detail/anatomy.ts';
import { keyMd5 } from '../../../../src/debug/stream/key-md5.ts';
import { encodeAggregate, type UserRecord } from '../../../../src/protocol/aggregate.ts';
import { hashKeyOf } from '../../../../src/protocol/partition-key.ts';
import plains from '../../../fixtures/aggregates/plain.json' with { type: 'json' };

const ALL = { start: 0n, end: 2n ** 128n - 1n };

function recordsIn(data: Uint8Array, hashKeys = ALL): readonly ConsumedRecord[] {
  return decodeRecord(
    { Data: data, PartitionKey: 'outer', SequenceNumber: '7' },
    { shardId: 's', hashKeys, readAt: 0, md5: keyMd5 },
  );
}

function anatomyOf(data: Uint8Array, hashKeys = ALL) {
  const [record] = recordsIn(data, hashKeys);
  if (!record) throw new Error('nothing was decoded');
  return readAnatomy(record, hashKeys, keyMd5);
}

const recordOf = (partitionKey: string, bytes: number): UserRecord => ({
  partitionKey,
  data: new Uint8Array(bytes),
});

test('an aggregate: its records, its keys, and what it would have cost without it', () => {
  const records = [recordOf('u17', 30_000), recordOf('u88', 100), recordOf('u17', 100)];

  const anatomy = anatomyOf(encodeAggregate(records, keyMd5));

  expect(anatomy.records).toHaveLength(3);
  expect(anatomy.contentBytes).toBe(30_200);
  expect(anatomy.bytes).toBeGreaterThan(30_200);
  expect([anatomy.units, anatomy.unitsAlone]).toEqual([2, 4]);
  expect(anatomy.keys).toEqual([
    { partitionKey: 'u17', explicitHashKey: undefined, records: 2, isOutside: false },
    { partitionKey: 'u88', explicitHashKey: undefined, records: 1, isOutside: false },
  ]);
  expect(anatomy.trail.at(-1)?.text).toBe('Taken for 3 records');
  expect(anatomy.trail.every(({ ok }) => ok)).toBe(true);
});

test('the keys that are outside of the shard are those by which the KCL drops it', () => {
  const alpha = hashKeyOf('alpha', keyMd5);
  const only = { start: alpha, end: alpha };
  const data = encodeAggregate(
    [
      recordOf('alpha', 1),
      recordOf('beta', 1),
      { ...recordOf('beta', 1), explicitHashKey: `${alpha}` },
      { ...recordOf('alpha', 1), explicitHashKey: 'no number' },
    ],
    keyMd5,
  );

  const { keys } = anatomyOf(data, only);

  expect(keys.map(({ partitionKey, isOutside }) => [partitionKey, isOutside])).toEqual([
    ['beta', true],
    ['alpha', true],
    ['alpha', false],
    ['beta', false],
  ]);
  expect(recordsIn(data, only).map(({ outOfRange }) => outOfRange)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test('a plain record says where the decoder stopped', () => {
  const { trail, records } = anatomyOf(new TextEncoder().encode('{"type":1}'));

  expect(records).toEqual([]);
  expect(trail).toEqual([
    { ok: false, text: 'KPL magic: no, it begins with 7b 22 74 79' },
    { ok: true, text: 'Shown as a plain record' },
  ]);
});

test('a checksum that is wrong is shown next to the right one', () => {
  const data = encodeAggregate([recordOf('u17', 10)], keyMd5);
  data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;

  const { trail } = anatomyOf(data);

  expect(trail.map(({ ok }) => ok)).toEqual([true, true, false, true]);
  expect(trail[2]?.text).toMatch(/^MD5: no, it says [\da-f]{32}, its content has [\da-f]{32}$/);
});

test.each(plains)('$name: the trail ends where it was refused', ({ hex, reason }) => {
  const { trail, records } = anatomyOf(Uint8Array.from(Buffer.from(hex, 'hex')));

  const order = ['no_magic', 'too_short', 'checksum', 'malformed', 'bad_index', 'empty'];
  expect(records).toEqual([]);
  expect(trail).toHaveLength(order.indexOf(reason) + 2);
  expect(trail.filter(({ ok }) => !ok)).toEqual([trail.at(-2)]);
});

test('without its aggregate a record has no anatomy to show', () => {
  const [whole] = recordsIn(encodeAggregate([recordOf('u17', 10), recordOf('u17', 10)], keyMd5));
  if (!whole) throw new Error('nothing was decoded');
  const { aggregate, ...record } = whole;

  expect(aggregate).toBeDefined();
  expect(readAnatomy(record, ALL, keyMd5).records).toEqual([]);
});
