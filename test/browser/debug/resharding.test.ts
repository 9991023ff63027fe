import {
  CreateStreamCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { untilActive } from '../../../demo/launcher/kinesis-local.ts';
import { createResharding, type StreamChange } from '../../../demo/launcher/resharding.ts';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';
import { useLocalKinesis } from '../../helpers/local-kinesis.ts';
import { type RoutedCall, routeKinesis } from '../../helpers/routed-kinesis.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const stream = 'clickstream';
const LANES = ['laneOfOne', 'laneOfTwo', 'laneOfThree', 'laneOfFour', 'laneOfFive', 'laneOfSix'];
const id = (number: number): string => `shardId-${String(number).padStart(12, '0')}`;
const optionOf = (number: number): string => `rivulet-debug #map-${id(number)}`;

describe('a split and a merge during a tail', () => {
  const local = useLocalKinesis('us-east-1');
  const view = useDebugView('debug-live-page.ts');

  it('show on the map within two seconds of the list, and nothing of any lane is lost or out of order', async () => {
    const client = local();
    await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
    const isActive = (): Promise<void> => untilActive(client, stream, AbortSignal.timeout(20_000));
    await isActive();
    const page = await view.open();
    await page.exposeFunction('reshard', async (change: StreamChange) => {
      await createResharding(client, stream, isActive).change(change);
    });
    const calls = await routeKinesis(page, client);
    const writer = write(client);

    await eventually(() => page.locator('rivulet-debug .map-shard').count()).toBe(2);
    await eventually(() => writer.rounds()).toBeGreaterThan(3);
    await page.locator(optionOf(0)).click();
    await page.keyboard.press('x');
    await page.locator('rivulet-debug .shard-acts').getByText('Split', { exact: true }).click();
    const splitAfterMs = await shownAfter(page, calls, 3);
    expect(await page.locator(optionOf(0)).getAttribute('aria-label')).toContain('became 2 and 3');

    await page.locator(optionOf(3)).click();
    await page.keyboard.press('x');
    await page.locator('rivulet-debug .shard-acts').getByText('Merge with 1').click();
    const mergeAfterMs = await shownAfter(page, calls, 4);
    await writer.more(5);
    const total = await writer.stop();

    expect(splitAfterMs).toBeLessThan(2_000);
    expect(mergeAfterMs).toBeLessThan(2_000);
    await eventually(() => view.text('.verdict')).toContain(
      `0 lost of ${total.toLocaleString('en-US')}`,
    );
    await eventually(() => page.locator('rivulet-debug .verdict').getAttribute('data-tone')).toBe(
      'proven',
    );
    expect(await page.locator('rivulet-debug .ledger tfoot .outOfOrder').innerText()).toBe('ok');
    expect(await page.locator(optionOf(4)).getAttribute('aria-label')).toContain('from 3 and 1');
  });
});

describe('a key', () => {
  const view = useDebugView('debug-live-page.ts');

  it('is read from one open shard of eight, and from its ancestors when reading back', async () => {
    const fake = createFakeKinesis();
    fake.call('CreateStream', { StreamName: stream, ShardCount: 8 });
    const kinesis = fake.stream(stream);
    for (let count = 0; count < 40; count++) {
      const key = `u${count}`;
      const { data } = recordOf(`laneOf${key}`, 1);
      kinesis?.route(key).append(key, data);
    }
    const before = kinesis?.route('u17');
    const { start = 0n, end = 0n } = before?.hashKeys ?? {};
    kinesis?.split(before?.shardId ?? '', (start + end) / 2n);
    const page = await view.open();
    const calls = await routeKinesis(page, clientOf(fake));
    await eventually(() => view.text('.verdict')).toContain('of 40');

    await page.locator('rivulet-debug .key-input').fill('u17');
    const since = calls.length;
    await page.getByRole('button', { name: 'Read only its shard' }).click();

    await eventually(() => view.text('.shard-news')).toContain('Reads 2 of 10 shards');
    const opened = (): unknown[] =>
      calls
        .slice(since)
        .filter(({ operation }) => operation === 'GetShardIterator')
        .map(({ input }) => input.ShardId);
    const open = kinesis?.route('u17').shardId;
    await eventually(opened).toEqual([before?.shardId, open]);
    const later = calls.length;
    await eventually(() => shardsRead(calls, later)).toHaveLength(3);
    expect(shardsRead(calls, later)).toEqual([open, open, open]);
    expect(await page.locator('rivulet-debug .map-shard[data-status="skipped"]').count()).toBe(8);

    await page.getByRole('button', { name: 'Read all' }).click();
    await eventually(() => view.text('.verdict')).toContain('of 40');
  });
});

/** The shards of the first three reads from here on. */
function shardsRead(calls: readonly RoutedCall[], from: number): unknown[] {
  const shardOf = new Map<unknown, unknown>();
  const read: unknown[] = [];
  for (const [index, { operation, input, output }] of calls.entries()) {
    const shard = input.ShardId ?? shardOf.get(input.ShardIterator);
    shardOf.set(output.ShardIterator ?? output.NextShardIterator, shard);
    if (operation === 'GetRecords' && index >= from) read.push(shard);
  }
  return read.slice(0, 3);
}

/** How long after the list had the shard it could be seen. */
async function shownAfter(
  page: Page,
  calls: readonly RoutedCall[],
  number: number,
): Promise<number> {
  await page.locator(optionOf(number)).waitFor();
  const shownAt = await page.evaluate((id) => globalThis.shownAt.get(`map-${id}`) ?? 0, id(number));
  const listed = calls.find(
    ({ operation, output }) =>
      operation === 'ListShards' &&
      (output.Shards as { readonly ShardId: string }[]).some(
        ({ ShardId }) => ShardId === id(number),
      ),
  );
  // Without a list that has it: the end of its parent has named it, which is sooner.
  return listed ? shownAt - listed.at : 0;
}

/** Writes one event of each lane after the other until it is stopped. */
function write(client: KinesisClient) {
  let isOver = false;
  let round = 0;
  const done = (async () => {
    while (!isOver) {
      round++;
      const Records = LANES.map((lane) => {
        const { data } = recordOf(lane, round);
        return { PartitionKey: lane, Data: data };
      });
      // Strictly in order: a lane's next event is written when the one before is stored.
      let left = Records;
      while (left.length > 0) {
        const { Records: answers = [] } = await client.send(
          new PutRecordsCommand({ StreamName: stream, Records: left }),
        );
        left = left.filter((_, index) => answers[index]?.ErrorCode !== undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const stop = async (): Promise<number> => {
    isOver = true;
    await done;
    return round * LANES.length;
  };
  onTestFinished(async () => {
    await stop();
  });
  return {
    rounds: () => round,
    /** Resolves when as many rounds more are written. */
    more: async (rounds: number): Promise<void> => {
      const goal = round + rounds;
      await expect.poll(() => round, { timeout: 20_000 }).toBeGreaterThanOrEqual(goal);
    },
    stop,
  };
}
