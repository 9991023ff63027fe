/** A relay with a clock that stands still until something waits, and a client that speaks its protocol. */

import { gzipSync } from 'node:zlib';
import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { encodeHead, encodeSegmentHead, signedBytes } from '../../src/protocol/batch.ts';
import { importHmacKey, signHmac } from '../../src/protocol/hmac.ts';
import type { BatchAnswer, RefusalAnswer } from '../../src/protocol/receipt.ts';
import type { SessionAnswer } from '../../src/protocol/session.ts';
import { signToken } from '../../src/protocol/token.ts';
import type { Env } from '../../worker/env.ts';
import { createRelay } from '../../worker/relay.ts';
import type { RelayRuntime } from '../../worker/runtime.ts';
import { witness } from './witness.ts';

export const SECRET = 'a secret of at least thirty-two characters';
export const PREVIOUS_SECRET = 'the one before it, as long as it has to be';
export const NOW = Date.UTC(2026, 10, 20, 21, 20, 0);
export const ORIGIN = 'https://shop.example';
export const LANE = 'k3f9aL0qXw';

export const ENV: Env = {
  RELAY_SECRET: SECRET,
  RELAY_AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  RELAY_AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
  RELAY_AWS_REGION: 'us-east-1',
  RELAY_KINESIS_ENDPOINT: 'http://127.0.0.1:4568',
  SOURCES: sources(),
};

const SECRET_SETTINGS = [
  'RELAY_SECRET',
  'RELAY_SECRET_PREVIOUS',
  'RELAY_AWS_ACCESS_KEY_ID',
  'RELAY_AWS_SECRET_ACCESS_KEY',
  'RELAY_AWS_SESSION_TOKEN',
  'RELAY_TURNSTILE_SECRET',
] as const satisfies readonly (keyof Env)[];

/** One source `shop` under `wk_shop`, with the given fields changed. */
export function sources(fields: object = {}): string {
  return JSON.stringify({
    wk_shop: { name: 'shop', stream: 'clickstream', origins: [ORIGIN], ...fields },
  });
}

export interface Segment {
  readonly lane?: string;
  readonly first?: number;
  /** An object, or the context's line as it is. */
  readonly context?: object | string;
  /** Objects, or lines as they are. */
  readonly events: readonly (object | string)[];
}

export interface BatchOptions {
  readonly origin?: string | null;
  readonly sentAt?: number;
  readonly sender?: object;
  readonly gzip?: boolean;
  readonly session?: Pick<SessionAnswer, 'token' | 'key'>;
  /** The payload instead of segments. */
  readonly payload?: Uint8Array<ArrayBuffer>;
  /** Changes the signed body, as somebody on the way would. */
  readonly tamper?: (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly cf?: object;
}

export function createRelayUnderTest(env: Partial<Env> = {}, runtime: Partial<RelayRuntime> = {}) {
  const clock = { now: NOW };
  const waits: number[] = [];
  const logs: string[] = [];
  const settings = { ...ENV, ...env };
  for (const name of SECRET_SETTINGS) witness.keepSecret(name, settings[name] ?? '');
  const bare = createRelay(settings, {
    now: () => clock.now,
    random: () => 0.5,
    delay: async (delayMs) => {
      waits.push(delayMs);
      clock.now += delayMs;
    },
    log: (line) => {
      logs.push(line);
      witness.hearLog(line);
    },
    ...runtime,
  });
  const relay = {
    ...bare,
    async fetch(request: Request): Promise<Response> {
      witness.hearHeaders(request.headers);
      const response = await bare.fetch(request);
      await witness.hearAnswer(new URL(request.url).pathname, response);
      return response;
    },
  };

  const post = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    { origin = ORIGIN, headers = {}, cf }: Pick<BatchOptions, 'origin' | 'headers' | 'cf'> = {},
  ): Promise<Response> => {
    witness.hearBody(body);
    const from = origin === null ? {} : { origin };
    const init = { method: 'POST', headers: { ...from, ...headers }, body, ...(cf && { cf }) };
    const request = new Request(`https://relay.example${path}`, init);
    // A `Request` of Node's takes none with it.
    if (cf && !('cf' in request)) Object.assign(request, { cf });
    return relay.fetch(request);
  };

  const openSession = async (origin: string | null = ORIGIN): Promise<SessionAnswer> => {
    const request = { writeKey: 'wk_shop', client: 'client-1', sdk: 'rivulet/test' };
    const response = await post('/v1/session', JSON.stringify(request), { origin });
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  };

  const sendBatch = async (segments: readonly Segment[], options: BatchOptions = {}) => {
    const { origin = ORIGIN, sentAt = clock.now, tamper = (body) => body } = options;
    const session = options.session ?? (await openSession(origin));
    const text = writeBatch(segments, options.sender);
    const plain = options.payload ?? new TextEncoder().encode(text);
    const payload = options.gzip ? new Uint8Array(gzipSync(plain)) : plain;
    const body = tamper(await signBatch(session, sentAt, payload));
    const response = await post('/v1/batch', body, { ...options, origin });
    const answer: BatchAnswer & RefusalAnswer = await response.clone().json();
    return { response, status: response.status, answer };
  };

  return { relay, clock, waits, logs, post, openSession, sendBatch };
}

export async function signBatch(
  { token, key }: Pick<SessionAnswer, 'token' | 'key'>,
  sentAt: number,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const raw = decodeBase64url(key) ?? new Uint8Array();
  const hmacKey = await importHmacKey(crypto.subtle, raw);
  const code = await signHmac(crypto.subtle, hmacKey, signedBytes(sentAt, payload));
  const head = encodeHead({ token, sentAt, signature: encodeBase64url(code) });
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}

export function signReadToken(streams: readonly string[], secret: string = SECRET) {
  const token = { use: 'read', streams, issued: NOW, expires: NOW + 60_000 } as const;
  return signToken(crypto.subtle, secret, token);
}

export function writeBatch(
  segments: readonly Segment[],
  sender: object = { sdk: 'rivulet/test' },
): string {
  const asLine = (value: object | string) =>
    typeof value === 'string' ? value : JSON.stringify(value);
  const lines = segments.map(
    ({ lane = LANE, first = 1, context = { anonymousId: 'client-1' }, events }) =>
      encodeSegmentHead(lane, first, asLine(context)) +
      events.map((event) => `${asLine(event)}\n`).join(''),
  );
  return `${JSON.stringify(sender)}\n${lines.join('')}`;
}

/** A `track` event. */
export function track(properties: object = {}, fields: object = {}): object {
  return { type: 'track', event: 'Clicked', timestamp: NOW - 1000, properties, ...fields };
}

export function nested(levels: number): string {
  return `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
}
