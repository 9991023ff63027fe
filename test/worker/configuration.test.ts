import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_AGGREGATE_BYTES } from '../../src/protocol/limits.ts';
import { parseSettings, regionsOf } from '../../worker/configuration/settings.ts';
import { parseStoredSource } from '../../worker/configuration/sources.ts';
import { ENV, sources } from './relay-under-test.ts';

const SHOP = { name: 'shop', stream: 'clickstream', origins: '*' };

/** What is wrong with the source `shop` when these fields are changed. */
function problemsWith(fields: object, env: object = {}): readonly string[] {
  const settings = parseSettings({ ...ENV, ...env, SOURCES: sources(fields) }, false);
  return settings.ok ? [] : settings.problems;
}

function sourceWith(fields: object) {
  const settings = parseSettings({ ...ENV, SOURCES: sources(fields) }, false);
  if (!settings.ok) throw new Error(settings.problems.join());
  return settings.value.sources.get('wk_shop');
}

describe('settings', () => {
  test('may leave the sources to a store, and only to one', () => {
    const env = { ...ENV, SOURCES: '' };

    expect(parseSettings(env, true).ok).toBe(true);
    expect(parseSettings(env, false)).toEqual({
      ok: false,
      problems: ['SOURCES: expected at least one source'],
    });
  });

  test('are told all their problems at once, also those between them', () => {
    const problems = problemsWith(
      { turnstile: true, spreadWhen: 'hot', stream: 'ok' },
      { RELAY_SECRET: '', RELAY_ACCESS_ISSUER: 'https://team.example', RELAY_REVOKED: 'a b' },
    );

    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'RELAY_SECRET',
      'RELAY_REVOKED',
      'RELAY_ACCESS_ISSUER, RELAY_ACCESS_AUDIENCE',
      'SOURCES.wk_shop.turnstile',
      'SOURCES.wk_shop.spread',
    ]);
  });

  test('let readers see the streams that are written to, those of routes included', () => {
    const routes = [{ events: ['Purchase'], stream: 'orders' }];
    const settings = parseSettings({ ...ENV, SOURCES: sources({ routes }) }, false);

    expect(settings.ok && [...settings.value.readStreams]).toEqual(['clickstream', 'orders']);
  });

  test('let readers see the streams that are named, where some are', () => {
    const settings = parseSettings({ ...ENV, RELAY_READ_STREAMS: ' a, b\n' }, false);

    expect(settings.ok && [...settings.value.readStreams]).toEqual(['a', 'b']);
  });

  test('give a stream of several sources the region of the first', () => {
    const SOURCES = JSON.stringify({
      wk_shop: { ...SHOP, region: 'eu-west-1' },
      wk_blog: { ...SHOP, name: 'blog', region: 'us-west-2' },
    });
    const settings = parseSettings({ ...ENV, SOURCES }, false);

    expect(settings.ok && [...regionsOf(settings.value)]).toEqual([['clickstream', 'eu-west-1']]);
  });

  test.each([
    ['RELAY_READ_STREAMS', 'click stream/1', 'names of Kinesis data streams'],
    ['RELAY_REVOKED', 'eyJ1c2UiOiJiYXRjaCJ9.c2lnbmF0dXJl', 'ids of tokens'],
    ['RELAY_ACCESS_ISSUER', 'team.example', 'an http(s) URL'],
  ])('refuse %s = %s, and do not show it', (name, value, expected) => {
    const env = { RELAY_ACCESS_AUDIENCE: 'tag', RELAY_ACCESS_ISSUER: 'https://a.example' };
    const [problem, ...more] = problemsWith({}, { ...env, [name]: value });

    expect(problem).toContain(`${name}: expected ${expected}`);
    expect(problem).not.toContain(value);
    expect(more).toEqual([]);
  });
});

