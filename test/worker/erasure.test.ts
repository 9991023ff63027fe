import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PartitionRule } from '../../src/protocol/partition-key.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import erase from '../fixtures/records/erase.json' with { type: 'json' };
import { createRelayUnderTest, NOW, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

const CONTEXT = { anonymousId: 'client-1', userId: 'user-1', sessionId: 'session-1' };

function asking(subject: unknown, more: object = {}): object {
  return { type: 'erase', timestamp: NOW - 1000, properties: { subject, ...more } };
}

async function send(events: readonly object[], fields: object = {}) {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest({ SOURCES: sources(fields) });
  const { answer } = await sendBatch([{ context: CONTEXT, events }], { sentAt: NOW - 20 });
  return { receipts: answer.receipts, records: kinesis.records() };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an erase event', () => {
  test('is what its golden file says', async () => {
    const { records } = await send([asking({ userId: 'user-42' }, { products: ['crm', 'mail'] })]);

    expect(JSON.stringify(records[0]?.record)).toBe(JSON.stringify(erase));
  });

  test.each([
    [
      'without properties',
      { type: 'erase', timestamp: NOW },
      'properties.subject: expected an obj',
    ],
    ['of nobody', asking({}), 'properties.subject: expected userId or anonymousId, got neither'],
    [
      'of an empty name',
      asking({ userId: '' }),
      'properties.subject: expected userId or anonymous',
    ],
    [
      'by another id',
      asking({ email: 'a' }),
      'properties.subject: expected userId and anonymousId',
    ],
    [
      'for no product',
      asking({ userId: 'u' }, { products: [] }),
      'properties.products: expected 1',
    ],
  ])('%s is rejected alone', async (_, event, reason) => {
    const { receipts } = await send([track(), event, track()]);

    expect(receipts).toMatchObject([
      { first: 1, count: 1, status: 'stored' },
      { first: 2, count: 1, status: 'rejected', code: 'not_an_event' },
      { first: 3, count: 1, status: 'stored' },
    ]);
    expect(receipts[1]).toHaveProperty('reason', expect.stringContaining(reason));
  });

  test('of a sender without an id of its own that names nobody means the sender', async () => {
    const kinesis = scriptKinesis();
    const { post, sendBatch } = createRelayUnderTest();
    const session = await post(
      '/v1/session',
      JSON.stringify({ writeKey: 'wk_shop', sdk: 'rivulet/1' }),
      {
        headers: { 'cf-connecting-ip': '203.0.113.7', 'user-agent': 'Firefox' },
      },
    );

    const { answer } = await sendBatch(
      [{ context: {}, events: [asking({}, { ticket: 7 }), asking({ userId: '' })] }],
      { session: (await session.json()) as SessionAnswer },
    );

    const [first] = kinesis.records();
    expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'rejected']);
    expect(first?.record).toMatchObject({
      anonymousId: first?.partitionKey,
      properties: { subject: { anonymousId: first?.partitionKey }, ticket: 7 },
    });
  });

  test('keeps its subject where everything else is redacted', async () => {
    const mail = 'jane@shop.example';

    const { records } = await send([asking({ userId: mail }, { note: `for ${mail}` })], {
      redact: ['email'],
    });

    expect(records[0]?.record).toMatchObject({
      properties: { subject: { userId: mail }, note: 'for [redacted:email]' },
    });
  });

  test.each<[PartitionRule, object, string]>([
    ['client', { anonymousId: 'client-7' }, 'client-7'],
    ['client', { userId: 'user-7' }, 'client-1'],
    ['user', { anonymousId: 'client-7', userId: 'user-7' }, 'user-7'],
    ['user', { anonymousId: 'client-7' }, 'client-7'],
    ['user', { anonymousId: 'client-7', userId: '' }, 'client-7'],
    ['session', { anonymousId: 'client-7' }, 'session-1'],
  ])('by the rule %s goes behind the events of %j', async (partition, subject, key) => {
    const { records } = await send([track(), asking(subject), track()], { partition });

    // Those of one key come together.
    const keysOf = (type: string) =>
      records.filter(({ record }) => record.type === type).map(({ partitionKey }) => partitionKey);
    expect(keysOf('erase')).toEqual([key]);
    expect(keysOf('track')).toEqual([`${partition}-1`, `${partition}-1`]);
  });
});
