import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planTypes } from '../../worker/command/typescript/plan-types.ts';
import { readPlan } from '../../worker/command/typescript/read-plan.ts';
import { createPlanCheck } from '../../worker/events/plan.ts';
import { compile } from './compile.ts';
import { complete } from './complete.ts';

const plans = resolve(import.meta.dirname, '../fixtures/plans');
const shop = readFileSync(resolve(plans, 'shop.ts'), 'utf8');

const start = `
import { createClient, type Client } from 'rivulet';
const options = { endpoint: 'https://events.example.com', writeKey: 'shop' };
`;

/** A program with a client that knows these events, each as an interface and as an alias. */
const withEvents = (lines: string): string => `${start}
interface Order { order_id: string; total: number; note?: string; tags?: readonly string[] }
interface Events { 'Order Completed': Order; Seen: { place?: string }; Closed: Record<string, never> }
type Alias = { 'Order Completed': { order_id: string; total: number; note?: string; tags?: string[] }; Seen: { place?: string }; Closed: Record<string, never> };
const client = createClient<Events>(options);
const aliased = createClient<Alias>(options);
declare const order: Order;
${lines}`;

describe('a client that knows its events', () => {
  test('takes them by name, with their properties', () => {
    const program = withEvents(`
client.track('Order Completed', { order_id: '1', total: 2 });
client.track('Order Completed', { order_id: '1', total: 2, note: 'a', tags: ['b'] as const }, { priority: 'high' });
client.track('Order Completed', order);
client.track('Seen');
client.track('Seen', { place: 'shelf' });
client.track('Seen', undefined, { priority: 'low' });
client.track('Closed');
client.track('Closed', {});
aliased.track('Order Completed', { order_id: '1', total: 2 });
aliased.track('Seen');
aliased.track('Closed');
for (const name of ['Seen', 'Closed'] as const) client.track(name);
client.page('Shelf', { any: 1 });
client.metric('Queue', 1);`);

    expect(compile([program])).toBe('');
  });

  test.each([
    ['a name that is not planned', `client.track('Ordr Completed', order)`, `'"Ordr Completed"'`],
    ['no name', 'client.track()', 'Expected'],
    ['no properties where some are required', `client.track('Order Completed')`, 'Expected 2-3'],
    [
      'a property that is missing',
      `client.track('Order Completed', { order_id: '1' })`,
      "Property 'total' is missing",
    ],
    [
      'one of another type',
      `client.track('Order Completed', { order_id: 1, total: 2 })`,
      `'number' is not assignable to type 'string'`,
    ],
    [
      'one that is not planned',
      `client.track('Order Completed', { order_id: '1', totl: 2, total: 1 })`,
      "'totl' does not exist",
    ],
    ['one where there is none', `client.track('Closed', { a: 1 })`, 'not assignable'],
    ['the properties of another event', `client.track('Seen', order)`, 'no properties in common'],
    [
      'a name that may be any',
      `client.track('Seen' as string)`,
      `'string' is not assignable to parameter`,
    ],
    ['a priority of no kind', `client.track('Seen', {}, { priority: 'max' })`, '"max"'],
  ])('refuses %s', (_, line, message) => {
    const said = compile([withEvents(`${line};\n${line.replace('client', 'aliased')};`)]);

    expect(said.match(/^\S.*error TS/gm)).toHaveLength(2);
    expect(said).toContain(message);
  });

  test('is a client wherever one is wanted', () => {
    const program = withEvents(`
import 'rivulet/debug';
const view = document.createElement('rivulet-debug');
view.client = client;
view.client = aliased;
function watch(client: Client) { client.on('receipt', ({ receipt }) => receipt.lane); client.track('Watched', { any: 1 }); }
watch(client);
const kept: Client[] = [client, aliased, createClient(options)];
let late: Client<Events> | undefined;
late = client;
late.track('Seen');`);

    expect(compile([program])).toBe('');
  });

  test.each<[string, string, string[]]>([
    ['their names', "client.track('‸')", ['Closed', 'Order Completed', 'Seen']],
    ['the properties of the one', "client.track('Seen', { ‸ })", ['place?']],
    [
      'those that are missing',
      "client.track('Order Completed', { order_id: '1', ‸ })",
      ['note?', 'tags?', 'total'],
    ],
    [
      'what a call may have',
      "client.track('Seen', {}, { priority: '‸' })",
      ['high', 'low', 'normal'],
    ],
  ])('lets an editor complete %s', async (_, line, offered) => {
    expect([...(await complete(withEvents(line)))].sort()).toEqual(offered);
  });

  test('without a map takes any name, with any properties', () => {
    const program = `${start}
const client = createClient(options);
client.track('Anything');
client.track('Anything', { any: new Date(), deep: { a: [1] } }, { priority: 'low' });
interface Order { order_id: string }
declare const order: Order;
client.track('Ordered', order);
client.page('Order', order);
client.identify('user-42', order);
client.group('team-7', order);
client.metric('Orders', 1, { attributes: order });
client.log('info', 'ordered', order);
const name: string = 'Anything';
client.track(name, { a: undefined });
// @ts-expect-error properties are an object
client.track('Anything', 5);`;

    expect(compile([program])).toBe('');
  });
});

