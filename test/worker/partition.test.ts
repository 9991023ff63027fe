import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CapturedEvent } from '../../src/protocol/event.ts';
import type { PartitionRule } from '../../src/protocol/partition-key.ts';
import { createKeyChooser } from '../../worker/events/partition.ts';
import { createRelayUnderTest, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

const CONTEXT = {
  anonymousId: 'client-1',
  userId: 'user-1',
  sessionId: 'session-1',
  page: { path: '/a' },
};

const EVENT: CapturedEvent = {
  type: 'identify',
  timestamp: 0,
  properties: { deviceId: 'd-7', floor: 0, on: false, empty: '', list: [1], nested: { id: 'n' } },
  traits: { plan: 'pro' },
};

function keyBy(
  partition: PartitionRule,
  { spread = 1, isHotOnly = false, draw = 0.5, client = 'client-1', userId = 'user-1' } = {},
) {
  const context = { ...CONTEXT, anonymousId: client, userId };
  const keyOf = createKeyChooser(
    { partition, spread, spreadWhen: isHotOnly ? 'hot' : 'always' },
    'k3f9aL0qXw',
    context,
    draw,
  );
  return keyOf(EVENT, () => context);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the partition key', () => {
  test.each<[PartitionRule, string]>([
    ['client', 'client-1'],
    ['user', 'user-1'],
    ['session', 'session-1'],
    ['lane', 'k3f9aL0qXw'],
    ['auto', 'k3f9aL0qXw'],
    ['properties.deviceId', 'd-7'],
    ['properties.nested.id', 'n'],
    ['properties.floor', '0'],
    ['properties.on', 'false'],
    ['traits.plan', 'pro'],
    ['context.page.path', '/a'],
  ])('by the rule %s is %s', (rule, key) => {
    expect(keyBy(rule)).toBe(key);
  });

  test.each<PartitionRule>([
    'properties.missing',
    'properties.empty',
    'properties.list',
    'properties.nested',
    'properties.deviceId.length',
    'properties.constructor.name',
    'context.missing.path',
  ])('by the rule %s, which finds nothing, is the client id', (rule) => {
    expect(keyBy(rule)).toBe('client-1');
  });

  test('is the client id for a visitor without a name', () => {
    expect(keyBy('user', { userId: '' })).toBe('client-1');
  });

  test('of chance differs with the draw, and is never empty', () => {
    const keys = [0, 0.25, 1 / 3].map((draw) => keyBy('random', { draw }));

    expect(new Set(keys).size).toBe(3);
    expect(keys.every((key) => key.length > 0)).toBe(true);
  });

  test('of a source that spreads is salted into that many', () => {
    const keys = [0, 0.3, 0.6, 0.99].map((draw) => keyBy('client', { spread: 3, draw }));

    expect(keys).toEqual(['client-1#0', 'client-1#0', 'client-1#1', 'client-1#2']);
  });

  test('of a source that spreads hot keys alone is as it is: who is hot is known later', () => {
    expect(keyBy('client', { spread: 3, isHotOnly: true })).toBe('client-1');
  });

  test.each([
    [255, false],
    [256, false],
    [257, true],
  ])('of %i characters is hashed: %s', (length, hashed) => {
    for (const character of ['k', '😀']) {
      const key = character.repeat(length);
      const digest = createHash('sha256').update(key).digest('hex');

      const actual = keyBy('client', { client: key });

      expect(actual).toBe(hashed ? digest : key);
    }
  });

  test('is hashed with its salt where the salt makes it too long', () => {
    const key = keyBy('client', { spread: 2, client: 'k'.repeat(256) });

    expect(key).toBe(
      createHash('sha256')
        .update(`${'k'.repeat(256)}#1`)
        .digest('hex'),
    );
  });

  test('has no half of a surrogate pair, whose bytes no two ends agree on', () => {
    expect(keyBy('client', { client: 'a\ud800' })).toBe('a\ufffd');
  });
});

test('an event whose key has 257 characters is stored beside its neighbours', async () => {
  const kinesis = scriptKinesis();
  const SOURCES = sources({ partition: 'properties.deviceId' });
  const { sendBatch } = createRelayUnderTest({ SOURCES });
  const long = 'd'.repeat(257);

  const { answer } = await sendBatch([
    { events: [track({ deviceId: 'a' }), track({ deviceId: long }), track()] },
  ]);

  expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
  expect(kinesis.records().map(({ partitionKey }) => partitionKey)).toEqual([
    'a',
    createHash('sha256').update(long).digest('hex'),
    'client-1',
  ]);
});

test('a segment under a random key stays in one aggregate', async () => {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ partition: 'random' }) });

  await sendBatch([{ events: [track(), track(), track()] }]);

  expect(kinesis.calls.flatMap(({ input }) => input.Records)).toHaveLength(1);
  expect(kinesis.records()).toHaveLength(3);
});
