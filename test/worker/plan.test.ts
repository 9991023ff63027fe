import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Properties } from '../../src/protocol/event.ts';
import { createPlanCheck } from '../../worker/events/plan.ts';
import { createRelayUnderTest, NOW, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const purchase = {
  type: 'object',
  properties: {
    price: { type: 'number', minimum: 0 },
    currency: { enum: ['EUR', 'USD'] },
    items: { type: 'array', items: { $ref: '#/$defs/item' }, maxItems: 3 },
    note: { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }] },
  },
  required: ['price', 'currency'],
  additionalProperties: false,
  $defs: { item: { type: 'object', required: ['sku'], properties: { sku: { pattern: '^S' } } } },
};
const plan = {
  events: {
    Purchased: purchase,
    page: { required: ['path'] },
    identify: { properties: { age: { type: 'integer' } } },
  },
};

async function send(mode: string, events: readonly object[], others = 'allow') {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest({
    SOURCES: sources({ plan: { ...plan, mode, others } }),
  });
  const { answer, status } = await sendBatch([{ events }]);
  const records = kinesis.records().map(({ record }) => record);
  return { receipts: answer.receipts, status, records };
}

const check = createPlanCheck({ mode: 'observe', others: 'allow', ...plan });
const purchased = (properties: Properties) =>
  ({ type: 'track', event: 'Purchased', timestamp: NOW, properties }) as const;

test.each([
  [{ price: 1, currency: 'EUR', items: [{ sku: 'S1' }], note: null }, []],
  [{ price: '1', currency: 'EUR' }, ['properties.price: expected type "number"']],
  [{ price: -1, currency: 'EUR' }, ['properties.price: expected minimum 0']],
  [{ price: 1, currency: 'DM' }, ['properties.currency: expected enum ["EUR","USD"]']],
  [{}, ['properties.price: expected a value', 'properties.currency: expected a value']],
  [{ price: 1, currency: 'EUR', x: 1 }, ['properties.x: expected no such field']],
  [
    { price: 1, currency: 'EUR', items: [{ sku: 'S1' }, { sku: 'jane' }, {}] },
    [
      'properties.items.1.sku: expected what "pattern" of the plan says',
      'properties.items.2.sku: expected a value',
    ],
  ],
  [
    { price: 1, currency: 'EUR', note: 'longer than five' },
    ['properties.note: expected what "anyOf" of the plan says'],
  ],
])('the properties %j break the plan in %j', (properties, violations) => {
  expect(check(purchased(properties)).violations).toEqual(violations);
});

test('names the first ten violations, and each once', () => {
  const names = Array.from({ length: 50 }, (_, index) => [`x${index}`, 1]);

  expect(
    check(purchased({ price: 1, currency: 'EUR', ...Object.fromEntries(names) })).violations,
  ).toHaveLength(10);
});

test('says nothing of an event’s values, however long a name it has', () => {
  const properties = { price: 'jane', currency: 'jane', items: 'jane', ['n'.repeat(5000)]: 'jane' };

  const violations = check(purchased(properties)).violations.join('; ');

  expect(violations).not.toContain('jane');
  expect(violations.length).toBeLessThan(1000);
});

describe('a plan', () => {
  const events = [
    track({ price: 1, currency: 'EUR' }, { event: 'Purchased' }),
    track({ price: 'jane' }, { event: 'Purchased' }),
    { type: 'page', event: 'Home', timestamp: NOW },
    { type: 'identify', timestamp: NOW, traits: { age: 1.5 } },
    track({}, { event: 'Unplanned' }),
  ];

  test('that observes stores every event, and marks those that break it', async () => {
    const { receipts, records } = await send('observe', events);

    expect(receipts).toMatchObject([{ first: 1, count: 5, status: 'stored' }]);
    expect(records.map(({ rivulet }) => rivulet.violations)).toEqual([
      undefined,
      ['properties.currency: expected a value', 'properties.price: expected type "number"'],
      ['properties.path: expected a value'],
      ['traits.age: expected type "integer"'],
      undefined,
    ]);
  });

  test('that is enforced rejects them with what they break, while their neighbours are stored', async () => {
    const { status, receipts, records } = await send('enforce', events);

    expect(status).toBe(200);
    expect(receipts).toMatchObject([
      { first: 1, count: 1, status: 'stored' },
      {
        first: 2,
        count: 1,
        code: 'plan_violated',
        reason: 'properties.currency: expected a value; properties.price: expected type "number"',
      },
      { first: 3, code: 'plan_violated', reason: 'properties.path: expected a value' },
      { first: 4, code: 'plan_violated', reason: 'traits.age: expected type "integer"' },
      { first: 5, status: 'stored' },
    ]);
    expect(records.map(({ rivulet }) => rivulet.seq)).toEqual([1, 5]);
  });

  test('can refuse what it does not name, but never what a client says of its own gaps', async () => {
    const drop = { lane: 'k3f9aL0qXw', ranges: [[1, 2]], reason: 'queue_full' };

    const { receipts } = await send(
      'enforce',
      [
        track({}, { event: 'Unplanned' }),
        track({}, { event: 'page' }),
        { type: 'drop', timestamp: NOW, properties: drop },
        { type: 'erase', timestamp: NOW, properties: { subject: { userId: 'ada' } } },
        track({}, { event: 'toString' }),
      ],
      'violate',
    );

    const code = 'plan_violated';
    const reason = 'event: expected one that the plan names';
    expect(receipts).toMatchObject([
      { first: 1, count: 1, code, reason },
      // A name that is a type's as well has the type's schema.
      { first: 2, count: 1, code, reason: 'properties.path: expected a value' },
      { first: 3, count: 2, status: 'stored' },
      { first: 5, count: 1, code, reason },
    ]);
  });

  test('that cannot be applied loses no event', async () => {
    const recursive = { events: { Clicked: { $ref: '#' } }, mode: 'enforce' };
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ plan: recursive }) });

    const { answer } = await sendBatch([{ events: [track()] }]);

    expect(answer.receipts).toMatchObject([{ status: 'stored' }]);
    expect(kinesis.records()[0]?.record.rivulet.violations).toEqual([
      'properties: expected them to be such that the plan can be applied',
    ]);
  });
});

test.each([
  ['http://json-schema.org/draft-07/schema#', true],
  ['https://json-schema.org/draft/2020-12/schema', false],
  [undefined, false],
])('a schema is read as the draft that it names: %s', ($schema, isValid) => {
  // Beside a $ref, draft 7 reads nothing.
  const schema = {
    ...($schema && { $schema }),
    $defs: { any: {} },
    $ref: '#/$defs/any',
    maxProperties: 0,
  };
  const checkOf = createPlanCheck({ mode: 'observe', others: 'allow', events: { E: schema } });

  const { violations } = checkOf({ type: 'track', event: 'E', timestamp: 1, properties: { a: 1 } });

  expect(violations.length === 0).toBe(isValid);
});
