import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createIsoWriter } from '../../worker/events/moment.ts';
import { plainProperties, scanJson } from '../../worker/events/scan.ts';
import { parseEvent } from '../../worker/events/validate.ts';
import { createRelayUnderTest, LANE, NOW, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the relay wrote for one event, as text. */
async function textOf(line: string, context: object | string = { anonymousId: 'client-1' }) {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest();
  const { answer } = await sendBatch([{ context, events: [line] }]);
  expect(answer.receipts).toMatchObject([{ status: 'stored' }]);
  return Buffer.from(kinesis.calls[0]?.input.Records[0]?.Data ?? '', 'base64').toString();
}

const event = (fields: string) => `{"type":"track","event":"E","timestamp":${NOW},${fields}}`;

describe('properties and traits', () => {
  test.each([
    ['an integer beyond 2^53', '{"id":9007199254740993123}'],
    ['a number without end', '{"far":1e400}'],
    ['a number as it was written', '{"price":1.50,"big":1e20,"zero":-0}'],
    ['half of a surrogate pair', '{"half":"\\ud83d"}'],
    ['a name that is written with an escape', '{"\\u0061b":1}'],
    ['texts that end in backslashes', '{"a":"\\\\","b":"\\\\\\"}","c":{"d":"{\\""}}'],
    ['an empty object', '{}'],
    ['a word for a constructor', '{"constructor":"Ferrari"}'],
  ])('keep %s', async (_, json) => {
    const text = await textOf(event(`"properties":${json},"traits":${json}`));

    expect(text).toContain(`"properties":${json},"traits":${json},"context":`);
  });

  test('have the last of two values, however their name is written', async () => {
    const twice = await textOf(event('"properties":{"a":1},"properties":{"a":2}'));
    const escaped = await textOf(event('"properties":{"a":1},"propert\\u0069es":{"a":2}'));

    expect(JSON.parse(twice).properties).toEqual({ a: 2 });
    expect(JSON.parse(escaped).properties).toEqual({ a: 2 });
    for (const text of [twice, escaped]) expect(text.split('"properties"')).toHaveLength(2);
  });

  test('cannot end early and go on as the record', async () => {
    const text = await textOf(event('"properties":{"a":"}"} , "rivulet":{"seq":9},"type":"track"'));

    expect(JSON.parse(text)).toMatchObject({ properties: { a: '}' }, rivulet: { seq: 1 } });
    expect(text.split('"rivulet"')).toHaveLength(2);
  });

  test.each([
    '{"__proto__":{"isAdmin":true},"a":[{"__proto__":1}]}',
    '{"\\u005f_proto__":{"isAdmin":true},"a":[{"__pro\\u0074o__":1}]}',
    '{"__proto__":1,"a":[{}]}',
    '{"constructor":{"prototype":{"isAdmin":true}},"a":[{"constructor":{"prototype":1}}]}',
  ])('lose what leads to a prototype: %s', async (json) => {
    const own = `"properties":${json},"traits":${json},"context":${json}`;

    const text = await textOf(event(own), `{"anonymousId":"client-1","page":${json}}`);

    const { properties, traits, context } = JSON.parse(text);
    expect([properties, traits, context]).toEqual([
      { a: [{}] },
      { a: [{}] },
      { a: [{}], page: { a: [{}] } },
    ]);
    expect(text).not.toMatch(/prot|\\u/);
  });
});

describe('a context', () => {
  test('keeps integers beyond 2^53, of the segment and of the event', async () => {
    const segment = '{"anonymousId":"client-1","device":{"id":9007199254740993},"app":1}';

    const alone = await textOf(event('"properties":{}'), segment);
    const joined = await textOf(event('"context":{"app":9007199254740995}'), segment);

    expect(alone).toContain('"context":{"device":{"id":9007199254740993},"app":1}');
    expect(joined).toContain('"context":{"device":{"id":9007199254740993},"app":9007199254740995}');
  });

  test('with an escaped name loses what leads to a prototype all the same', async () => {
    const own = '"__proto__":1,"a\\u0062":2';

    const text = await textOf(event(`"context":{${own}}`), `{"anonymousId":"client-1",${own}}`);

    expect(text).toContain('"context":{"ab":2}');
  });

  test('of an event cannot speak for the edge under a name with an escape', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest();

    await sendBatch([{ events: [event('"context":{"count\\u0072y":"XX"}')] }], {
      cf: { country: 'DE' },
    });

    const text = Buffer.from(kinesis.calls[0]?.input.Records[0]?.Data ?? '', 'base64').toString();
    expect(text).toContain('"context":{"country":"DE"}');
  });
});

