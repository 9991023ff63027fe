import { expect, test } from 'vitest';
import { createErasureHandler } from '../../src/erasure/erasure-handler.ts';
import { createMemoryAuditLog, createMemoryErasureStore } from '../../src/erasure/memory.ts';
import { verifyAuditLog } from '../../src/erasure/verify-audit-log.ts';
import { platformRuntime } from '../../src/runtime.ts';
import { consumed, streamRecord } from '../unit/consumer/event.ts';

const logSecret = 'a log secret of at least 32 characters';

test('the erasure consumer signs, calls and writes its log with what a Worker has', async () => {
  const requests: Request[] = [];
  const log = createMemoryAuditLog();
  const { handle } = createErasureHandler({
    ...{ products: ['crm'], endpoint: 'https://crm.example/erasures', logSecret, log },
    store: createMemoryErasureStore(),
    secret: 'a secret of at least 24 bytes',
    runtime: {
      ...platformRuntime(),
      // Refuses what the platform's own does.
      fetch: async (input, init) => {
        requests.push(new Request(input, init));
        return new Response(null, { status: 204 });
      },
    },
  });
  const properties = { subject: { userId: 'user-42' } };

  await handle([consumed(streamRecord(1, { type: 'erase', properties }))], {
    ...{ shardId: 'shardId-000000000000', attempt: 1 },
    signal: new AbortController().signal,
  });

  const [request] = requests;
  expect(await request?.json()).toMatchObject({ product: 'crm', ...properties });
  expect(request?.headers.get('webhook-signature')).toMatch(/^v1,[\w+/]{43}=$/);
  expect(await verifyAuditLog(log.lines(), { logSecret })).toMatchObject({
    ...{ isIntact: true, lines: 3 },
    requests: { done: 1, parked: 0, open: 0 },
  });
});
