// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRecord } from '../../../src/consumer/decode.ts';
import { portableMd5 } from '../../../src/consumer/portable-md5.ts';
import {
  decodeAggregate,
  encodeAggregate,
  type UserRecord,
} from '../../../src/protocol/aggregate.ts';
import { peerDecode } from '../../helpers/aws-kinesis-agg.ts';
import { nodeMd5 } from './md5.ts';

/** Protobuf, written down plainly: a field's number, the kind of what follows, and that. */
const varint = (value: number): number[] =>
  value > 127 ? [(value % 128) | 128, ...varint(Math.floor(value / 128))] : [value];
const field = (number: number, bytes: Iterable<number>): number[] => {
  const content = [...bytes];
  return [...varint(number * 8 + 2), ...varint(content.length), ...content];
};
const number = (at: number, value: number): number[] => [...varint(at * 8), ...varint(value)];

function framed(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xf3, 0x89, 0x9a, 0xc2), body, nodeMd5(body)]);
}

const keys = fc.constantFrom('alpha', 'beta', 'ключ', '__proto__', 'k'.repeat(200));
const hashKeys = fc.bigInt(2n ** 100n, 2n ** 128n - 1n).map(String);
const data = fc.uint8Array({ maxLength: 150 });

/** Fields that the format does not have, of every kind, as a later version might write them. */
const unknown = fc
  .tuple(
    fc.integer({ min: 5, max: 300 }),
    fc.oneof(
      fc.nat().map((value) => ({ kind: 0, bytes: varint(value) })),
      fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => ({ kind: 1, bytes })),
      fc
        .uint8Array({ maxLength: 20 })
        .map((bytes) => ({ kind: 2, bytes: [...varint(bytes.length), ...bytes] })),
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => ({ kind: 5, bytes })),
    ),
  )
  .map(([at, { kind, bytes }]) => [...varint(at * 8 + kind), ...bytes]);

/** Between these parts, in this order, whatever a later version adds. */
function withUnknown(parts: readonly (readonly number[])[]): fc.Arbitrary<number[]> {
  return fc
    .array(fc.array(unknown, { maxLength: 2 }), {
      minLength: parts.length,
      maxLength: parts.length,
    })
    .map((added) => parts.flatMap((part, index) => [...(added[index] ?? []).flat(), ...part]));
}

/** A message by the format's rules, which our own writer would write otherwise, and what stands in it. */
const foreign = fc
  .record({
    table: fc.array(keys, { minLength: 1, maxLength: 6 }),
    hashKeyTable: fc.array(hashKeys, { minLength: 1, maxLength: 4 }),
    hasHashKeys: fc.boolean(),
    entries: fc.array(fc.tuple(fc.nat(), fc.nat(), data, fc.boolean(), fc.boolean()), {
      minLength: 1,
      maxLength: 12,
    }),
    isTableLast: fc.boolean(),
  })
  .chain(({ table, hashKeyTable, hasHashKeys, entries, isTableLast }) => {
    const records: UserRecord[] = [];
    const written = entries.map(([key, hashKey, bytes, isTurned, isTwice]) => {
      const partitionKey = table[key % table.length] ?? '';
      const explicitHashKey = hashKeyTable[hashKey % hashKeyTable.length] ?? '';
      records.push({ partitionKey, ...(hasHashKeys && { explicitHashKey }), data: bytes });
      const fields = [
        // Given twice, the last counts.
        [...(isTwice ? number(1, 99) : []), ...number(1, key % table.length)],
        hasHashKeys ? number(2, hashKey % hashKeyTable.length) : [],
        field(3, bytes),
        // A tag, which no reader looks at.
        field(4, field(1, Buffer.from('name'))),
      ];
      return withUnknown(isTurned ? fields.reverse() : fields).map((message) => field(3, message));
    });
    const tables = [
      ...table.map((key) => field(1, Buffer.from(key))),
      ...(hasHashKeys ? hashKeyTable.map((key) => field(2, Buffer.from(key))) : []),
    ];
    return fc
      .tuple(...written)
      .chain((messages) =>
        withUnknown(isTableLast ? [...messages, ...tables] : [...tables, ...messages]),
      )
      .map((body) => ({ bytes: framed(Uint8Array.from(body)), records }));
  });

