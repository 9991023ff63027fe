import type { BrowserContext, Route } from 'playwright-core';
import { parseHead, parsePayload } from '../../src/protocol/index.ts';
import { createFakeKinesis, type FakeKinesis } from './fake-kinesis/index.ts';

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

export interface StubRelay {
  /** Every event line that arrived, parsed. */
  readonly events: readonly Record<string, unknown>[];
  /** What stands behind the read door. */
  readonly kinesis: FakeKinesis;
}

/** Answers for `https://events.example.com` inside a browser: no request leaves it. Stores everything. */
export async function routeStubRelay(context: BrowserContext): Promise<StubRelay> {
  const events: Record<string, unknown>[] = [];
  const kinesis = createFakeKinesis();
  kinesis.call('CreateStream', { StreamName: 'clickstream', ShardCount: 1 });
  const answer = (route: Route, body: object) =>
    route.fulfill({ status: 200, headers: CORS, json: body });

  await context.route('https://events.example.com/**', async (route) => {
    const request = route.request();
    const body = new Uint8Array(request.postDataBuffer() ?? []);
    if (request.method() === 'OPTIONS') return answer(route, {});
    if (request.url().endsWith('/v1/session')) {
      const now = Date.now();
      return answer(route, {
        token: 'a.b',
        key: 'AAAA',
        expires: now + 3_600_000,
        now,
        config: {},
      });
    }
    if (request.url().endsWith('/v1/batch')) {
      const head = parseHead(body);
      const payload = parsePayload(new TextDecoder().decode(head.ok ? head.value.payload : body));
      if (!payload.ok) throw new Error(payload.reason);
      const receipts = payload.value.segments.map(({ lane, first, lines }) => {
        events.push(...lines.map((line) => JSON.parse(line)));
        return { lane, first, count: lines.length, status: 'stored', shard: 's', sequence: '1' };
      });
      return answer(route, { now: Date.now(), receipts });
    }
    const reply = kinesis.handle({
      method: 'POST',
      path: '/',
      headers: await request.allHeaders(),
      body,
    });
    return route.fulfill({
      status: reply?.status ?? 500,
      headers: { ...reply?.headers, ...CORS },
      body: reply?.body ?? '',
    });
  });
  return { events, kinesis };
}