describe('a source', () => {
  test('has every default in its place', () => {
    expect(sourceWith({ origins: '*' })).toEqual({
      ...SHOP,
      writeKey: 'wk_shop',
      routes: [],
      partition: 'client',
      spread: 1,
      spreadWhen: 'always',
      ordering: 'laned',
      aggregate: true,
      aggregateBytes: DEFAULT_AGGREGATE_BYTES,
      maxRecordBytes: 1_048_576,
      maxPutBytes: 5_242_880,
      format: 'segment',
      sample: 1,
      limits: { batchEvents: 500, eventBytes: 262_144 },
      unsignedBeacons: false,
      turnstile: false,
      edge: ['country', 'colo', 'asn'],
      ip: 'truncated',
      redact: [],
      config: {},
      disabled: false,
    });
  });

  test('tells clients of its limit, so that they need not find out by a refusal', () => {
    expect(sourceWith({ limits: { batchEvents: 50 } })?.config).toEqual({ maxBatchEvents: 50 });
    expect(
      sourceWith({ limits: { batchEvents: 50 }, config: { maxBatchEvents: 20 } })?.config,
    ).toEqual({ maxBatchEvents: 20 });
  });

  test('makes no record that is larger than its stream takes, nor one that no call could carry', () => {
    expect(sourceWith({ maxRecordBytes: 4096 })?.aggregateBytes).toBe(4096);
    expect(sourceWith({ maxPutBytes: 8192 })?.maxRecordBytes).toBe(8192);
  });

  test.each<[object, string]>([
    [{ ordering: 'strict', partition: 'random' }, 'ordering: expected "laned" with partition'],
    [{ ordering: 'strict', partition: 'auto' }, 'ordering: expected "laned" with partition'],
    [{ ordering: 'strict', spread: 4 }, 'ordering: expected "laned" with a spread'],
    [{ spreadWhen: 'hot' }, 'spread: expected 2 or more'],
    [
      { limits: { batchEvents: 10 }, config: { maxBatchEvents: 11 } },
      'config.maxBatchEvents: expected at most limits.batchEvents',
    ],
    [{ redact: [{ name: 'x', pattern: 'a*' }] }, 'redact.0.pattern: expected one that does not'],
    [{ redact: [{ name: 'x', pattern: '(' }] }, 'redact.0.pattern: expected a regular'],
    [{ redact: ['phone'] }, 'redact.0: expected email, card, or { name, pattern }'],
    [{ edge: ['planet'] }, 'edge.0: expected'],
    [{ origins: [] }, 'origins: expected'],
    [{ sample: 1.5 }, 'sample: expected a number from 0 to 1'],
    [{ routes: [{ events: ['A'] }] }, 'routes.0.stream: expected one, got none'],
    [{ routes: [{ stream: 'orders' }] }, 'routes.0: expected a route, or events'],
    [{ routes: [{ route: '', stream: 'orders' }] }, 'routes.0.route: expected a name'],
    [
      { routes: [{ route: 'r'.repeat(201), stream: 'orders' }] },
      'routes.0.route: expected at most 200 characters',
    ],
    [{ limits: { eventBytes: 0 } }, 'limits.eventBytes: expected a whole number'],
    [{ limits: 5 }, 'limits: expected Object'],
    [{ region: 'mars' }, 'region: expected an AWS region'],
  ])('is refused with %j', (fields, problem) => {
    const problems = problemsWith(fields);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`SOURCES.wk_shop.${problem}`);
  });

  test('shows nothing of what it is refused for', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...Object.keys(sourceWith({}) ?? {}), 'other'),
          fc.oneof(
            fc.constant('sEcReT'),
            fc.constant(['sEcReT']),
            fc.constant({ sEcReT: 'sEcReT' }),
            fc.constant(4_815_162_342),
            fc.constant([{ name: 'sEcReT', events: ['sEcReT'], pattern: 'sEcReT(' }]),
          ),
        ),
        (fields) => {
          const { name, writeKey, config, ...rest } = fields;
          const stored = parseStoredSource('wk_shop', JSON.stringify({ ...SHOP, ...rest }));
          const problems = stored.ok ? '' : stored.problems.join();

          // A field's name is shown: it is what has to be mended.
          expect(problems.replaceAll(/[\w.]*\.sEcReT:|sEcReT:/g, '')).not.toMatch(
            /sEcReT|4815162342/,
          );
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('a tracking plan', () => {
  const plan = (schema: object) => ({ plan: { events: { Purchase: schema } } });

  test('may refer to its own parts', () => {
    const schema = {
      type: 'object',
      $defs: { money: { type: 'number', minimum: 0 } },
      properties: { total: { $ref: '#/$defs/money' }, id: { type: ['string', 'null'] } },
      required: ['total'],
    };

    expect(problemsWith(plan(schema))).toEqual([]);
  });

  test.each<[object, string]>([
    [{ type: 'strnig' }, '/type: expected string, number'],
    [{ properties: { total: { type: 'money' } } }, '/properties/total/type: expected'],
    [{ required: 'total' }, '/required: expected a list'],
    [{ properties: { a: { pattern: '(' } } }, '/properties/a/pattern: expected a regular'],
    [{ patternProperties: { '(': {} } }, '/patternProperties: expected schemas by pattern'],
    [{ properties: { a: { $ref: '#/$defs/none' } } }, '/properties/a/$ref: expected a schema'],
    [{ minLength: '3' }, '/minLength: expected a whole number'],
    [{ $ref: 'http://[' }, ': expected $id and $ref to be URIs'],
  ])('is refused before an event meets it: %j', (schema, problem) => {
    const [found, ...more] = problemsWith(plan(schema));

    expect(found).toContain(`SOURCES.wk_shop.plan.events.Purchase${problem}`);
    expect(more).toEqual([]);
  });

  test('is told all its problems', () => {
    expect(problemsWith(plan({ type: 'x', required: 1, enum: 2 }))).toHaveLength(3);
  });
});
