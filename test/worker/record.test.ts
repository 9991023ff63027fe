import { afterEach, describe, expect, test, vi } from 'vitest';
import { truncateIp } from '../../worker/events/address.ts';
import alias from '../fixtures/records/alias.json' with { type: 'json' };
import log from '../fixtures/records/log.json' with { type: 'json' };
import {
  type BatchOptions,
  createRelayUnderTest,
  LANE,
  NOW,
  type Segment,
  sources,
  track,
} from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

async function recordOf(segment: Segment, options: BatchOptions = {}, source: object = {}) {
  const kinesis = scriptKinesis();
  const { sendBatch } = createRelayUnderTest({ SOURCES: sources(source) });
  await sendBatch([segment], options);
  const [first] = kinesis.records();
  if (!first) throw new Error('nothing was stored');
  return first.record;
}

describe('a record', () => {
  test('is exactly what the protocol says', async () => {
    const record = await recordOf(
      {
        first: 41,
        context: {
          anonymousId: 'client-1',
          userId: 'user-1',
          sessionId: 'session-1',
          page: { url: 'https://shop.example/ключ' },
          locale: 'de',
        },
        events: [
          {
            type: 'track',
            event: 'Product Clicked',
            timestamp: NOW - 2000,
            properties: { price: 9.5, tags: ['a', null] },
            context: { locale: 'fr' },
            unknown: 'goes nowhere',
          },
        ],
      },
      {
        sentAt: NOW - 20,
        sender: { sdk: 'rivulet/test', clockOffset: 1500 },
        headers: { 'cf-connecting-ip': '203.0.113.77' },
        cf: { country: 'DE', colo: 'FRA', asn: 64500, city: 'Berlin' },
      },
    );

    expect(record).toEqual({
      type: 'track',
      messageId: `${LANE}.41`,
      anonymousId: 'client-1',
      userId: 'user-1',
      event: 'Product Clicked',
      properties: { price: 9.5, tags: ['a', null] },
      context: {
        sessionId: 'session-1',
        page: { url: 'https://shop.example/ключ' },
        locale: 'fr',
        country: 'DE',
        colo: 'FRA',
        asn: 64500,
        ip: '203.0.113.0',
      },
      originalTimestamp: '2026-11-20T21:19:58.000Z',
      timestamp: '2026-11-20T21:19:59.500Z',
      sentAt: '2026-11-20T21:19:59.980Z',
      receivedAt: '2026-11-20T21:20:00.000Z',
      rivulet: { lane: LANE, seq: 41, source: 'shop' },
    });
  });

  test.each([
    [
      alias,
      {
        context: { anonymousId: 'client-1', userId: 'user-1' },
        events: [{ type: 'alias', timestamp: NOW - 1000, previousId: 'client-1' }],
      },
    ],
    [
      log,
      {
        context: { sessionId: 'session-1' },
        events: [
          {
            ...{ type: 'log', timestamp: NOW - 1000, route: 'alarms' },
            properties: { till: 7, level: 'warn', message: 'paper is low' },
          },
        ],
      },
    ],
  ])('of type $type is what its golden file says', async (golden, segment) => {
    const record = await recordOf(segment, { sentAt: NOW - 20 });

    expect(JSON.stringify(record)).toBe(JSON.stringify(golden));
  });

  test('of a visitor without a name has no user', async () => {
    const record = await recordOf({ events: [track()] });

    expect(record.userId).toBeNull();
    expect(record).not.toHaveProperty('groupId');
  });

  test('has the group of the event, or else of the segment', async () => {
    const context = { anonymousId: 'client-1', groupId: 'old' };
    const event = { type: 'group', timestamp: NOW, groupId: 'new', traits: { plan: 'x' } };

    const joined = await recordOf({ context, events: [event] });
    const member = await recordOf({ context, events: [track()] });

    expect(joined).toMatchObject({ groupId: 'new', traits: { plan: 'x' } });
    expect(member.groupId).toBe('old');
  });

  const HOUR = 3_600_000;

  test.each([
    // Captured an hour behind; the clock was set before it was sent.
    ['by the offset at capture', HOUR, 0, NOW - 1000 - HOUR, NOW - 1000],
    ['by it though it is none', 0, -HOUR, NOW - 1000, NOW - 1000],
    ["by the batch's where its segment knew none", undefined, HOUR, NOW - 1000 - HOUR, NOW - 1000],
    ["by the batch's where its own leads past now", HOUR, 0, NOW - 1000, NOW - 1000],
    ["by the batch's where its own leads nowhere", 1e300, 2000, NOW - 5000, NOW - 3000],
    ["by the batch's where its own leads before 1970", -NOW, 2000, NOW - 5000, NOW - 3000],
    // Within what a clock may differ, a moment ahead is believed.
    ['by the offset at capture, five minutes ahead', 301_000, 0, NOW - 1000, NOW + 300_000],
    ["by the batch's, beyond five minutes ahead", 301_001, 0, NOW - 1000, NOW - 1000],
  ])('has its moment %s', async (_, clockOffset, batchOffset, timestamp, moment) => {
    const record = await recordOf(
      {
        context: { anonymousId: 'client-1', clockOffset },
        events: [track({}, { timestamp })],
      },
      { sender: { sdk: 'x', clockOffset: batchOffset } },
    );

    expect(record.timestamp).toBe(new Date(moment).toISOString());
    expect(record.originalTimestamp).toBe(new Date(timestamp).toISOString());
    expect(record.context.clockOffset).toBe(clockOffset);
  });

  test("keeps the client's own time where an offset leads nowhere", async () => {
    const sender = { sdk: 'x', clockOffset: 1e300 };

    const record = await recordOf({ events: [track()] }, { sender });

    expect(record.timestamp).toBe(record.originalTimestamp);
  });

  test('believes the edge, and not the client, about the edge', async () => {
    const context = { anonymousId: 'client-1', ip: '1.2.3.4', country: 'XX' };

    const record = await recordOf(
      { context, events: [track({}, { context: { country: 'YY' } })] },
      { cf: { country: 'DE' }, headers: { 'cf-connecting-ip': '203.0.113.77' } },
    );

    expect(record.context).toMatchObject({ country: 'DE', ip: '203.0.113.0' });
  });

  test.each([
    ['none', undefined],
    ['full', '203.0.113.77'],
  ])('has the address as the source wants it: %s', async (ip, expected) => {
    const headers = { 'cf-connecting-ip': '203.0.113.77' };

    const record = await recordOf({ events: [track()] }, { headers }, { ip });

    expect(record.context.ip).toBe(expected);
  });
});

describe('an address is cut to its network', () => {
  test.each([
    ['203.0.113.77', '203.0.113.0'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
    ['2001:db8::1', '2001:db8:0::'],
    ['2001:db8:1:2::', '2001:db8:1::'],
    ['::1', '0:0:0::'],
    ['::', '0:0:0::'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['64:ff9b:1::203.0.113.77', '64:ff9b:1::'],
    ['nonsense', undefined],
  ])('%s', (address, network) => {
    expect(truncateIp(address)).toBe(network);
  });
});
