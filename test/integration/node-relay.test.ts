import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BatchAnswer, RefusalAnswer } from '../../src/protocol/receipt.ts';
import { signToken } from '../../src/protocol/token.ts';
import type { NodeRelayOptions } from '../../worker/node/index.ts';
import { type NodeRelayWorld, SECRET, SHOP, startNodeRelay } from '../helpers/node-relay-world.ts';
import { writeSignedBatch } from '../helpers/signed-batch.ts';

let world: NodeRelayWorld;

afterEach(() => world?.stop());

async function start(options?: Partial<NodeRelayOptions>): Promise<void> {
  world = await startNodeRelay(options);
}

const track = (n: number): object => ({
  ...{ type: 'track', event: 'Clicked', timestamp: Date.now(), properties: { n } },
});

async function sendBatch(events: readonly object[], headers: Record<string, string> = {}) {
  const body = await writeSignedBatch(await world.openSession(), events);
  const response = await fetch(`${world.url}/v1/batch`, { method: 'POST', body, headers });
  return { status: response.status, answer: (await response.json()) as BatchAnswer };
}

/** What the stream has: each record's data, where no aggregate was made. */
function lastRecord(): { context: { ip?: string } } {
  const data = world.kinesis.records('clickstream').at(-1)?.data ?? new Uint8Array();
  return JSON.parse(new TextDecoder().decode(data));
}

