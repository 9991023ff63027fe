import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, it, vi } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { buildRecipe, serveRecipe } from '../helpers/recipe-site.ts';
import { useWorld } from '../helpers/world.ts';
import { streamRecord } from '../unit/consumer/event.ts';

const world = useWorld();

/** Orders of several visitors, among other events. */
async function put(first: number, count: number): Promise<void> {
  const { kinesis, region, stream } = world.pipeline;
  const client = createLocalClient(kinesis?.url ?? '', region);
  const Records = Array.from({ length: count * 2 }, (_, index) => {
    const event = index % 2 === 0 ? 'Order Completed' : 'Product Viewed';
    const record = streamRecord(first * 2 + index, { event });
    return { PartitionKey: `visitor-${index % 5}`, Data: Buffer.from(JSON.stringify(record)) };
  });
  await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
  client.destroy();
}

it('a page counts orders through the read door, over a reload and in two tabs, and misses none', async () => {
  const files = await buildRecipe(world, 'consumer', ['browser.ts']);
  const site = await serveRecipe(files, '<script type="module" src="/browser.js"></script>');
  const token = await world.pipeline.mintReadToken();
  const { context, newPage } = await world.profile.open();
  const errors: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  const address = `${site.origin}/#${new URLSearchParams({ token })}`;
  const orders = (page: Awaited<ReturnType<typeof newPage>>) =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('order ')).length);

  await put(1, 10);
  const page = await newPage(address);
  await vi.waitFor(async () => expect(await orders(page)).toBe(10), { timeout: 20_000 });
  const other = await newPage(address);
  await put(11, 10);
  await vi.waitFor(async () => expect(await orders(page)).toBe(20), { timeout: 20_000 });
  await page.close();
  await put(21, 10);
  await vi.waitFor(async () => expect(await orders(other)).toBe(30), { timeout: 20_000 });
  await other.reload();
  await put(31, 10);
  await vi.waitFor(async () => expect(await orders(other)).toBe(40), { timeout: 20_000 });

  expect(await other.innerText('body')).toBe('40 orders');
  expect(errors).toEqual([]);
  await site.stop();
});
