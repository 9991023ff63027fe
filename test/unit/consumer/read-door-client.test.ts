// @vitest-environment node
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { createReadDoorClient } from '../../../src/consumer/read-door-client.ts';
import { createRig } from './rig.ts';

function setUp(answer: () => Response) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    requests.push(input as Request);
    return answer();
  };
  return { requests, fetch };
}

test.each(['https://relay.example.com', 'https://relay.example.com/'])(
  'calls the read door of %s with the read token and nothing of AWS',
  async (endpoint) => {
    const { requests, fetch } = setUp(() => Response.json({ Shards: [{ ShardId: 's-1' }] }));
    const client = createReadDoorClient({ endpoint, token: 'abc.def', runtime: { fetch } });

    const answer = await client.send(new ListShardsCommand({ StreamName: 'clickstream' }));

    expect(answer.Shards?.[0]?.ShardId).toBe('s-1');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.method).toBe('POST');
    expect(requests[0]?.url).toMatch(/^https:\/\/relay\.example\.com\/v1\/kinesis\/?$/);
    expect(await requests[0]?.json()).toEqual({ StreamName: 'clickstream' });
    expect(Object.fromEntries(requests[0]?.headers ?? [])).toMatchObject({
      authorization: 'Bearer abc.def',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Kinesis_20131202.ListShards',
    });
    // Each other header would have to be allowed in a preflight.
    expect(
      [...(requests[0]?.headers.keys() ?? [])].filter((name) =>
        /amz-sdk|user-agent|x-amz-(?!target)/.test(name),
      ),
    ).toEqual([]);
  },
);

test('tries once, so that the consumer sets the pace', async () => {
  const { requests, fetch } = setUp(() => new Response('', { status: 503 }));
  const client = createReadDoorClient({
    endpoint: 'https://relay.test',
    token: 't',
    runtime: { fetch },
  });

  await expect(client.send(new ListShardsCommand({ StreamName: 's' }))).rejects.toThrow();

  expect(requests).toHaveLength(1);
});

test.each([
  [401, 'token_expired', 'token: expected one that is valid, got an expired one'],
  [429, 'rate_limited', 'reads: expected at most 5 a second'],
])('a refusal of the relay with %i is shown in its own words', async (status, code, reason) => {
  const { consume, settle } = createRig(1);
  const { fetch } = setUp(() => Response.json({ code, reason }, { status }));
  const client = createReadDoorClient({
    endpoint: 'https://relay.test',
    token: 't',
    runtime: { fetch },
  });

  const consumer = consume({ client });
  for (let turn = 0; turn < 20; turn++) await settle();

  expect(consumer.error()).toBe(`${code}: ${reason}`);
});
