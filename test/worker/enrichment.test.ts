import { afterEach, describe, expect, test, vi } from 'vitest';
import { isInSample } from '../../worker/events/sampling.ts';
import { readUserAgent } from '../../worker/events/user-agent.ts';
import {
  type BatchOptions,
  createRelayUnderTest,
  LANE,
  NOW,
  sources,
  track,
} from './relay-under-test.ts';
import { recordsOf, scriptKinesis } from './scripted-kinesis.ts';

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const ADDRESS = '203.0.113.77';

afterEach(() => {
  vi.restoreAllMocks();
});

interface Sent extends BatchOptions {
  readonly context?: object;
  /** The relay's clock. */
  readonly now?: number;
  readonly secret?: string;
}

async function contextOf(source: object, { context, now = NOW, secret, ...options }: Sent = {}) {
  const kinesis = scriptKinesis();
  const { clock, sendBatch } = createRelayUnderTest({
    SOURCES: sources(source),
    ...(secret && { RELAY_SECRET: secret }),
  });
  clock.now = now;
  const segment = { context: { anonymousId: 'client-1', ...context }, events: [track()] };
  const { status } = await sendBatch([segment], options);
  expect(status).toBe(200);
  return kinesis.records()[0]?.record.context;
}

const cf = {
  ...{ country: 'DE', region: 'Berlin', regionCode: 'BE', colo: 'FRA', asn: 64500 },
  city: 'Berlin',
};

describe('the edge adds what the source asks for', () => {
  test.each([
    [undefined, { country: 'DE', colo: 'FRA', asn: 64500 }],
    [[], {}],
    [['region', 'colo'], { region: 'BE', colo: 'FRA' }],
    [['bot'], { bot: false }],
    [
      ['userAgent'],
      {
        device: { type: 'mobile', manufacturer: 'Apple', model: 'iPhone' },
        os: { name: 'iOS', version: '17.5' },
        browser: { name: 'Safari', version: '17.5' },
      },
    ],
  ])('%j', async (edge, expected) => {
    const headers = { 'user-agent': SAFARI, 'cf-connecting-ip': ADDRESS };

    expect(await contextOf({ edge, ip: 'none' }, { cf, headers })).toEqual(expected);
  });

  test('and nothing that it does not know', async () => {
    const edge = ['country', 'region', 'colo', 'asn', 'userAgent'];

    expect(await contextOf({ edge })).toEqual({});
  });

  test('beside what the client says of its device, which it knows better', async () => {
    const context = { device: { id: 'till-7' }, country: 'XX', bot: 'no' };
    const headers = { 'user-agent': SAFARI };

    expect(
      await contextOf({ edge: ['userAgent', 'country', 'bot'] }, { cf, headers, context }),
    ).toEqual({
      os: { name: 'iOS', version: '17.5' },
      browser: { name: 'Safari', version: '17.5' },
      device: { id: 'till-7' },
      country: 'DE',
      bot: false,
    });
  });
});

describe('a bot is marked', () => {
  test.each([
    ['by its user agent', { headers: { 'user-agent': GOOGLEBOT } }, true],
    ['by a low score', { cf: { botManagement: { score: 29, verifiedBot: false } } }, true],
    ['by its being verified', { cf: { botManagement: { score: 99, verifiedBot: true } } }, true],
    ['by no score of a human', { cf: { botManagement: { score: 30, verifiedBot: false } } }, false],
    ['by no score that is none', { cf: { botManagement: { score: 0 } } }, false],
  ])('%s', async (_, options, bot) => {
    const headers = { 'user-agent': SAFARI };

    expect(await contextOf({ edge: ['bot'] }, { headers, ...options })).toEqual({ bot });
  });
});

describe('a hashed address', () => {
  const DAY = 86_400_000;
  const hashOf = async (name: string, options: Sent = {}, address = ADDRESS) => {
    const headers = { 'cf-connecting-ip': address };
    return (await contextOf({ ip: 'hashed', name, edge: [] }, { headers, ...options }))?.ip;
  };

  test('is the same all day, and tells addresses apart', async () => {
    const midnight = NOW - (NOW % DAY);

    const first = await hashOf('shop', { now: midnight });
    const last = await hashOf('shop', { now: midnight + DAY - 1 });
    const other = await hashOf('shop', { now: midnight }, '203.0.113.78');

    expect(first).toMatch(/^[\w-]{22}$/);
    expect(last).toBe(first);
    expect(other).not.toBe(first);
  });

  test('is another the next day, in another source, and under another secret', async () => {
    const hashes = [
      await hashOf('shop'),
      await hashOf('shop', { now: NOW + DAY }),
      await hashOf('blog'),
      await hashOf('shop', { secret: 'another secret of at least thirty-two characters' }),
    ];

    expect(new Set(hashes).size).toBe(4);
  });
});

