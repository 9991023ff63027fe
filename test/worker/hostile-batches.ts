/** Batches that break in every way that bytes can be broken: by chance, and by somebody who knows how. */

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { LANE, NOW, nested, type Segment } from './relay-under-test.ts';

export type Bytes = Uint8Array<ArrayBuffer>;
export type Mutation = (bytes: Bytes) => Bytes;

export interface HostileBatch {
  readonly sender: object;
  readonly segments: readonly Segment[];
  readonly isGzipped: boolean;
  /** Changes the text. */
  readonly inner: Mutation;
  /** Changes what is signed: gzip, or the text. */
  readonly outer: Mutation;
  /** Changes what has been signed. */
  readonly signed: Mutation;
}

const hostileText = fc.constantFrom(
  ...['', '\u0000', '\ud800', '\udfff\ud800', '\uffff', '\u2028', '\ufeff', '👩‍👩‍👧‍👦', 'a\u0300'],
  ...['__proto__', 'constructor', 'toString', '\\', '"', "'", '\r', '@', '@x 1 {}', 'null'],
  ...['jane@shop.example', '4242 4242 4242 4242', 'ORD-17', '%40', 'e'.repeat(300)],
);
export const text: fc.Arbitrary<string> = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary', maxLength: 20 }),
);
export const value: fc.Arbitrary<Record<string, unknown>> = fc.object({
  key: text,
  values: [text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
  maxDepth: 3,
  maxKeys: 4,
});

/** Lines that a parser, a scanner or a regular expression could fall over. */
const hostileLine = fc.constantFrom(
  ...['', ' ', '{', '}', '[]', '0', '-', '"', 'null', '{"type":', '\u0000', '\ufeff{}', '{}{}'],
  `{"type":"track","event":"E","timestamp":${NOW},"properties":{"a":1},"properties":{"b":2}}`,
  `{"type":"track","event":"E","timestamp":${NOW},"prop\\u0065rties":{"a":"\\u0000\\ud800"}}`,
  `{"type":"track","event":"E","timestamp":${NOW},"__proto__":{"type":"page"},"context":{"__proto__":1}}`,
  `{"type":"track","event":"E","timestamp":1e-7,"properties":{"a":1e400,"b":-0,"c":${'9'.repeat(400)}}}`,
  `{"type":"page","timestamp":${NOW},"properties":${nested(31)}}`,
  `{"type":"page","timestamp":${NOW},"properties":${nested(5000)}}`,
  `{"type":"page","timestamp":${NOW},"traits":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  `{"type":"page","timestamp":${NOW},"properties":{${Array.from({ length: 6000 }, (_, n) => `"${n}":0`)}}}`,
  `{"type":"page","timestamp":${NOW},"properties":{"a":"${'\\\\'.repeat(10_000)}"}}`,
  `{"type":"page","timestamp":${NOW},"properties":{"a":"${'a@'.repeat(4000)}","b":"${'4 '.repeat(4000)}"}}`,
);

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record(
        {
          type: fc.constantFrom(
            'track',
            'page',
            'identify',
            'group',
            'alias',
            'log',
            'metric',
            'drop',
            'erase',
            'x',
          ),
          timestamp: fc.oneof(fc.constant(NOW), fc.double(), fc.integer()),
          event: fc.oneof(fc.constantFrom('Purchased', 'Clicked'), text),
          properties: fc.oneof(value, fc.record({ key: text, price: fc.integer() })),
          traits: value,
          groupId: text,
          previousId: text,
          route: fc.oneof(fc.constantFrom('alarms', 'constructor'), text),
          context: value,
        },
        { requiredKeys: ['type', 'timestamp'] },
      )
      .map((event) => JSON.stringify(event)),
  },
  { weight: 2, arbitrary: hostileLine },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: text.map((chars) => chars.toWellFormed().replaceAll('\n', '')) },
);

const segment = fc.record({
  lane: mostly(
    40,
    fc.constantFrom(LANE, 'anotherLane', 'l'.repeat(32)),
    fc.constantFrom('x', 'l'.repeat(33), 'a b'),
  ),
  first: mostly(40, fc.constantFrom(1, 7, 999_999_999_999_999), fc.constantFrom(0, -1, 1e20)),
  context: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ anonymousId: 'client-1', page: { path: '/a' } }) },
    { weight: 3, arbitrary: value.map((more) => ({ ...more, anonymousId: 'client-1' })) },
    { weight: 1, arbitrary: fc.constant({ page: { path: '/a' } }) },
    { weight: 1, arbitrary: text.map((anonymousId) => ({ anonymousId, userId: anonymousId })) },
    { weight: 1, arbitrary: hostileLine },
  ),
  events: fc.array(line, { maxLength: 10 }),
});

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const asItIs: Mutation = (bytes) => bytes;

const flipped = fc
  .array(fc.tuple(place, fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 6 })
  .map(
    (flips): Mutation =>
      (bytes) => {
        const copy = bytes.slice();
        for (const [at, bit] of flips) {
          const index = Math.floor(at * copy.length);
          copy[index] = (copy[index] ?? 0) ^ (1 << bit);
        }
        return copy;
      },
  );

const truncated = place.map(
  (at): Mutation =>
    (bytes) =>
      bytes.slice(0, at * bytes.length),
);

const widened = fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
  ([at, more]): Mutation =>
    (bytes) => {
      const cut = Math.floor(at * bytes.length);
      return join(bytes.slice(0, cut), more, bytes.slice(cut));
    },
);

const bomb = new Uint8Array(gzipSync(new Uint8Array(8 * 1024 * 1024)));

const mutation = fc.oneof(
  { weight: 6, arbitrary: flipped },
  { weight: 4, arbitrary: truncated },
  { weight: 3, arbitrary: widened },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Mutation>(
      (bytes) => join(bytes, bytes),
      (bytes) => new Uint8Array(gzipSync(bytes)),
      () => bomb,
      () => new Uint8Array(0),
      // As many lines as nobody may send, of one event that is none.
      (bytes) => join(bytes, Buffer.from('{}\n'.repeat(600))),
    ),
  },
);

export const hostileBatch: fc.Arbitrary<HostileBatch> = fc.record({
  sender: mostly(
    20,
    fc.constantFrom<object>(
      { sdk: 'rivulet/test' },
      { sdk: 'x', clockOffset: 1e300, after: { [LANE]: '1' } },
      { sdk: 'x'.repeat(500), after: { toString: 'x' } },
    ),
    fc.constantFrom<object>({ sdk: 7 }, []),
  ),
  segments: fc.array(segment, { maxLength: 3 }),
  isGzipped: fc.boolean(),
  inner: mostly(2, fc.constant(asItIs), mutation),
  outer: mostly(5, fc.constant(asItIs), mutation),
  signed: mostly(10, fc.constant(asItIs), mutation),
});

/** The one, and now and then the other. */
function mostly<T>(
  times: number,
  often: fc.Arbitrary<T>,
  seldom: fc.Arbitrary<T>,
): fc.Arbitrary<T> {
  return fc.oneof({ weight: times, arbitrary: often }, { weight: 1, arbitrary: seldom });
}

function join(...parts: readonly Uint8Array[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}
