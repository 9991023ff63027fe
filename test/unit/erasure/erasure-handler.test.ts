// @vitest-environment node
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashSubject } from '../../../src/erasure/audit-line.ts';
import type { ErasureOptions } from '../../../src/erasure/types.ts';
import { verifyAuditLog } from '../../../src/erasure/verify-audit-log.ts';
import { consumed, streamRecord } from '../consumer/event.ts';
import {
  createErasureWorld,
  ENDPOINT,
  eraseRecord,
  LOG_SECRET,
  SECRET,
  SHARD,
} from './erasure-world.ts';

const JANE = { subject: { userId: 'jane@shop.example' } };

describe('an erase event', () => {
  test('becomes one signed call for each product, with a key of its own', async () => {
    const world = createErasureWorld();
    const handler = world.create({ products: ['crm', 'mail'] });

    await world.handle(handler, eraseRecord(1, JANE, { userId: 'user-9' }));

    const [first, second] = world.arrived;
    expect(world.arrived).toHaveLength(2);
    expect(first).toMatchObject({ url: ENDPOINT, redirect: 'manual' });
    expect(first?.request).toEqual({
      key: expect.stringMatching(/^[\w-]{43}$/),
      type: 'erase',
      product: 'crm',
      subject: { userId: 'jane@shop.example' },
      requestedBy: { userId: 'user-9', anonymousId: 'client-1' },
      requestedAt: '2026-01-01T00:00:00.000Z',
      messageId: 'k3f9aL0qXw.1',
      source: 'shop',
    });
    expect(first?.headers.get('idempotency-key')).toBe(first?.request.key);
    expect(first?.headers.get('content-type')).toBe('application/json');
    expect(second?.request).toMatchObject({ product: 'mail', subject: JANE.subject });
    expect(second?.request.key).not.toBe(first?.request.key);
    expect(await world.states()).toMatchObject([{ status: 'done' }, { status: 'done' }]);
  });

  test('is signed as the Standard Webhooks specification says, by each secret', async () => {
    const world = createErasureWorld();
    const bytes = Buffer.from('0123456789abcdef01234567');
    const secret = [`whsec_${bytes.toString('base64')}`, SECRET];

    await world.handle(world.create({ secret }), eraseRecord(1, JANE));

    const [{ headers, body } = { headers: new Headers(), body: '' }] = world.arrived;
    const id = headers.get('webhook-id');
    const timestamp = headers.get('webhook-timestamp');
    const code = (key: string | Buffer) =>
      `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    expect(timestamp).toBe(`${world.clock.now() / 1000}`);
    expect(headers.get('webhook-signature')).toBe(`${code(bytes)} ${code(SECRET)}`);
    expect(id).toBe(headers.get('idempotency-key'));
  });

  test('may be vouched for by headers of the application', async () => {
    const world = createErasureWorld();
    const { secret: _, ...options } = { secret: undefined };

    const handler = world.create({
      ...options,
      secret: [],
      sign: async ({ key, body }) => ({ authorization: `Bearer ${key.length}/${body.length}` }),
    });
    await world.handle(handler, eraseRecord(1, JANE));

    const [call] = world.arrived;
    expect(call?.headers.get('authorization')).toBe(`Bearer 43/${call?.body.length}`);
    expect(call?.headers.has('webhook-signature')).toBe(false);
  });

  test('is not called for while nobody vouches for it, and the run hears of it', async () => {
    const never = createErasureWorld();
    const refusing = createErasureWorld();
    const refuse = (): Promise<never> => Promise.reject(new Error('no key today'));
    const record = eraseRecord(1, JANE);

    await expect(
      never.handle(never.create({ sign: () => new Promise(() => {}) }), record),
    ).rejects.toThrow('no answer within 10000 ms');
    await expect(refusing.handle(refusing.create({ sign: refuse }), record)).rejects.toThrow(
      'no key today',
    );

    expect([...never.arrived, ...refusing.arrived]).toEqual([]);
  });

  test('that names products is for those, and for nobody else', async () => {
    const world = createErasureWorld();
    const handler = world.create({ products: ['crm', 'mail'] });

    await world.handle(
      handler,
      eraseRecord(1, { ...JANE, products: ['mail', 'billing'] }),
      eraseRecord(2, { ...JANE, products: ['billing'] }),
    );

    expect(world.arrived.map(({ request }) => request.product)).toEqual(['mail']);
    expect(world.entries().map(({ kind }) => kind)).toEqual([
      ...['received', 'called', 'answered', 'not_ours'],
    ]);
    expect(world.entries().at(-1)).toMatchObject({
      messageId: 'k3f9aL0qXw.2',
      reason: 'products: billing',
    });
  });

  test('that comes again, as a copy or after a restart, is not called for again', async () => {
    const world = createErasureWorld();
    const copy = eraseRecord(1, JANE, { sentAt: '2026-02-01T00:00:00.000Z' });

    await world.handle(world.create(), eraseRecord(1, JANE), copy);
    await world.handle(world.create(), copy);

    expect(world.arrived).toHaveLength(1);
    expect(world.entries().map(({ kind }) => kind)).toEqual(['received', 'called', 'answered']);
  });

  test('of another subject under the same message id is another request', async () => {
    const world = createErasureWorld();

    await world.handle(
      world.create(),
      eraseRecord(1, { subject: { userId: 'nobody' } }),
      eraseRecord(1, JANE),
    );

    expect(world.arrived.map(({ request }) => request.subject.userId)).toEqual([
      ...['nobody', 'jane@shop.example'],
    ]);
  });

  test('that is none, from another producer, is written down and holds nothing up', async () => {
    const world = createErasureWorld();
    const handler = world.create();
    const bad = eraseRecord(1, { subject: 'jane' });

    await world.handle(handler, bad, eraseRecord(2, JANE));
    await world.handle(world.create(), bad);

    expect(world.arrived).toHaveLength(1);
    expect(world.entries().filter(({ kind }) => kind === 'malformed')).toMatchObject([
      {
        messageId: 'k3f9aL0qXw.1',
        reason: expect.stringContaining('properties.subject: expected'),
      },
    ]);
    expect(await world.states()).toMatchObject([{ status: 'malformed' }, { status: 'done' }]);
  });

  test('is found among others, which are nothing to it', async () => {
    const world = createErasureWorld();

    await world.handle(
      world.create(),
      consumed(undefined),
      consumed(streamRecord(1)),
      eraseRecord(2, JANE),
    );

    expect(world.arrived).toHaveLength(1);
  });
});

describe('an endpoint', () => {
  test.each([
    ['500', 500],
    ['503', 503],
    ['408', 408],
    ['409, while another call is under way', 409],
    ['425', 425],
    ['429', 429],
    ['nothing, and has not got it', 'lost'],
    ['nothing, and has got it', 'unheard'],
    ['nothing for too long', 'hangs'],
  ] as const)(
    'that answers %s is called again, with the same key and the same bytes',
    async (_, bad) => {
      const world = createErasureWorld((count) => (count < 3 ? bad : 200));

      await world.handle(world.create(), eraseRecord(1, JANE));

      const answers = world.entries().filter(({ kind }) => kind === 'answered');
      expect(answers.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'done']);
      expect(new Set(world.arrived.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(
        1,
      );
      expect(new Set(world.arrived.map(({ body }) => body)).size).toBe(1);
      expect(await world.states()).toMatchObject([{ status: 'done' }]);
    },
  );

  test('that stays away makes the run say so, and is called on when it comes back', async () => {
    let isAway = true;
    const world = createErasureWorld(() => (isAway ? 503 : 200));
    const handler = world.create();

    const failed = world.handle(handler, eraseRecord(1, JANE));
    await expect(failed).rejects.toThrow(
      /^erasure from crm, key [\w-]{43}: expected 2xx, got 503$/,
    );
    await expect(failed).rejects.toMatchObject({ code: 'erasure_failed' });
    isAway = false;
    await world.handle(handler, eraseRecord(1, JANE));

    expect(world.arrived).toHaveLength(4);
    // It was received once, whatever the run does.
    expect(world.entries().filter(({ kind }) => kind === 'received')).toHaveLength(1);
    expect(await world.states()).toMatchObject([{ status: 'done' }]);
  });

  test('waits 0.5 s, then 1 s, at most, unless it asks for more', async () => {
    const at: number[] = [];
    const world = createErasureWorld((count) => {
      at.push(world.clock.now());
      const headers = { 'retry-after': count === 2 ? '7' : '0' };
      return count < 4 ? new Response(null, { status: 429, headers }) : 200;
    });

    await world.handle(world.create({ attempts: 4 }), eraseRecord(1, JANE));

    expect(at.map((each, index) => each - (at[index - 1] ?? each))).toEqual([0, 500, 7000, 2000]);
  });

  test('that wants to wait longer than a handler may is left alone until then', async () => {
    const headers = { 'retry-after': '120' };
    const world = createErasureWorld((count) =>
      count === 1 ? new Response(null, { status: 503, headers }) : 200,
    );
    const handler = world.create();

    await expect(world.handle(handler, eraseRecord(1, JANE))).rejects.toThrow(/within \d+ ms/);
    await expect(world.handle(handler, eraseRecord(1, JANE))).rejects.toThrow(/within \d+ ms/);
    expect(world.arrived).toHaveLength(1);
    await world.clock.advance(115_000);
    await world.handle(handler, eraseRecord(1, JANE));

    expect(world.arrived).toHaveLength(2);
  });

  test('that asks for a time in another century is asked again the next day', async () => {
    const headers = { 'retry-after': 'Fri, 31 Dec 2199 23:59:59 GMT' };
    const world = createErasureWorld((count) =>
      count === 1 ? new Response(null, { status: 503, headers }) : 200,
    );
    const handler = world.create();
    await expect(world.handle(handler, eraseRecord(1, JANE))).rejects.toThrow();

    // The wall clock may say what it likes.
    world.clock.set(0);
    await world.clock.advance(24 * 60 * 60_000);
    await world.handle(handler, eraseRecord(1, JANE));

    expect(world.arrived).toHaveLength(2);
  });

  test.each([400, 401, 403, 404, 410, 422, 302])(
    'that answers %i has refused: the request is parked, with the reason, and its shard goes on',
    async (status) => {
      const world = createErasureWorld((count) => (count === 1 ? status : 200));

      await world.handle(world.create(), eraseRecord(1, JANE), eraseRecord(2, JANE));

      expect(await world.store.parked()).toMatchObject([
        { reason: `expected 2xx, got ${status}`, request: JANE },
      ]);
      expect(world.arrived).toHaveLength(2);
      expect(world.entries()[2]).toMatchObject({ kind: 'answered', outcome: 'parked', status });
    },
  );

  test('of one product that is away does not keep the others', async () => {
    const world = createErasureWorld((_, { request }) => (request.product === 'crm' ? 503 : 200));

    await expect(
      world.handle(world.create({ products: ['crm', 'mail'] }), eraseRecord(1, JANE)),
    ).rejects.toThrow('erasure from crm');

    expect(await world.states()).toMatchObject([{ status: 'done' }]);
  });

  test('is not called for a shard that is another’s by now', async () => {
    const world = createErasureWorld();
    const handler = world.create();

    await expect(
      world.finish(
        Promise.resolve(
          handler.handle([eraseRecord(1, JANE)], {
            ...{ shardId: SHARD, attempt: 1 },
            signal: AbortSignal.abort(new Error('revoked')),
          }),
        ),
      ),
    ).rejects.toThrow('revoked');

    expect(world.arrived).toEqual([]);
    expect(await world.states()).toEqual([]);
  });

  test('hears of it when a call is given up, and the next one waits for its end', async () => {
    const world = createErasureWorld((count) => (count === 1 ? 'hangs' : 200));
    const handler = world.create();
    const stop = new AbortController();
    const record = eraseRecord(1, JANE);

    const first = handler.handle([record], { shardId: SHARD, attempt: 1, signal: stop.signal });
    await world.clock.settle();
    const { signal } = new AbortController();
    const second = handler.handle([record], { shardId: SHARD, attempt: 2, signal });
    await world.clock.settle();
    stop.abort(new Error('closing'));
    await expect(first).rejects.toThrow('closing');
    await second;

    expect(world.entries().map(({ kind }) => kind)).toEqual([
      ...['received', 'called', 'answered', 'called', 'answered'],
    ]);
    expect(world.entries()[2]).toMatchObject({ outcome: 'retry', status: null });
  });
});

describe('what was parked', () => {
  test('is called for again when it is asked for, with the key that it had', async () => {
    let isFixed = false;
    const world = createErasureWorld(() => (isFixed ? 200 : 404));
    await world.handle(world.create(), eraseRecord(1, JANE));
    const again = world.create();

    expect(await world.finish(again.retryParked())).toEqual({ done: 0, parked: 1 });
    isFixed = true;
    expect(await world.finish(again.retryParked())).toEqual({ done: 1, parked: 0 });
    expect(await world.finish(again.retryParked())).toEqual({ done: 0, parked: 0 });

    expect(new Set(world.arrived.map(({ body }) => body)).size).toBe(1);
    expect(world.arrived).toHaveLength(3);
    // Nothing of the subject stays behind.
    expect(JSON.stringify(await world.states())).not.toContain('jane');
    const report = await verifyAuditLog(world.lines(), { logSecret: LOG_SECRET });
    expect(report).toMatchObject({ isIntact: true, requests: { done: 1, parked: 0, open: 0 } });
  });

  test('stays so where the endpoint is away, and the caller hears it', async () => {
    const world = createErasureWorld((count) => (count === 1 ? 403 : 500));
    const handler = world.create();
    await world.handle(handler, eraseRecord(1, JANE));

    await expect(world.finish(handler.retryParked())).rejects.toThrow('expected 2xx, got 500');

    expect(await world.store.parked()).toHaveLength(1);
  });
});

describe('what the run gives up', () => {
  test('is parked, each product by itself, and its shard goes on', async () => {
    let isWell = false;
    const world = createErasureWorld((_, { request }) =>
      isWell || request.product === 'mail' ? 200 : 500,
    );
    const handler = world.create({ products: ['crm', 'mail'], attempts: 1 });
    const record = eraseRecord(1, JANE);
    const error = await world.handle(handler, record).catch((reason: unknown) => reason);

    await world.finish(handler.park({ record, error }));
    await world.finish(handler.park({ record, error }));
    await world.handle(handler, record);

    expect(await world.store.parked()).toMatchObject([
      { reason: expect.stringContaining('got 500'), request: { product: 'crm', ...JANE } },
    ]);
    expect(world.entries().filter(({ kind }) => kind === 'parked')).toMatchObject([
      { product: 'crm', reason: expect.stringContaining('got 500') },
    ]);
    const verify = () => verifyAuditLog(world.lines(), { logSecret: LOG_SECRET });
    expect(await verify()).toMatchObject({ requests: { done: 1, parked: 1, open: 0 } });
    isWell = true;
    expect(await world.finish(handler.retryParked())).toEqual({ done: 1, parked: 0 });
    expect(await verify()).toMatchObject({ requests: { done: 2, parked: 0, open: 0 } });
  });

  test('is not this handler’s to park where it is no erasure', async () => {
    const world = createErasureWorld();
    const error = new Error('of another handler');

    await expect(world.create().park({ record: consumed(streamRecord(1)), error })).rejects.toThrow(
      error,
    );
  });
});

describe('the audit log', () => {
  test('tells who asked, when it was captured, received, called and answered', async () => {
    const world = createErasureWorld();

    await world.handle(world.create(), eraseRecord(3, JANE, { userId: 'user-9' }));

    const { userId } = await hashSubject(LOG_SECRET, JANE.subject);
    const asking = await hashSubject(LOG_SECRET, { userId: 'user-9', anonymousId: 'client-1' });
    const key = world.arrived[0]?.request.key;
    const at = new Date(world.clock.now()).toISOString();
    expect(world.entries()).toMatchObject([
      {
        ...{ seq: 1, at, kind: 'received', key, product: 'crm', previous: null },
        ...{ messageId: 'k3f9aL0qXw.3', source: 'shop', subject: { userId }, askedBy: asking },
        capturedAt: '2026-01-01T00:00:00.000Z',
        receivedAt: '2026-01-01T00:00:00.000Z',
        arrivedAt: '2026-01-01T00:00:00.000Z',
        readAt: '2026-01-01T00:00:00.100Z',
        ...{ shardId: SHARD, sequenceNumber: '3', subSequenceNumber: 0 },
      },
      { seq: 2, at, kind: 'called', key, endpoint: 'https://crm.example/erasures' },
      { seq: 3, at, kind: 'answered', key, call: 2, outcome: 'done', status: 200 },
    ]);
  });

  test('holds no id in the clear, unless that is asked for', async () => {
    const hidden = createErasureWorld();
    const plain = createErasureWorld();
    const record = eraseRecord(1, JANE, { userId: 'user-9' });

    await hidden.handle(hidden.create(), record);
    await plain.handle(plain.create({ logIds: true }), record);

    expect(hidden.lines().join('\n')).not.toMatch(/jane|user-9|client-1/);
    expect(plain.entries()[0]).toMatchObject({
      subject: JANE.subject,
      askedBy: { userId: 'user-9', anonymousId: 'client-1' },
    });
  });

  test('comes before the call: where nothing can be written, nobody is called', async () => {
    const world = createErasureWorld();
    const log = { ...world.log, append: () => Promise.reject(new Error('disk full')) };

    await expect(world.handle(world.create({ log }), eraseRecord(1, JANE))).rejects.toThrow(
      'audit log: Error: disk full',
    );

    expect(world.arrived).toEqual([]);
    expect(await world.states()).toEqual([]);
  });

  test('comes before the store: what cannot be written as answered is called for again', async () => {
    const world = createErasureWorld();
    let isFull = false;
    const log = {
      ...world.log,
      append: async (seq: number, line: string) => {
        if (isFull) throw new Error('disk full');
        await world.log.append(seq, line);
        isFull = line.includes('"called"');
      },
    };
    const handler = world.create({ log });

    await expect(world.handle(handler, eraseRecord(1, JANE))).rejects.toThrow('disk full');
    expect(await world.states()).toEqual([]);
    isFull = false;
    await world.handle(world.create(), eraseRecord(1, JANE));

    expect(new Set(world.arrived.map(({ body }) => body)).size).toBe(1);
    expect(await verifyAuditLog(world.lines(), { logSecret: LOG_SECRET })).toMatchObject({
      ...{ isIntact: true, calls: 2, unanswered: 1 },
      requests: { done: 1, open: 0 },
    });
  });

  test('is one chain, whoever writes, and whoever’s answer was lost', async () => {
    const world = createErasureWorld();
    let count = 0;
    const log = {
      ...world.log,
      append: async (seq: number, line: string) => {
        await world.log.append(seq, line);
        if (++count % 3 === 0) throw new Error('the answer was lost');
      },
    };
    const [one, other] = [world.create({ log }), world.create({ log })];

    for (let seq = 1; seq <= 8; seq += 2) {
      await Promise.all([
        world.handle(one, eraseRecord(seq, JANE)),
        world.handle(other, eraseRecord(seq + 1, JANE)),
      ]);
    }

    const report = await verifyAuditLog(world.lines(), { logSecret: LOG_SECRET });
    expect(report).toMatchObject({ isIntact: true, lines: 24, requests: { done: 8, open: 0 } });
  });

  test('is not gone on with under another secret, or behind half a line', async () => {
    const world = createErasureWorld();
    await world.handle(world.create(), eraseRecord(1, JANE));
    const torn = { ...world.log, last: async () => world.lines().at(-1)?.slice(0, -9) };

    for (const options of [{ logSecret: `${LOG_SECRET}, another` }, { log: torn }]) {
      await expect(world.handle(world.create(options), eraseRecord(2, JANE))).rejects.toThrow(
        'audit log: TypeError: expected a whole last line under this logSecret',
      );
    }

    expect(world.arrived).toHaveLength(1);
  });
});

describe('options', () => {
  test.each<[string, Partial<Record<keyof ErasureOptions, unknown>>, string]>([
    ['no product', { products: [] }, 'products: expected names'],
    ['a product without a name', { products: [''] }, 'products: expected names'],
    ['http', { endpoint: 'http://crm.example' }, 'endpoint: expected an https: URL'],
    ['no URL', { endpoint: 'crm' }, 'endpoint: expected an https: URL'],
    ['a name and a password', { endpoint: 'https://a:b@crm.example' }, 'got https://…@crm.example'],
    [
      'neither a secret nor a signature',
      { secret: undefined },
      'secret: expected a secret, or `sign`',
    ],
    ['no secret at all', { secret: [] }, 'secret: expected a secret, or `sign`'],
    ['a short secret', { secret: 'x'.repeat(23) }, 'secret: expected at least 24 bytes, got 23'],
    [
      'a secret that is no base64',
      { secret: 'whsec_?' },
      'secret: expected at least 24 bytes, got no',
    ],
    ['a store that is none', { store: {} }, 'store: expected an ErasureStore'],
    ['a log that is none', { log: undefined }, 'log: expected an AuditLog'],
    [
      'a short key of the log',
      { logSecret: 'short' },
      'logSecret: expected at least 32 characters',
    ],
    ['no time', { timeoutMs: 0 }, 'timeoutMs: '],
    ['no attempts', { attempts: 0 }, 'attempts: '],
    ['a wait of less than nothing', { retryDelayMs: -1 }, 'retryDelayMs: '],
  ])('with %s are refused', (_, options, message) => {
    const world = createErasureWorld();

    expect(() => world.create(options as never)).toThrow(message);
  });

  test('let a page without WebCrypto know', () => {
    const world = createErasureWorld();
    const runtime = { ...world.runtime, subtle: undefined };

    expect(() => world.create({ runtime })).toThrow('runtime.subtle: expected WebCrypto');
  });

  test.each(['http://localhost:8080/e', 'http://127.0.0.1/e', 'http://[::1]:1/e'])(
    'take %s, which leaves no machine',
    (endpoint) => {
      expect(() => createErasureWorld().create({ endpoint })).not.toThrow();
    },
  );
});