test('a user agent is read once, and only five hundred are remembered', () => {
  const first = readUserAgent(SAFARI);
  const again = readUserAgent(SAFARI);
  for (let version = 0; version < 600; version++) readUserAgent(`Mozilla/5.0 Test/${version}`);

  expect(again).toBe(first);
  expect(readUserAgent(SAFARI)).not.toBe(first);
  expect(readUserAgent(SAFARI)).toEqual(first);
});

test.each([null, '', 'x', '('.repeat(100_000), '\u0000\ud800', 'Mozilla/5.0 '.repeat(10_000)])(
  'a user agent that is none adds nothing but a browser’s name: %j',
  (header) => {
    const { facts } = readUserAgent(header?.slice(0, 200_000) ?? null);

    expect(Object.keys(facts).filter((name) => name !== 'browser')).toEqual([]);
  },
);

describe('events go', () => {
  const routes = [
    { events: ['Purchased', 'page'], stream: 'orders' },
    { events: ['Purchased', 'Home', 'identify'], stream: 'people' },
  ];

  test('to the first stream that a route names them for, by their type where they have no name', async () => {
    const kinesis = scriptKinesis();
    const { sendBatch } = createRelayUnderTest({ SOURCES: sources({ routes }) });

    const { answer } = await sendBatch([
      {
        events: [
          track({}, { event: 'Purchased' }),
          { type: 'page', timestamp: NOW },
          { type: 'page', event: 'Home', timestamp: NOW },
          { type: 'identify', timestamp: NOW },
          track({}, { event: 'toString' }),
          { type: 'page', event: 'About', timestamp: NOW },
        ],
      },
    ]);

    expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
    const seqs = kinesis.calls.map((call) => [
      call.input.StreamName,
      recordsOf(call).map(({ record }) => record.rivulet.seq),
    ]);
    expect(Object.fromEntries(seqs)).toEqual({
      orders: [1, 2],
      people: [3, 4],
      clickstream: [5, 6],
    });
  });

  test('by the route that they ask for by its name, whatever their own name is', async () => {
    const kinesis = scriptKinesis();
    const SOURCES = sources({
      routes: [
        { events: ['Purchased'], stream: 'orders' },
        { route: 'alarms', stream: 'alarms' },
        { route: 'alarms', events: ['Failed'], stream: 'failures' },
      ],
    });
    const { sendBatch } = createRelayUnderTest({ SOURCES });

    const { answer } = await sendBatch([
      {
        events: [
          track({}, { event: 'Purchased', route: 'alarms' }),
          track({}, { event: 'Purchased', route: 'toString' }),
          { type: 'metric', event: 'Heat', timestamp: NOW, route: 'alarms' },
          track({}, { event: 'Failed' }),
          track({}, { event: 'alarms' }),
        ],
      },
    ]);

    expect(answer.receipts.every(({ status }) => status === 'stored')).toBe(true);
    const seqs = kinesis.calls.map((call) => [
      call.input.StreamName,
      recordsOf(call).map(({ record }) => record.rivulet.seq),
    ]);
    expect(Object.fromEntries(seqs)).toEqual({
      orders: [2],
      alarms: [1, 3],
      failures: [4],
      clickstream: [5],
    });
    expect(kinesis.records().some(({ record }) => 'route' in record)).toBe(false);
  });
});

describe('a sample', () => {
  const config = { flushIntervalMs: 7000 };

  test('is told to the clients that are not in it, with their session and with their receipts', async () => {
    scriptKinesis();
    const all = createRelayUnderTest({ SOURCES: sources({ sample: 1, config }) });
    const none = createRelayUnderTest({ SOURCES: sources({ sample: 0, config }) });

    const batches = [
      await all.sendBatch([{ events: [track()] }]),
      await none.sendBatch([{ events: [track()] }]),
    ];

    expect((await all.openSession()).config).toMatchObject(config);
    expect((await all.openSession()).config).not.toHaveProperty('sampledOut');
    expect((await none.openSession()).config).toMatchObject({ ...config, sampledOut: true });
    expect(batches.map(({ answer }) => answer.config?.sampledOut)).toEqual([undefined, true]);
    // What it captured before it knew is kept.
    expect(batches[1]?.answer.receipts).toMatchObject([{ lane: LANE, status: 'stored' }]);
  });

  test('holds its part of all clients, and those of every smaller sample', () => {
    const clients = Array.from({ length: 10_000 }, (_, index) => `client-${index}`);

    const tenth = clients.filter((client) => isInSample(client, 0.1));
    const half = new Set(clients.filter((client) => isInSample(client, 0.5)));

    expect(tenth.length).toBeGreaterThan(900);
    expect(tenth.length).toBeLessThan(1100);
    expect(half.size).toBeGreaterThan(4800);
    expect(half.size).toBeLessThan(5200);
    expect(tenth.every((client) => half.has(client))).toBe(true);
  });
});
