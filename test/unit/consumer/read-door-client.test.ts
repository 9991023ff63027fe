// @vitest-environment node
import { DescribeStreamSummaryCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { createReadDoorClient } from '../../../src/consumer/read-door-client.ts';
import { createReadDoorReader } from '../../../src/consumer/read-door-reader.ts';
import { createRig } from './rig.ts';

function setUp(answer: () => Response) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return answer();
  };
  return { requests, fetch };
}

describe.each([
  ['the SDK', createReadDoorClient],
  ['fetch alone', createReadDoorReader],
])('by %s', (_, create) => {
  test.each(['https://relay.example.com', 'https://relay.example.com/'])(
    'calls the read door of %s with the read token and nothing of AWS',
    async (endpoint) => {
      const { requests, fetch } = setUp(() => Response.json({ Shards: [{ ShardId: 's-1' }] }));
      const client = create({ endpoint, token: 'abc.def', runtime: { fetch } });

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

  test.each(['', '<!doctype html>', '[]'])(
    'tries once, so that the consumer sets the pace: %j',
    async (body) => {
      const { requests, fetch } = setUp(() => new Response(body, { status: 503 }));
      const client = create({ endpoint: 'https://relay.test', token: 't', runtime: { fetch } });

      const command = new DescribeStreamSummaryCommand({ StreamName: 's' });
      await expect(client.send(command)).rejects.toMatchObject({
        $metadata: { httpStatusCode: 503 },
      });

      expect(requests).toHaveLength(1);
    },
  );

  test.each([
    [401, 'token_expired', 'token: expected one that is valid, got an expired one'],
    [429, 'rate_limited', 'reads: expected at most 5 a second'],
  ])('a refusal of the relay with %i is shown in its own words', async (status, code, reason) => {
    const { consume, settle } = createRig(1);
    const { fetch } = setUp(() => Response.json({ code, reason }, { status }));
    const client = create({ endpoint: 'https://relay.test', token: 't', runtime: { fetch } });

    const consumer = consume({ client });
    for (let turn = 0; turn < 20; turn++) await settle();

    expect(consumer.error()).toBe(`${code}: ${reason}`);
  });

  test('a read that nobody waits for any more is given up', async () => {
    const waiting: typeof globalThis.fetch = async (input, init) => {
      const { signal } = new Request(input, init);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const client = create({
      endpoint: 'https://relay.test',
      token: 't',
      runtime: { fetch: waiting },
    });
    const ending = new AbortController();

    const read = client.send(new ListShardsCommand({ StreamName: 's' }), {
      abortSignal: ending.signal,
    });
    const outcome = expect(read).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setImmediate(resolve));
    ending.abort();

    await outcome;
  });
});
