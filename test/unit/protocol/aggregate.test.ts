// @vitest-environment node
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AGGREGATE_FRAME_BYTES,
  decodeAggregate,
  encodeAggregate,
  singleKeyBaseBytes,
  singleKeyRecordBytes,
  type UserRecord,
} from '../../../src/protocol/aggregate.ts';
import aggregates from '../../fixtures/aggregates/aggregates.json' with { type: 'json' };
import plains from '../../fixtures/aggregates/plain.json' with { type: 'json' };
import { peerDecode, peerEncode } from '../../helpers/aws-kinesis-agg.ts';
import { nodeMd5 } from './md5.ts';

interface Golden {
  readonly name: string;
  /** Whether it is byte for byte what our writer makes of the records. */
  readonly canonical: boolean;
  readonly records: readonly {
    readonly partitionKey: string;
    readonly explicitHashKey?: string;
    /** Hex. */
    readonly data?: string;
    /** A byte and how often. */
    readonly fill?: readonly number[];
  }[];
  readonly hex?: string;
  /** Of those that are too long for a file. */
  readonly sha256?: string;
}

function recordsOf(golden: Golden): UserRecord[] {
  return golden.records.map(({ data, fill, ...record }) => ({
    ...record,
    data: Uint8Array.from(
      fill ? Buffer.alloc(fill[1] ?? 0, fill[0]) : Buffer.from(data ?? '', 'hex'),
    ),
  }));
}

/** Records with plain arrays, so that a Buffer equals the bytes it holds. */
function comparable(data: Uint8Array): unknown {
  const decoded = decodeAggregate(data, nodeMd5);
  if (decoded.kind === 'plain') return decoded;
  return decoded.records.map((record) => ({ ...record, data: Uint8Array.from(record.data) }));
}

const all: readonly Golden[] = aggregates;
const written = all.filter(({ hex }) => hex !== undefined);
const canonical = all.filter((golden) => golden.canonical);

describe('golden aggregates', () => {
  test.each(written)('reads $name', (golden) => {
    expect(comparable(Buffer.from(golden.hex ?? '', 'hex'))).toEqual(recordsOf(golden));
  });

  test.each(canonical)('writes $name', (golden) => {
    const bytes = encodeAggregate(recordsOf(golden), nodeMd5);

    if (golden.hex !== undefined) expect(Buffer.from(bytes).toString('hex')).toBe(golden.hex);
    else expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.sha256);
    expect(comparable(bytes)).toEqual(recordsOf(golden));
  });

  test('there are some of each kind', () => {
    expect(written.length).toBeGreaterThan(15);
    expect(canonical.length).toBeGreaterThan(15);
  });
});

describe('what is no aggregate is a plain record', () => {
  test.each(plains)('$name: $reason', ({ hex, reason }) => {
    expect(decodeAggregate(Buffer.from(hex, 'hex'), nodeMd5)).toEqual({ kind: 'plain', reason });
  });

  test('every reason has its vector', () => {
    expect([...new Set(plains.map(({ reason }) => reason))].sort()).toEqual([
      'bad_index',
      'checksum',
      'empty',
      'malformed',
      'no_magic',
      'too_short',
    ]);
  });
});

const anyRecord = fc.record(
  {
    partitionKey: fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.nat(20).map(String),
      fc.constantFrom('\ufeff', '\ufeffkey', '__proto__'),
    ),
    explicitHashKey: fc.bigInt(0n, 2n ** 128n - 1n).map(String),
    data: fc.uint8Array({ maxLength: 300 }),
  },
  { requiredKeys: ['partitionKey', 'data'] },
);
const anyRecords = fc.array(anyRecord, { minLength: 1, maxLength: 40 });

test('whatever is written is read as it was', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      expect(comparable(encodeAggregate(records, nodeMd5))).toEqual(records);
    }),
  );
});

test('the size of an aggregate of one key is known before it is written', () => {
  const lengths = fc.oneof(
    fc.nat(300),
    fc.constantFrom(
      0,
      121,
      122,
      123,
      124,
      127,
      128,
      16_376,
      16_377,
      16_378,
      16_379,
      16_383,
      16_384,
    ),
  );
  const keys = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
    fc.constantFrom('k'.repeat(127), 'k'.repeat(128), 'é'.repeat(64)),
  );
  fc.assert(
    fc.property(keys, fc.array(lengths, { maxLength: 10 }), (partitionKey, sizes) => {
      const predicted = sizes.reduce(
        (sum, size) => sum + singleKeyRecordBytes(size),
        singleKeyBaseBytes(new TextEncoder().encode(partitionKey).length),
      );
      const records = sizes.map((size) => ({ partitionKey, data: new Uint8Array(size) }));

      // No record, no key in the table: the prediction is for aggregates that have one.
      if (sizes.length > 0) expect(encodeAggregate(records, nodeMd5)).toHaveLength(predicted);
    }),
  );
});

test('random bytes behind a magic number and before a right checksum never throw', () => {
  const message = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    // Nearly right: a real message with a byte changed.
    fc.tuple(anyRecords, fc.nat(), fc.nat(255)).map(([records, at, byte]) => {
      const body = encodeAggregate(records, nodeMd5).slice(4, -16);
      body[at % body.length] = byte;
      return body;
    }),
  );
  fc.assert(
    fc.property(message, (body) => {
      const data = Buffer.concat([Buffer.of(0xf3, 0x89, 0x9a, 0xc2), body, nodeMd5(body)]);

      expect(data.length).toBe(AGGREGATE_FRAME_BYTES + body.length);
      expect(['aggregate', 'plain']).toContain(decodeAggregate(data, nodeMd5).kind);
    }),
    { numRuns: 1000 },
  );
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
      expect(decodeAggregate(data, nodeMd5).kind).toBe('plain');
    }),
  );
});

describe('against aws-kinesis-agg', () => {
  /** Where the peer is right: an explicit hash key on every record or on none, keys that are no integers. */
  const keys = fc.constantFrom('alpha', 'beta', 'ключ', 'k'.repeat(200));
  const data = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const without = fc.array(fc.record({ partitionKey: keys, data }), {
    minLength: 1,
    maxLength: 30,
  });
  const withHashKeys = fc.array(
    fc.record({
      partitionKey: keys,
      explicitHashKey: fc.bigInt(2n ** 100n, 2n ** 128n - 1n).map(String),
      data,
    }),
    { minLength: 1, maxLength: 30 },
  );

  function peerReads(bytes: Uint8Array): UserRecord[] {
    return peerDecode(Buffer.from(bytes).toString('base64')).map(
      ({ partitionKey, explicitPartitionKey, data }) => ({
        partitionKey,
        ...(explicitPartitionKey !== undefined && { explicitHashKey: explicitPartitionKey }),
        data: Uint8Array.from(Buffer.from(data, 'base64')),
      }),
    );
  }

  test('it reads what we write', () => {
    fc.assert(
      fc.property(fc.oneof(without, withHashKeys), (records) => {
        expect(peerReads(encodeAggregate(records, nodeMd5))).toEqual(records);
      }),
    );
  });

  test('we read what it writes', () => {
    fc.assert(
      fc.property(fc.oneof(without, withHashKeys), (records) => {
        expect(comparable(peerEncode(records))).toEqual(records);
      }),
    );
  });

  test('we write what it writes', () => {
    fc.assert(
      fc.property(without, (records) => {
        expect(Buffer.from(encodeAggregate(records, nodeMd5)).equals(peerEncode(records))).toBe(
          true,
        );
      }),
    );
  });
});
