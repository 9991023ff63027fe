import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createInFlight, MAX_BYTES_IN_FLIGHT } from '../../worker/http/in-flight.ts';
import type { Relay } from '../../worker/relay.ts';
import {
  createRelayUnderTest,
  NOW,
  ORIGIN,
  type Segment,
  signBatch,
  track,
  writeBatch,
} from './relay-under-test.ts';
import { scriptKinesis, stored } from './scripted-kinesis.ts';

const BATCH_URL = 'https://relay.example/v1/batch';
const MiB = 2 ** 20;

afterEach(() => {
  vi.restoreAllMocks();
});

/** The first answers, as they come. */
function firstOf<Value>(promises: readonly Promise<Value>[], count: number): Promise<Value[]> {
  const values: Value[] = [];
  return new Promise((resolve, reject) => {
    for (const promise of promises) {
      promise.then((value) => values.push(value) === count && resolve(values), reject);
    }
  });
}

describe('what an isolate holds of batches', () => {
  test('is bounded to the byte, and given back', () => {
    const open = createInFlight({ random: () => 0.5 }, 1000);
    const first = open();
    first.add(999);

    expect(() => first.add(1)).toThrow('at most 1000 bytes');
    expect(open).toThrow('at most 1000 bytes');
    first.release();
    first.release();
    const second = open();
    second.add(999);

    expect(() => second.add(1)).toThrow();
  });

  test('counts what was refused no longer', () => {
    const open = createInFlight({ random: () => 0.5 }, 1000);
    const first = open();

    expect(() => first.add(2000)).toThrow();
    first.add(999);

    first.release();
    expect(open).not.toThrow();
  });
});

describe('a relay that is at 32 MiB of batches', () => {
  /** Half a million bytes, and as much again where it is opened. */
  const large: readonly Segment[] = [
    { events: [track({ filling: 'f'.repeat(250_000) }), track({ filling: 'g'.repeat(250_000) })] },
  ];

  /** Sends the same large batch any number of times, to a Kinesis that answers when it is told to. */
  async function createCrowd({ gzip = false } = {}) {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const kinesis = scriptKinesis(async (call, index) => {
      await released;
      return stored(call, index);
    });
    const { relay, openSession } = createRelayUnderTest();
    const text = new TextEncoder().encode(writeBatch(large));
    const payload = gzip ? new Uint8Array(gzipSync(text)) : text;
    const body = await signBatch(await openSession(), NOW, payload);
    const send = async () => {
      const init = { method: 'POST', headers: { origin: ORIGIN }, body };
      const response = await relay.fetch(new Request(BATCH_URL, init));
      const answer: { code?: string } = await response.json();
      return { status: response.status, code: answer.code, response };
    };
    return { kinesis, release, relay, send };
  }

  /** A batch of which so many bytes have come, and no more will. */
  function sendPart(relay: Pick<Relay, 'fetch'>, bytes: number) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const headers = { 'content-length': String(MiB) };
    const init = { method: 'POST', headers, body: readable, duplex: 'half' } as RequestInit;
    const answering = relay.fetch(new Request(BATCH_URL, init));
    const writer = writable.getWriter();
    const written = bytes > 0 ? writer.write(new Uint8Array(bytes)).catch(() => {}) : undefined;
    const breakOff = async () => {
      await writer.abort('gone').catch(() => {});
      return (await answering).json() as Promise<{ code: string }>;
    };
    return { written, breakOff };
  }

  test('answers the next one at once, and goes on when there is room', async () => {
    const { kinesis, release, send } = await createCrowd();

    const taken = Math.floor(MAX_BYTES_IN_FLIGHT / 1_001_500);

    const sent = Array.from({ length: 40 }, send);
    const [first] = await firstOf(sent, 40 - taken);
    expect([first?.status, first?.code]).toEqual([503, 'relay_busy']);
    expect(first?.response.headers.get('retry-after')).toBe('3');
    release();
    const answers = await Promise.all(sent);
    const later = await send();

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(taken);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(40 - taken);
    expect(later.status).toBe(200);
    expect(kinesis.calls.length).toBeGreaterThan(taken);
  });

  test('counts what gzip hides', async () => {
    const { release, send } = await createCrowd({ gzip: true });

    const sent = Array.from({ length: 80 }, send);
    const first = await Promise.race(sent);
    release();
    await Promise.all(sent);

    expect([first.status, first.code]).toEqual([503, 'relay_busy']);
  });

  test('gives the room back of batches that are refused', async () => {
    const { release, relay, send } = await createCrowd();
    release();
    const body = new TextEncoder().encode(`rivulet1 t 1 s\n${'x'.repeat(MiB - 100)}`);

    for (let round = 0; round < 40; round++) {
      await relay.fetch(new Request(BATCH_URL, { method: 'POST', body }));
    }

    expect((await send()).status).toBe(200);
  });

  test('counts bytes as they come, before a batch is whole', async () => {
    const { release, relay, send } = await createCrowd();
    release();
    const parts = Array.from({ length: 40 }, () => sendPart(relay, 900_000));
    await Promise.all(parts.map(({ written }) => written));

    const { status, code } = await send();

    expect([status, code]).toEqual([503, 'relay_busy']);
    await Promise.all(parts.map(({ breakOff }) => breakOff()));
    expect((await send()).status).toBe(200);
  });

  test('keeps no room for bytes that were promised and have not come', async () => {
    const { release, relay, send } = await createCrowd();
    release();
    const parts = Array.from({ length: 100 }, () => sendPart(relay, 0));

    const { status } = await send();
    const answers = await Promise.all(parts.map(({ breakOff }) => breakOff()));

    expect(status).toBe(200);
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['malformed']));
  });
});
