/** What the demo's pages can do to the shards of the local stream: `GET` and `POST /stream`. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createLocalClient,
  type LocalKinesis,
  startKinesisLocal,
  untilActive,
} from '../../demo/launcher/kinesis-local.ts';
import { findFreePort } from '../../demo/launcher/ports.ts';
import { createResharding, type OpenShard } from '../../demo/launcher/resharding.ts';
import { type Site, startSite } from '../../demo/launcher/site.ts';

const STREAM = 'clickstream';
const giveUp = AbortSignal.timeout(120_000);

let kinesis: LocalKinesis;
let client: ReturnType<typeof createLocalClient>;
let site: Site;

beforeAll(async () => {
  const region = 'us-east-1';
  const port = await findFreePort();
  kinesis = await startKinesisLocal({ stream: STREAM, shards: 2, region, port, givenUp: giveUp });
  client = createLocalClient(kinesis.url, region);
  site = await startSite({
    port: await findFreePort(),
    facts: () => Promise.reject(new Error('facts: expected nobody to ask for them')),
    faults: { get: () => ({ kinesis: 'ok', relay: 'ok' }), set: () => {} },
    resharding: createResharding(client, STREAM, () => untilActive(client, STREAM, giveUp)),
  });
});

afterAll(async () => {
  await site?.stop();
  client?.destroy();
  await kinesis?.stop();
});

interface Answer {
  readonly status: number;
  readonly shards?: readonly OpenShard[];
  readonly reason?: string;
}

async function ask(change?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const init = { method: 'POST', body: JSON.stringify(change), headers };
  const response = await fetch(`${site.url}/stream`, change === undefined ? {} : init);
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

const idOf = (number: number) => `shardId-00000000000${number}`;

it('splits a shard in half, merges the halves, and answers with the shards that take writes', async () => {
  const before = await ask();
  const split = await ask({ split: idOf(0) });
  const merged = await ask({ merge: [idOf(2), idOf(3)] });

  expect(before.shards).toEqual([
    { shardId: idOf(0), parents: [] },
    { shardId: idOf(1), parents: [] },
  ]);
  expect(split.shards).toEqual([
    { shardId: idOf(2), parents: [idOf(0)] },
    { shardId: idOf(3), parents: [idOf(0)] },
    { shardId: idOf(1), parents: [] },
  ]);
  expect(merged.shards?.map(({ shardId }) => shardId)).toEqual([idOf(4), idOf(1)]);
  expect(merged.shards?.[0]?.parents.toSorted()).toEqual([idOf(2), idOf(3)]);
});

it('makes one change after the other when two are asked for at once', async () => {
  const answers = await Promise.all([ask({ split: idOf(4) }), ask({ split: idOf(1) })]);

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[1]?.shards).toHaveLength(4);
});

it('says why a change cannot be made', async () => {
  const { shards: before } = await ask();
  const closed = await ask({ split: idOf(0) });
  const apart = await ask({ merge: [before?.[0]?.shardId, before?.[2]?.shardId] });
  const both = await ask({ split: idOf(1), merge: [idOf(1), idOf(2)] });
  const nothing = await ask([]);

  expect(closed).toMatchObject({
    status: 409,
    reason: `stream.split: expected an open shard, got ${idOf(0)}`,
  });
  expect(apart).toMatchObject({ status: 409, reason: expect.stringContaining('adjacent') });
  expect([both.status, nothing.status]).toEqual([400, 400]);
  expect(nothing.reason).toMatch(/^stream: expected \{ split: shard \}/);
  expect((await ask()).shards).toEqual(before);
});

it('takes no order of a page of another site', async () => {
  const { shards: before } = await ask();
  const change = { split: before?.[0]?.shardId };

  const foreign = await ask(change, { origin: 'https://elsewhere.example' });
  const faults = await fetch(`${site.url}/faults`, {
    method: 'POST',
    headers: { origin: 'https://elsewhere.example' },
    body: '{"kinesis":"down"}',
  });

  expect([foreign.status, faults.status]).toEqual([400, 400]);
  expect((await ask()).shards).toEqual(before);
  expect((await ask(change, { origin: site.url })).status).toBe(200);
});
