import { expect, test } from 'vitest';
import { createStreamSwitch } from '../../../demo/scenarios/stream-switch.ts';

/** A launcher that gives one answer, and what it was asked. */
function createLauncher(status: number, body: object) {
  const asked: unknown[] = [];
  const fetch = async (path: unknown, init?: RequestInit): Promise<Response> => {
    asked.push([path, init?.method ?? 'GET', init?.body && JSON.parse(String(init.body))]);
    return Response.json(body, { status });
  };
  return { asked, stream: createStreamSwitch(fetch as typeof globalThis.fetch) };
}

const SHARDS = [{ shardId: 'shardId-000000000002', parents: ['shardId-000000000000'] }];

test('asks the launcher for each change, and knows the shards of its last answer', async () => {
  const { asked, stream } = createLauncher(200, { shards: SHARDS });

  await stream.refresh();
  await stream.split('shardId-000000000000');
  await stream.merge(['shardId-000000000002', 'shardId-000000000003']);

  expect(asked).toEqual([
    ['/stream', 'GET', undefined],
    ['/stream', 'POST', { split: 'shardId-000000000000' }],
    ['/stream', 'POST', { merge: ['shardId-000000000002', 'shardId-000000000003'] }],
  ]);
  expect(stream.shards()).toEqual(SHARDS);
});

test('rejects with the reason of a stream that refuses', async () => {
  const { stream } = createLauncher(409, { reason: 'Provided shards are not adjacent' });

  await expect(stream.merge(['a', 'c'])).rejects.toThrow('Provided shards are not adjacent');
  expect(stream.shards()).toEqual([]);
});