type Change = readonly [
  kind: 'set' | 'remove' | 'insert' | 'cut' | 'double',
  at: number,
  byte: number,
];

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.tuple(fc.constantFrom('set', 'remove', 'insert', 'cut', 'double'), fc.nat(), fc.nat(255)),
  { minLength: 1, maxLength: 4 },
);

function changed(bytes: Uint8Array, list: readonly Change[]): Buffer {
  return list.reduce((before, [kind, place, byte]) => {
    const at = place % Math.max(1, before.length);
    const [head, tail] = [before.subarray(0, at), before.subarray(at)];
    if (kind === 'set') return Buffer.concat([head, Buffer.of(byte), tail.subarray(1)]);
    if (kind === 'remove') return Buffer.concat([head, tail.subarray(1)]);
    if (kind === 'insert') return Buffer.concat([head, Buffer.of(byte), tail]);
    return kind === 'cut' ? head : Buffer.concat([before, tail]);
  }, Buffer.from(bytes));
}

/** Plain arrays, so that a view equals the bytes it shows. */
function read(bytes: Uint8Array): unknown {
  const decoded = decodeAggregate(bytes, nodeMd5);
  if (decoded.kind === 'plain') return decoded;
  return decoded.records.map((record) => ({ ...record, data: Uint8Array.from(record.data) }));
}

describe('a message of any order, with fields of later versions', () => {
  test('is read as what stands in it', () => {
    fc.assert(
      fc.property(foreign, ({ bytes, records }) => {
        expect(read(bytes)).toEqual(records);
      }),
      { numRuns: 400 },
    );
  });

  test('is read as aws-kinesis-agg reads it', () => {
    fc.assert(
      fc.property(foreign, ({ bytes, records }) => {
        const peer = peerDecode(bytes.toString('base64')).map(
          ({ partitionKey, explicitPartitionKey, data }) => ({
            partitionKey,
            ...(explicitPartitionKey !== undefined && { explicitHashKey: explicitPartitionKey }),
            data: Uint8Array.from(Buffer.from(data, 'base64')),
          }),
        );

        expect(peer).toEqual(records);
      }),
      { numRuns: 200 },
    );
  });

  test('is read the same by the MD5 of browsers, and from the middle of other bytes', () => {
    fc.assert(
      fc.property(foreign, fc.nat(9), ({ bytes, records }, offset) => {
        const around = new Uint8Array(bytes.length + 20);
        around.set(bytes, offset);

        const decoded = decodeAggregate(
          around.subarray(offset, offset + bytes.length),
          portableMd5,
        );

        expect(decoded).toMatchObject({ kind: 'aggregate', records });
      }),
    );
  });
});

describe('bytes that were changed', () => {
  const original = fc
    .array(fc.record({ partitionKey: keys, data }), { minLength: 1, maxLength: 10 })
    .map((records) => encodeAggregate(records, nodeMd5));

  test('are one record, as they are: the checksum tells', () => {
    fc.assert(
      fc.property(original, changes, (bytes, list) => {
        const after = changed(bytes, list);
        if (after.equals(bytes)) return;

        const decoded = decodeRecord(
          { Data: after, PartitionKey: 'outer', SequenceNumber: '7' },
          { shardId: 's', hashKeys: undefined, readAt: 0 },
        );

        expect(decoded).toMatchObject([
          { data: after, partitionKey: 'outer', subSequenceNumber: 0 },
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test('with a checksum that is right are read or given as they are, and never read past their end', () => {
    fc.assert(
      fc.property(original, changes, (bytes, list) => {
        const after = framed(changed(bytes.subarray(4, -16), list));
        // What stands behind them in memory is somebody else's.
        const around = Buffer.concat([after, Buffer.alloc(300, 0x08)]);
        const view = around.subarray(0, after.length);

        const decoded = decodeRecord(
          { Data: view, PartitionKey: 'outer', SequenceNumber: '7' },
          { shardId: 's', hashKeys: undefined, readAt: 0 },
        );

        expect(decoded.length).toBeGreaterThan(0);
        const [first] = decoded;
        if (first?.undecoded !== undefined) expect(decoded).toMatchObject([{ data: after }]);
        else {
          const size = decoded.reduce((sum, record) => sum + record.data.length, 0);
          expect(size).toBeLessThan(after.length);
          expect(decoded.every((record) => after.includes(Buffer.from(record.data)))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