test("Segment's calls take an object of an interface too", () => {
  const program = `${start}
import { createAnalytics } from 'rivulet/segment';
interface Order { order_id: string }
declare const order: Order;
const analytics = createAnalytics(createClient(options));
analytics.track('Order Completed', order, { context: { ip: '0.0.0.0' } }, () => {});
analytics.track({ event: 'Order Completed', properties: order });
analytics.page('Shop', 'Order', order);
analytics.identify('user-42', order).then(() => {});
analytics.identify(order);
analytics.group('team-7', order);
// @ts-expect-error an event needs a name
analytics.track(order, order);
// @ts-expect-error properties are an object
analytics.track('Order Completed', 'order');`;

  expect(compile([program])).toBe('');
});

describe('middleware', () => {
  test('may change an event before it has its number, and only read it after', () => {
    const program = `${start}
const client = createClient(options);
const stop: () => void = client.use((event, next) => {
  event.properties = { ...event.properties, seen: true };
  event.route = 'alarms';
  if (event.event !== 'Secret') next();
});
client.use((event, next) => next({ ...event, event: 'Renamed' }), 'before');
client.use((event, next) => { const place: string = event.lane + event.seq + event.messageId; next(); }, 'after');
// @ts-expect-error the type of an event stays
client.use((event, next) => { event.type = 'page'; next(); });
// @ts-expect-error it has its number, and is changed no more
client.use((event, next) => { event.properties = {}; next(); }, 'after');
// @ts-expect-error it has no number yet
client.use((event) => event.messageId);
// @ts-expect-error there are two stages
client.use(() => {}, 'between');`;

    expect(compile([program])).toBe('');
  });
});

describe('a source', () => {
  test('is what has a name and a start', () => {
    const program = `
import type { CaptureSource } from 'rivulet/capture';
import { createClient } from 'rivulet';
const source: CaptureSource = {
  name: 'scrolls',
  start({ window, track, scrub, write }) {
    const stopping = new AbortController();
    window.addEventListener('scrollend', () => track('Scrolled', { url: scrub(window.location.href) }), { signal: stopping.signal });
    window.addEventListener('pagehide', write, { signal: stopping.signal });
    return () => stopping.abort();
  },
};
createClient({ endpoint: 'https://events.example.com', writeKey: 'shop', capture: [source] });
// @ts-expect-error a source undoes what it did
const endless: CaptureSource = { name: 'endless', start() {} };`;

    expect(compile([program])).toBe('');
  });
});

