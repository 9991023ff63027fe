import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, PASS, startFaultProxy } from '../../demo/launcher/fault-proxy.ts';

let target: Server;
let heard: string[];
let proxy: FaultProxy;

beforeAll(async () => {
  target = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(201, { 'x-seen': String(request.headers['x-asked']) }).end(`echo ${body}`);
  });
  await new Promise<void>((listening) => target.listen(0, '127.0.0.1', listening));
});

afterAll(() => void target.close());

beforeEach(async () => {
  heard = [];
  proxy = await startFaultProxy(() => `http://127.0.0.1:${(target.address() as AddressInfo).port}`);
});

afterEach(() => proxy.stop());

const post = () =>
  fetch(`${proxy.url}/put?n=1`, { method: 'POST', body: 'one', headers: { 'x-asked': 'yes' } });

it('passes method, path, headers, body and answer on', async () => {
  const answer = await post();

  expect(heard).toEqual(['POST /put?n=1 one']);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-seen')).toBe('yes');
  expect(await answer.text()).toBe('echo one');
});

it('answers in the place of the target', async () => {
  proxy.setRule(() => ({
    kind: 'answer',
    status: 503,
    headers: { 'retry-after': '1' },
    body: 'no',
  }));

  const answer = await post();

  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
    503,
    '1',
    'no',
  ]);
  expect(heard).toEqual([]);
});

it('breaks the connection before the target hears anything', async () => {
  proxy.setRule(() => ({ kind: 'reset' }));

  await expect(post()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });

  expect(heard).toEqual([]);
});

it('breaks the connection after the target did its work', async () => {
  proxy.setRule(() => ({ kind: 'lose-reply' }));

  await expect(post()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });

  expect(heard).toEqual(['POST /put?n=1 one']);
});

it('holds a request back until its rule has decided, and lets others by', async () => {
  let decide = () => {};
  const decision = new Promise<void>((resolve) => {
    decide = resolve;
  });
  proxy.setRule(async ({ method }) => {
    if (method === 'POST') await decision;
    return PASS;
  });

  const held = post();
  await fetch(proxy.url);
  expect(heard).toEqual(['GET / ']);
  decide();
  await held;

  expect(heard).toEqual(['GET / ', 'POST /put?n=1 one']);
});

it('looks like a place where nobody is when the target is not there', async () => {
  const lost = await startFaultProxy(() => 'http://127.0.0.1:9');

  await expect(fetch(lost.url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });

  await lost.stop();
});
