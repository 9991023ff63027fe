/** Viewers of a stream of several shards behind the read door, on a clock that moves when the test says so. */

import { expect, vi } from 'vitest';
import { signToken } from '../../src/protocol/token.ts';
import type { AnswerCache, RelayRuntime } from '../../worker/runtime.ts';
import { createFakeKinesis } from '../helpers/fake-kinesis/fake-kinesis.ts';
import { createRelayUnderTest, NOW, SECRET } from './relay-under-test.ts';

/** How long Kinesis takes for an answer. */
export const LATENCY_MS = 40;

export const STREAM = 'clickstream';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: Kinesis's own answers, of every operation.
  readonly body: any;
}

export interface ViewerOptions {
  readonly from?: object;
  readonly shard?: string;
  readonly token?: string;
  readonly limit?: number;
  readonly pollIntervalMs?: number;
  /** Which of the isolates the first call meets. @default 0 */
  readonly firstDoor?: number;
}

export type ReadDoorWorld = ReturnType<typeof createReadDoorWorld>;

export function createReadDoorWorld({ shards = 1 } = {}) {
  const clock = createStepClock();
  const { now, delay } = clock;
  const fake = createFakeKinesis({ now });
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: shards });

  const calls: { readonly operation: string; readonly at: number }[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const target = request.headers.get('x-amz-target') ?? '';
    // Before anything is awaited: reading a body takes turns of the event loop, and the clock may move on.
    calls.push({ operation: target.replace('Kinesis_20131202.', ''), at: now() });
    await delay(LATENCY_MS);
    return fake.fetch(request);
  });

  /** One isolate of the relay. */
  function createDoor(runtime: Partial<RelayRuntime> = {}) {
    const relay = createRelayUnderTest({}, { now, delay, ...runtime });
    return {
      ...relay,
      call: async (token: string, operation: string, input: object): Promise<Answer> => {
        const headers = {
          authorization: `Bearer ${token}`,
          'x-amz-target': `Kinesis_20131202.${operation}`,
        };
        const response = await relay.post('/v1/kinesis', JSON.stringify(input), { headers });
        const { status } = response;
        return { status, headers: response.headers, body: await response.json() };
      },
    };
  }

  /** Reads a shard from one place on, as a consumer does, until it is stopped or at the shard's end. */
  function watch(doors: readonly ReturnType<typeof createDoor>[], options: ViewerOptions = {}) {
    const { from = { ShardIteratorType: 'LATEST' }, shard = 'shardId-000000000000' } = options;
    const { limit, pollIntervalMs = 1000 } = options;
    const seen: string[] = [];
    const errors: string[] = [];
    const pages: number[] = [];
    let place: { readonly type: object; iterator: string | undefined } = {
      type: from,
      iterator: undefined,
    };
    let calls = options.firstDoor ?? 0;
    let isStopped = false;
    let behindMs = 0;

    async function step(token: string): Promise<number> {
      // As Cloudflare's network does: each request may meet another isolate.
      const door = doors[calls++ % doors.length] as ReturnType<typeof createDoor>;
      if (place.iterator === undefined) {
        const input = { StreamName: STREAM, ShardId: shard, ...place.type };
        const { status, body } = await door.call(token, 'GetShardIterator', input);
        if (status === 200) place.iterator = body.ShardIterator;
        else errors.push(body.__type);
        return status === 200 ? 0 : pollIntervalMs;
      }
      const input = { ShardIterator: place.iterator, ...(limit && { Limit: limit }) };
      const { status, body } = await door.call(token, 'GetRecords', input);
      if (status !== 200) {
        errors.push(body.__type);
        if (body.__type === 'ExpiredIteratorException') place.iterator = undefined;
        return pollIntervalMs;
      }
      pages.push(body.Records.length);
      for (const { SequenceNumber } of body.Records) seen.push(SequenceNumber);
      const last = seen.at(-1);
      const type = last
        ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: last }
        : place.type;
      place = { type, iterator: body.NextShardIterator };
      if (place.iterator === undefined) isStopped = true;
      behindMs = body.MillisBehindLatest;
      return behindMs > 0 ? pollIntervalMs / 4 : pollIntervalMs;
    }

    void (async () => {
      const token = options.token ?? (await readToken());
      while (!isStopped) await delay(await step(token));
    })();
    return {
      seen,
      errors,
      pages,
      calls: () => calls,
      behindMs: () => behindMs,
      isAtShardEnd: () => isStopped,
      stop: () => {
        isStopped = true;
      },
    };
  }

  const putBytes = (length: number): void => {
    const Data = Buffer.alloc(length).toString('base64');
    fake.call('PutRecord', { StreamName: STREAM, PartitionKey: 'key', Data });
  };

  const put = (...keys: readonly string[]): void => {
    for (const key of keys) {
      const Data = Buffer.from(key).toString('base64');
      fake.call('PutRecord', { StreamName: STREAM, PartitionKey: key, Data });
    }
  };

  /** Sequence numbers of everything in a shard. */
  const stored = (shard = 'shardId-000000000000') =>
    fake
      .records(STREAM)
      .filter(({ shardId }) => shardId === shard)
      .map(({ sequenceNumber }) => sequenceNumber);

  const upstream = (operation: string) => fake.calls.filter((call) => call.operation === operation);

  return { clock, fake, createDoor, watch, put, putBytes, stored, upstream };
}

/** A token of its own for each call. */
export function readToken(): Promise<string> {
  const issued = NOW - ++tokens;
  const expires = NOW + 24 * 3600_000;
  return signToken(crypto.subtle, SECRET, { use: 'read', streams: [STREAM], issued, expires });
}

let tokens = 0;

/** No second of the run has more of these calls than this. */
export function expectAtMostPerSecond(calls: readonly { readonly at: number }[], most: number) {
  const times = calls.map(({ at }) => at);
  for (const from of times) {
    expect(times.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(most);
  }
}

/** A cache of a colo, for the isolates of which it is handed to. */
export function createColoCache(now: () => number) {
  const kept = new Map<string, { readonly value: Uint8Array; readonly until: number }>();
  const cache: AnswerCache = {
    get: async (key) => {
      const found = kept.get(key);
      return found && now() < found.until ? found.value : undefined;
    },
    put: async (key, value, lifeMs) => {
      kept.set(key, { value, until: now() + lifeMs });
    },
  };
  return { cache, kept };
}

/** Of the event loop: none of a call's work in workerd takes more, once nothing waits for time. */
const QUIET_TURNS = 5;

/** Many viewers wait for the same instants: all of what falls due at one happens before the clock moves on. */
function createStepClock() {
  let at = NOW;
  let timers: { readonly at: number; readonly resolve: () => void }[] = [];

  async function settle(): Promise<void> {
    for (let turn = 0; turn < QUIET_TURNS; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function advance(ms: number): Promise<void> {
    const end = at + ms;
    for (;;) {
      await settle();
      const next = Math.min(...timers.map((timer) => timer.at));
      if (next > end) break;
      at = next;
      const due = timers.filter((timer) => timer.at <= at);
      timers = timers.filter((timer) => timer.at > at);
      for (const { resolve } of due) resolve();
    }
    at = end;
  }

  return {
    now: () => at,
    delay: (delayMs: number) =>
      new Promise<void>((resolve) => void timers.push({ at: at + delayMs, resolve })),
    advance,
  };
}