describe('the relay in Node', () => {
  it('gives sessions, and stores what they send', async () => {
    await start();

    const { status, answer } = await sendBatch([track(1), track(2)]);

    expect(status).toBe(200);
    expect(answer.receipts).toMatchObject([{ first: 1, count: 2, status: 'stored' }]);
    expect(world.kinesis.records('clickstream')).toHaveLength(1);
    expect(world.logs).toMatchObject([{ at: 'batch', source: 'shop', events: 2, stored: 2 }]);
  });

  it('says what is wrong with its settings, and goes on saying so', async () => {
    await start({ env: { RELAY_AWS_REGION: 'nowhere' } });

    const response = await fetch(`${world.url}/v1/health`);

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      problems: ['RELAY_AWS_REGION: expected an AWS region'],
    });
  });

  it('says of its streams whether they are ready', async () => {
    await start();
    const issued = Date.now();
    const streams = ['clickstream'];
    const token = { use: 'read', streams, issued, expires: issued + 60_000 } as const;
    const bearer = await signToken(crypto.subtle, SECRET, token);

    const headers = { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${world.url}/v1/ready`, { headers });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      streams: [{ stream: 'clickstream', ok: true, status: 'ACTIVE', shards: 2 }],
    });
  });

  it('knows who connected by the socket, whatever a client says', async () => {
    await start();

    await sendBatch([track(1)], {
      'cf-connecting-ip': '203.0.113.7',
      'x-forwarded-for': '203.0.113.8',
    });

    expect(lastRecord().context.ip).toBe('127.0.0.1');
  });

  it.each([
    ['203.0.113.7, 198.51.100.9', '198.51.100.9'],
    ['2001:db8::7', '2001:db8::7'],
    ['unknown', undefined],
  ])('believes a proxy that it was told of: %s', async (forwarded, ip) => {
    await start({ proxyHeader: 'X-Forwarded-For' });

    await sendBatch([track(1)], { 'x-forwarded-for': forwarded });

    expect(lastRecord().context.ip).toBe(ip);
  });

  it('lets a client read why its long body is refused, and goes on with the connection', async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    const long = await post(agent, '/v1/batch', Buffer.alloc(3_000_000));
    const unsaid = await post(agent, '/v1/batch', Buffer.alloc(3_000_000), true);
    const next = await post(agent, '/v1/session', Buffer.from('no json'));
    agent.destroy();

    expect([long.status, unsaid.status, next.status]).toEqual([413, 413, 400]);
    expect([long.body.code, unsaid.body.code]).toEqual(['too_large', 'too_large']);
    expect([long.isReused, unsaid.isReused, next.isReused]).toEqual([false, true, true]);
  });

  it('survives who hangs up in the middle of a body', async () => {
    await start();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('POST /v1/batch HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nrivulet1');
    socket.resume();

    await vi.waitFor(() => expect(world.logs).toMatchObject([{ code: 'malformed' }]));

    expect((await fetch(`${world.url}/v1/health`)).status).toBe(200);
  });

  it.each([
    ['TRACE / HTTP/1.1', '400'],
    ['GET http://[ HTTP/1.1', '400'],
    ['GET //v1/health HTTP/1.1', '404'],
    ['OPTIONS * HTTP/1.1', '404'],
    ['GET /v1/health HTTP/1.1', '200'],
  ])('answers %s with %s', async (line, status) => {
    await start();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`${line}\r\nhost: //\r\nconnection: close\r\n\r\n`);

    expect((await readText(socket)).split(' ')[1]).toBe(status);
  });

  it('takes sources and revocations from a file, and sees it change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node-relay-'));
    const storeFile = join(folder, 'store.json');
    await start({ storeFile, env: { SOURCES: '' } });
    const ask = async (): Promise<number> => {
      const body = JSON.stringify({ writeKey: 'wk_late', client: 'c', sdk: 'test/1' });
      return (await fetch(`${world.url}/v1/session`, { method: 'POST', body })).status;
    };
    const health = await (await fetch(`${world.url}/v1/health`)).json();
    await writeFile(storeFile, JSON.stringify({ 'source/wk_late': { ...SHOP, name: 'late' } }));

    expect(health).toMatchObject({ ok: true, sources: 0, store: 'on' });
    expect(await ask()).toBe(200);
    await rm(folder, { recursive: true });
  });

  it('counts rates in its own memory', async () => {
    await start({ limits: { session: { limit: 1, periodMs: 60_000 } } });
    await world.openSession();

    const response = await fetch(`${world.url}/v1/session`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('/metrics', () => {
  it('counts batches, events, refusals and calls, each source for itself', async () => {
    await start();
    await sendBatch([track(1), track(2), { type: 'track' }]);
    await fetch(`${world.url}/v1/batch`, { method: 'POST', body: 'nothing' });
    await fetch(`${world.url}/admin.php`);
    const port = await world.relay.listenMetrics();

    const response = await fetch(`http://127.0.0.1:${port}/metrics`);

    const figures = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    for (const line of [
      'rivulet_batches_total{source="shop",code="ok"} 1',
      'rivulet_events_total{source="shop",status="stored"} 2',
      'rivulet_events_total{source="shop",status="rejected"} 1',
      'rivulet_rejections_total{source="shop",code="not_an_event"} 1',
      'rivulet_refusals_total{path="/v1/batch",code="malformed"} 1',
      'rivulet_refusals_total{path="other",code="not_found"} 1',
      'rivulet_kinesis_payload_units_total{source="shop"} 1',
      'rivulet_put_seconds_count{source="shop"} 1',
      'rivulet_requests_in_flight 0',
      'rivulet_stream_open{stream="clickstream"} 0',
    ]) {
      expect(figures).toContain(`\n${line}\n`);
    }
    expect(figures).toContain('process_resident_memory_bytes');
  });

  it('shows a stream that is asked no more', async () => {
    await start();
    world.kinesis.always(() => ({ kind: 'refuse', type: 'ResourceNotFoundException' }));

    for (let batch = 0; batch < 6; batch++) await sendBatch([track(batch)]);

    const figures = await world.relay.metrics();
    expect(figures).toContain('rivulet_stream_open{stream="clickstream"} 1');
    expect(figures).toContain('rivulet_kinesis_errors_total{source="shop",error="CircuitOpen"}');
    expect(figures).toContain('rivulet_batches_total{source="shop",code="stream_misconfigured"} 6');
  });

  it('is nowhere on the port that strangers reach', async () => {
    await start();

    expect((await fetch(`${world.url}/metrics`)).status).toBe(404);
  });
});

describe('a shutdown', () => {
  it('answers what is under way, and takes nobody new', async () => {
    await start();
    const release = world.hold();
    const sending = sendBatch([track(1)]);
    await world.called();

    const closing = world.relay.close();
    await expect(fetch(`${world.url}/v1/health`)).rejects.toThrow();
    release();
    const { status } = await sending;
    await closing;

    expect(status).toBe(200);
    expect(world.kinesis.records('clickstream')).toHaveLength(1);
  });

  it('does not wait for connections that ask nothing', async () => {
    await start();
    const agent = new Agent({ keepAlive: true });
    await post(agent, '/v1/session', Buffer.from('{}'));

    await world.relay.close(60_000);

    agent.destroy();
    await expect(fetch(`${world.url}/v1/health`)).rejects.toThrow();
  });

  it('cuts off what takes too long, which was not acknowledged', async () => {
    await start();
    const release = world.hold();
    const sending = sendBatch([track(1)]);
    const ended = expect(sending).rejects.toThrow();
    await world.called();

    await world.relay.close(10);

    await ended;
    release();
  });
});

/** With node:http, which keeps a connection where it can. */
function post(agent: Agent, path: string, body: Buffer, isChunked = false) {
  return new Promise<{ status: number; body: RefusalAnswer; isReused: boolean }>(
    (resolve, reject) => {
      const headers: Record<string, string> = isChunked
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': String(body.length) };
      const request = httpRequest(world.url + path, { method: 'POST', agent, headers });
      request.on('error', reject);
      request.on('response', (response) => {
        const { statusCode: status = 0 } = response;
        const { reusedSocket: isReused } = request;
        readText(response)
          .then((text) => resolve({ status, body: JSON.parse(text), isReused }))
          .catch(reject);
      });
      request.end(body);
    },
  );
}
