import { afterEach, describe, expect, test, vi } from 'vitest';
import { createInFlight, MAX_BYTES_IN_FLIGHT } from '../../worker/http/in-flight.ts';
import { createRelayUnderTest, type Segment, track } from './relay-under-test.ts';
import { scriptKinesis, stored } from './scripted-kinesis.ts';

const MiB = 2 ** 20;

afterEach(() => {
  vi.restoreAllMocks();
});

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

  test('answers the next one at once, and goes on when there is room', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const kinesis = scriptKinesis(async (call, index) => {
      await released;
      return stored(call, index);
    });
    const { openSession, sendBatch } = createRelayUnderTest();
    const session = await openSession();

    const sent = Array.from({ length: 40 }, () => sendBatch(large, { session }));
    const first = await Promise.race(sent);
    expect([first.status, first.answer.code]).toEqual([503, 'relay_busy']);
    expect(first.response.headers.get('retry-after')).toBe('3');
    release();
    const answers = await Promise.all(sent);
    const taken = answers.filter(({ status }) => status === 200).length;
    const later = await sendBatch(large, { session });

    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect(taken).toBe(Math.floor(MAX_BYTES_IN_FLIGHT / 1_001_000));
    expect(later.status).toBe(200);
    expect(kinesis.calls.length).toBeGreaterThanOrEqual(taken);
  });

  test('counts what gzip hides', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    scriptKinesis(async (call, index) => {
      await released;
      return stored(call, index);
    });
    const { openSession, sendBatch } = createRelayUnderTest();
    const session = await openSession();

    const sent = Array.from({ length: 80 }, () => sendBatch(large, { session, gzip: true }));
    const first = await Promise.race(sent);
    release();
    await Promise.all(sent);

    expect([first.status, first.answer.code]).toEqual([503, 'relay_busy']);
  });

  test('gives the room back of batches that are refused', async () => {
    scriptKinesis();
    const { post, sendBatch } = createRelayUnderTest();
    const refused = `rivulet1 t 1 s\n${'x'.repeat(MiB - 100)}`;

    for (let round = 0; round < 40; round++) await post('/v1/batch', refused);
    const { status } = await sendBatch(large);

    expect(status).toBe(200);
  });

  test('counts bytes as they come, before a batch is whole', async () => {
    scriptKinesis();
    const { relay, sendBatch, openSession } = createRelayUnderTest();
    const session = await openSession();
    const part = new Uint8Array(900_000);
    const sending = Array.from({ length: 40 }, () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const init = { method: 'POST', headers: { 'content-length': String(MiB) }, body: readable };
      const answering = relay.fetch(new Request('https://relay.example/v1/batch', init));
      const writer = writable.getWriter();
      return { answering, writer, written: writer.write(part).catch(() => {}) };
    });
    await Promise.all(sending.map(({ written }) => written));

    const { status, answer } = await sendBatch(large, { session });

    expect([status, answer.code]).toEqual([503, 'relay_busy']);
    for (const { writer } of sending) await writer.abort('gone').catch(() => {});
    await Promise.all(sending.map(({ answering }) => answering));
    expect((await sendBatch(large, { session })).status).toBe(200);
  });

  test('keeps no room for bytes that were promised and have not come', async () => {
    scriptKinesis();
    const { relay, sendBatch } = createRelayUnderTest();
    const promise = () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const request = new Request('https://relay.example/v1/batch', {
        method: 'POST',
        headers: { 'content-length': String(MiB) },
        body: readable,
        duplex: 'half',
      } as RequestInit);
      return { answering: relay.fetch(request), writable };
    };

    const slow = Array.from({ length: 100 }, promise);
    const { status } = await sendBatch(large);
    expect(status).toBe(200);

    for (const { writable } of slow) await writable.abort('gone');
    const answers = await Promise.all(slow.map(({ answering }) => answering));
    const bodies: { code: string }[] = await Promise.all(answers.map((answer) => answer.json()));
    expect(new Set(bodies.map(({ code }) => code))).toEqual(new Set(['malformed']));
  });
});
