/** One batch of events in both tongues, and a client that sends it again and again. */

import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { decodeBase64url, encodeBase64url } from '../../../src/protocol/base64url.ts';
import { encodeHead, encodeSegmentHead, signedBytes } from '../../../src/protocol/batch.ts';
import { importHmacKey, signHmac } from '../../../src/protocol/hmac.ts';
import type { SessionAnswer } from '../../../src/protocol/session.ts';

const CLIENT = '8SdXpQkW3nVbJr2TzL0aYg';

/** Custom events with 13 properties, about 290 bytes of JSON each. */
const EVENTS = Array.from({ length: 500 }, (_, index) => ({
  type: 'track',
  event: 'Product Clicked',
  timestamp: 1_763_673_600_000 + index * 37,
  properties: {
    productId: `sku-${1000 + index * 7}`,
    name: 'Waterproof rucksack',
    category: 'outdoor',
    brand: 'Nordfjell',
    price: 129.9 + index,
    currency: 'EUR',
    quantity: 1 + (index % 3),
    position: index,
    list: 'search',
    query: 'rucksack 30 l',
    variant: 'green',
    coupon: null,
    discounted: index % 2 === 0,
  },
}));

const CONTEXT = {
  anonymousId: CLIENT,
  sessionId: 'Qm3xV9',
  page: { url: 'https://shop.example/search?q=rucksack', path: '/search', title: 'Search' },
  screen: { width: 1920, height: 1080, density: 2 },
  locale: 'en-GB',
  timezone: 'Europe/Berlin',
};

/**
 * The pass-through's batch. It adds nothing to an event, so for the same facts on the stream each event brings its own
 * identity and context; `bare` events do not, and their records are a third of the relay's.
 */
export function writePlainBatch(kind: 'whole' | 'bare', count: number): Uint8Array {
  const { anonymousId, ...context } = CONTEXT;
  const bare = EVENTS.slice(0, count);
  const whole = bare.map((event, index) => ({
    messageId: `k3f9aL0qXw.${index + 1}`,
    anonymousId,
    userId: null,
    ...event,
    context,
  }));
  const batch = { client: CLIENT, events: kind === 'whole' ? whole : bare };
  return new TextEncoder().encode(JSON.stringify(batch));
}

/** The relay's batch, gzipped and signed. */
export function writeRelayBatch(session: SessionAnswer, count: number): Promise<Uint8Array> {
  return signBatch(session, gzipSync(writePayload(count)));
}

/** The same before gzip. */
export function writePayload(count: number): string {
  const lines = EVENTS.slice(0, count).map((event) => `${JSON.stringify(event)}\n`);
  const head = encodeSegmentHead('k3f9aL0qXw', 1, JSON.stringify(CONTEXT));
  return `{"sdk":"rivulet/bench","clockOffset":12}\n${head}${lines.join('')}`;
}

/** 64 KiB of gzip that inflate to 64 MiB. */
export function writeBomb(session: SessionAnswer): Promise<Uint8Array> {
  return signBatch(session, gzipSync(new Uint8Array(64 * 2 ** 20)));
}

async function signBatch(session: SessionAnswer, gzip: Uint8Array): Promise<Uint8Array> {
  const payload = new Uint8Array(gzip);
  const sentAt = Date.now();
  const raw = decodeBase64url(session.key) ?? new Uint8Array();
  const key = await importHmacKey(crypto.subtle, raw);
  const code = await signHmac(crypto.subtle, key, signedBytes(sentAt, payload));
  const head = encodeHead({ token: session.token, sentAt, signature: encodeBase64url(code) });
  return Buffer.concat([Buffer.from(head), payload]);
}

export interface Target {
  readonly url: string;
  readonly body: Uint8Array;
  readonly expectedStatus: number;
}

/** Sends so many requests, so many at a time; the answer is each one's latency. */
export async function sendMany(
  target: Target,
  requests: number,
  concurrency: number,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies: number[] = [];
  let left = requests;
  const work = async (): Promise<void> => {
    while (left-- > 0) latencies.push(await sendOne(target, agent));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  agent.destroy();
  return latencies;
}

function sendOne({ url, body, expectedStatus }: Target, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = { 'content-type': 'text/plain', 'content-length': body.length };
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === expectedStatus) resolve(performance.now() - startedAt);
        else reject(new Error(`${url}: expected ${expectedStatus}, got ${response.statusCode}`));
      });
    })
      .on('error', reject)
      .end(body);
  });
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
