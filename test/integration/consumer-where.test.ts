import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeKinesis } from '../helpers/fake-kinesis/index.ts';
import { type Http2Server, serveOverHttp2, startRecipe } from '../helpers/recipe-process.ts';
import { LANE, streamRecord } from '../unit/consumer/event.ts';

const fake = createFakeKinesis();
let kinesis: Http2Server;

beforeAll(async () => {
  fake.call('CreateStream', { StreamName: 'clickstream', ShardCount: 1 });
  const dropped = {
    type: 'drop',
    properties: { lane: LANE, ranges: [[4, 1]], reason: 'sampled' },
  } as const;
  for (const event of [1, 2, 2, 7].map((seq) => streamRecord(seq))) put(event);
  put(streamRecord(8, dropped));
  kinesis = await serveOverHttp2(fake);
});

afterAll(() => kinesis?.stop());

function put(event: object): void {
  const data = new TextEncoder().encode(JSON.stringify(event));
  fake.stream('clickstream')?.shards[0]?.append('a', data);
}

test.each([
  [`${LANE}.1`, /^it arrived .+ in shardId-000000000000 at \d+\.0, with 0 further copies/],
  [`${LANE}.2`, /^it arrived .+ with 1 further copies/],
  [`${LANE}.5`, /^it is missing/],
  [`${LANE}.4`, /^it was left out on purpose: {"sampled":1}/],
  [`${LANE}.9`, /^its lane came as far as 8: its client has not sent it yet/],
  ['nobodysLane.1', /^nothing of its lane is in the stream/],
])('says where %s is', async (id, answer) => {
  const { ended, output } = startRecipe('consumer/where.ts', {
    folder: tmpdir(),
    kinesis: kinesis.url,
    args: [id],
  });

  expect(await ended, output()).toBe(0);
  expect(output()).toMatch(answer);
  expect(output()).toMatch(/missing/);
});