describe('the types of a tracking plan', () => {
  test('check what is captured', () => {
    const program = `${shop}
import { createClient } from 'rivulet';
const client = createClient<Events>({ endpoint: 'https://events.example.com', writeKey: 'shop' });
const traits: EventsByType['identify'] = { plan: 'pro' };
client.identify('user-42', traits);
client.track('Order Completed', { order_id: '1', total: 2, currency: 'EUR', coupon: null, 'gift wrapped': true });
client.track('Order Completed', { order_id: '1', total: 2, currency: 'USD', lines: [{ sku: 'S', parts: [{ sku: 'S1' }] }] });
client.track('Searched');
client.track('Searched', { filters: { colour: 'red', size: 3 }, range: [1, 2], sort: null, place: { x: 1, z: 'any' }, tags: ['new', 3, null, true] });
client.track('Shared', { by: 'mail', email: 'a' });
client.track('Shared', { by: 'chat', link: 'b' });
client.track('Tree Seen', { children: [{ children: [] }] });
client.track('Any', { what: 'ever' });
client.track('Closed');
// @ts-expect-error currency is one of two
client.track('Order Completed', { order_id: '1', total: 2, currency: 'DM' });
// @ts-expect-error a name that is not planned
client.track('Order Completed', { order_id: '1', total: 2, currency: 'EUR', copon: 'x' });
// @ts-expect-error a line has its sku
client.track('Order Completed', { order_id: '1', total: 2, currency: 'EUR', lines: [{ quantity: 1 }] });
// @ts-expect-error a range has two ends
client.track('Searched', { range: [1] });
// @ts-expect-error and no more than two
client.track('Searched', { range: [1, 2, 3] });
// @ts-expect-error one way to share is told
client.track('Shared', { by: 'mail' });
// @ts-expect-error a page is no event with a name
client.track('page', { path: '/' });
// @ts-expect-error traits as they are planned
const others: EventsByType['identify'] = { plan: 'gold' };`;

    expect(compile([program])).toBe('');
  });

  test('take what the plan takes', () => {
    const cases = fc.sample(fc.tuple(planned, names), { numRuns: 150, seed: 1 });
    const plan = JSON.stringify({
      events: Object.fromEntries(cases.map(([{ schema }], index) => [`E${index}`, schema])),
    });
    const isTaken = createPlanCheck({ mode: 'observe', others: 'violate', ...JSON.parse(plan) });

    const violations = cases.flatMap(([{ value }], index) => {
      const event = { type: 'track', event: `E${index}`, timestamp: 0, properties: value } as const;
      return isTaken(event).violations;
    });
    const values = cases.map(
      ([{ value }], index) => `${JSON.stringify(`E${index}`)}: ${JSON.stringify(value)}`,
    );
    const program = `${planTypes(readPlan('plan', plan))}
export const taken: Events = { ${values.join(',\n')} };`;

    expect(violations).toEqual([]);
    expect(compile([program])).toBe('');
  });

  test('refuse a value of another type, wherever it stands', () => {
    const cases = fc.sample(planned, { numRuns: 60, seed: 2 }).filter(({ wrong }) => wrong);
    const plan = JSON.stringify({
      events: Object.fromEntries(cases.map(({ schema }, index) => [`E${index}`, schema])),
    });
    const lines = cases.map(
      ({ wrong }, index) =>
        `// @ts-expect-error\nexport const e${index}: Events['E${index}'] = ${JSON.stringify(wrong).replaceAll('\u2028', '\\u2028')};`,
    );

    expect(cases.length).toBeGreaterThan(30);
    expect(compile([`${planTypes(readPlan('plan', plan))}\n${lines.join('\n')}`])).toBe('');
  });
});

interface Planned {
  readonly schema: Record<string, unknown>;
  readonly value: Record<string, unknown>;
  /** The same with one member of another type; absent where there is none. */
  readonly wrong?: Record<string, unknown> | undefined;
}

interface Part {
  readonly schema: object;
  readonly value: unknown;
  readonly wrong: unknown;
}

const names = fc.constantFrom(
  'sku',
  'two words',
  "it's",
  'größe',
  '1st',
  'a-b',
  '*/',
  '\u2028',
  'class',
);
const part: fc.Arbitrary<Part> = fc.letrec<{ part: Part; object: Part }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.string().map((value) => ({ schema: { type: 'string' }, value, wrong: 1 })),
    fc.integer().map((value) => ({ schema: { type: 'integer' }, value, wrong: 'x' })),
    fc.boolean().map((value) => ({ schema: { type: 'boolean' }, value, wrong: null })),
    fc.constant({ schema: { type: ['number', 'null'] }, value: null, wrong: 'x' }),
    fc
      .constantFrom('a', "b'", '\n')
      .map((value) => ({ schema: { enum: ['a', "b'", '\n'] }, value, wrong: 'c' })),
    tie('part').map(({ schema, value, wrong }) => ({
      schema: { type: 'array', items: schema },
      value: [value, value],
      wrong: [wrong],
    })),
    tie('part').map(({ schema, value, wrong }) => ({
      schema: { anyOf: [schema, { const: 'certainly not' }] },
      value,
      wrong,
    })),
    tie('object'),
  ),
  object: fc
    .dictionary(names, fc.tuple(tie('part'), fc.boolean(), fc.boolean()), { maxKeys: 4 })
    .map((members) => objectOf(members)),
})).part;
const planned: fc.Arbitrary<Planned> = fc
  .dictionary(names, fc.tuple(part, fc.boolean(), fc.boolean()), { maxKeys: 4 })
  .map((members) => objectOf(members) as Planned);

/** A member is required, or absent, or there all the same. */
function objectOf(members: Readonly<Record<string, readonly [Part, boolean, boolean]>>): Part {
  const all = Object.entries(members);
  const shown = all.filter(([, [, isRequired, isThere]]) => isRequired || isThere);
  const value = Object.fromEntries(shown.map(([name, [{ value }]]) => [name, value]));
  const [first] = shown;
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(all.map(([name, [{ schema }]]) => [name, schema])),
      required: all.flatMap(([name, [, isRequired]]) => (isRequired ? [name] : [])),
    },
    value,
    wrong: first ? { ...value, [first[0]]: first[1][0].wrong } : undefined,
  };
}