describe('an event', () => {
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  test('has at most 5,000 keys', async () => {
    scriptKinesis();
    const { sendBatch } = createRelayUnderTest();
    // Its own are type, event, timestamp and properties.
    const events = [track(keys(4996)), track(keys(4997)), track({ list: new Array(9000).fill(1) })];

    const { answer } = await sendBatch([{ events }]);

    expect(answer.receipts).toMatchObject([
      { first: 1, count: 1, status: 'stored' },
      { first: 2, count: 1, code: 'too_many_keys', reason: 'event: expected at most 5000 keys' },
      { first: 3, count: 1, status: 'stored' },
    ]);
  });

  test('is as large as its source lets it be', async () => {
    scriptKinesis();
    const limits = { eventBytes: 200, batchEvents: 3 };
    const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ limits }) });
    const empty = JSON.stringify(track({ text: '' })).length;
    const events = [200, 201].map((bytes) => track({ text: 'x'.repeat(bytes - empty) }));

    const { answer } = await sendBatch([{ events }]);
    const many = await sendBatch([{ events: [track(), track(), track(), track()] }]);

    expect(answer.receipts).toMatchObject([
      { status: 'stored' },
      { code: 'event_too_large', reason: 'event: expected at most 200 bytes' },
    ]);
    expect([many.status, many.answer.code]).toEqual([413, 'too_large']);
  });

  test('is rejected with its size when its stream takes no record so large', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ maxRecordBytes: 2000 }) });
    const large = track({ text: 'x'.repeat(1700) });

    const { answer } = await sendBatch([{ events: [large, track({ text: 'x'.repeat(1500) })] }]);

    expect(kinesis.records()).toHaveLength(1);
    expect(answer.receipts).toMatchObject([
      {
        code: 'event_too_large',
        reason: expect.stringMatching(/^record: expected at most 2000 bytes, got 2\d{3}$/),
      },
      { status: 'stored' },
    ]);
  });
});

/** Any JSON text, with and without blanks between its parts. */
const anyJson = fc
  .json({ maxDepth: 6 })
  .chain((json) => fc.constantFrom(json, JSON.stringify(JSON.parse(json), null, 2)));

test('the fields of any object are found as JSON.parse finds them', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), anyJson), (dictionary) => {
      const fields = Object.entries(dictionary).map(
        ([name, json]) => `${JSON.stringify(name)} :\t${json}`,
      );
      const text = ` {${fields.join(' , ')}} `;
      const found: Record<string, unknown> = Object.create(null);

      const { keys, levels } = scanJson(text, (name, value) => {
        found[JSON.parse(`"${name}"`)] = JSON.parse(value);
      });

      const parsed: unknown = JSON.parse(text);
      expect(Object.entries(found)).toEqual(Object.entries(parsed as object));
      expect([keys, levels]).toEqual(measure(parsed));
    }),
    { seed: 4, numRuns: 500 },
  );
});

test('properties that are found without a scan are those that a scan finds, and hold no other object', () => {
  const name = fc.constantFrom('properties', 'propert\\u0069es', 'type', 'event', 'context');
  const value = fc.oneof(
    fc.constantFrom(
      '{}',
      '{"a":1}',
      '{"a":"}"}',
      '"properties"',
      '"x\\""',
      '{"properties":1}',
      '1',
    ),
    anyJson,
  );
  const field = fc
    .tuple(name, fc.constantFrom(':', ' : '), value)
    .map(([key, colon, json]) => `"${key}"${colon}${json}`);
  let found = 0;
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
      const text = `{${fields.join(',')}}`;
      const scanned = new Map<string, string>();
      scanJson(text, (key, json) => scanned.set(key, json));

      const properties = plainProperties(text, JSON.parse(text));

      if (properties === undefined) return;
      found++;
      expect(properties).toBe(scanned.get('properties'));
      expect(scanJson(properties, () => {}).levels).toBe(1);
    }),
    { seed: 4, numRuns: 20_000 },
  );
  expect(found).toBeGreaterThan(100);
});

/** Keys and levels, by walking through it. */
function measure(value: unknown): [keys: number, levels: number] {
  if (typeof value !== 'object' || value === null) return [0, 0];
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  const inner = Object.values(value).map(measure);
  return [
    inner.reduce((sum, [keys]) => sum + keys, own),
    1 + Math.max(0, ...inner.map(([, levels]) => levels)),
  ];
}

test('a moment is written as `Date` writes it', () => {
  const write = createIsoWriter();
  const moment = fc.oneof(
    fc.double({ min: 0, max: 253_402_300_799_999, noNaN: true }),
    fc.integer({ min: 1_763_673_600_000, max: 1_763_673_602_000 }),
  );

  fc.assert(
    fc.property(moment, (at) => {
      expect(write(at)).toBe(new Date(at).toISOString());
    }),
    { seed: 4, numRuns: 2000 },
  );
});

test('what is no JSON is found out, and not scanned for ever', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\a1 ') }), (text) => {
      expect(() => scanJson(text, () => {})).not.toThrow();
      expect(parseEvent(text).ok).toBe(false);
    }),
    { seed: 4, numRuns: 2000 },
  );
});

test('a line of a lane says nothing of its place there', async () => {
  const text = await textOf(event('"properties":{},"rivulet":{"lane":"other","seq":7}'));

  expect(JSON.parse(text).rivulet).toEqual({ lane: LANE, seq: 1, source: 'shop' });
});
