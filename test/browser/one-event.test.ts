import { expect, it } from 'vitest';
import { hashKeyOf } from '../../src/protocol/index.ts';
import { drain, readStats } from '../helpers/client-page.ts';
import { md5, type StreamTail } from '../helpers/stream-tail.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();

it('carries a click into the shard that the MD5 of its partition key predicts', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const { clientId, lane } = await readStats(page);

  await page.click('#buy');
  await drain(page);

  const arrived = await world.tail.readToEnd();
  const mine = arrived.filter(({ event }) => event.anonymousId === clientId);
  expect(mine).toHaveLength(1);
  expect(mine[0]).toMatchObject({
    partitionKey: clientId,
    shardId: predictShard(world.tail, clientId),
    event: { type: 'track', messageId: `${lane}.1`, rivulet: { lane, seq: 1, source: 'shop' } },
  });
  expect(JSON.stringify(mine[0]?.event.properties)).toContain('Buy the kettle');
});

/** By the range's start alone: kinesis-local's ends are off by a few, which leaves holes that no real stream has. */
function predictShard(tail: StreamTail, partitionKey: string): string | undefined {
  const hashKey = hashKeyOf(partitionKey, md5);
  return tail.shards.findLast(({ start }) => start <= hashKey)?.shardId;
}
