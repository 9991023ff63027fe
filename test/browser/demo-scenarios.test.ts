import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RejectedEvent } from '../../src/client/types.ts';
import { PATIENCE_MS, play, readDemoStats, useDemo, waitForProof } from '../helpers/demo-world.ts';
import type { TailedEvent } from '../helpers/stream-tail.ts';

const PATIENCE = { timeout: PATIENCE_MS };
const HOUR_MS = 3_600_000;

const world = useDemo();

/** What this page's visitor has in the stream, in the order of each shard; of copies, which a slow machine makes, the first. */
async function arrived(page: Page): Promise<readonly TailedEvent[]> {
  const { clientId } = await readDemoStats(page);
  const seen = new Set<string>();
  return (await world.tail.readToEnd()).filter(({ event: { anonymousId, messageId } }) => {
    if (anonymousId !== clientId || seen.has(messageId)) return false;
    return seen.add(messageId);
  });
}

async function arrivedAs(page: Page, name: string): Promise<readonly TailedEvent[]> {
  return (await arrived(page)).filter(({ event }) => event.event === name);
}

async function addToBasket(page: Page, product: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${product} to the basket` }).click();
}

it.each(['kinesis-throttles', 'relay-down'])(
  '%s: what is captured waits, and is delivered once it is over',
  async (scenario) => {
    const page = await world.visit('/');
    await waitForProof(page);

    await play(page, scenario);
    await addToBasket(page, 'Pond net');
    await page.locator('.waiting', { hasText: 'on disk' }).waitFor();
    await expect.poll(async () => (await readDemoStats(page)).pause, PATIENCE).toBeDefined();
    const before = await arrivedAs(page, 'Product Added');
    await play(page, scenario);
    await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(1);
    await waitForProof(page);

    expect(before).toEqual([]);
  },
);

it('split-shard: splits the shard of the page, merges it back, and keeps the order', async () => {
  const page = await world.visit('/');
  await addToBasket(page, 'Pond net');
  await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(1);

  await play(page, 'split-shard');
  await addToBasket(page, 'River flask');
  await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(2);
  await play(page, 'split-shard');
  await addToBasket(page, 'Fog lantern');
  await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(3);
  await waitForProof(page);

  const [parent, child, merged] = (await arrivedAs(page, 'Product Added')).map((it) => it.shardId);
  expect([parent, child, merged].toSorted()).toEqual([parent, child, merged]);
  expect(new Set([parent, child, merged]).size).toBe(3);
  const seqs = (await arrived(page)).map(({ event }) => event.rivulet.seq);
  expect(seqs).toEqual(seqs.map((_, at) => at + 1));
});

it('kill-leader: takes over from a tab that dies, and sends what it had left', async () => {
  const page = await world.visit('/');
  await waitForProof(page);
  const { lane } = await readDemoStats(page);

  const played = play(page, 'kill-leader');
  const frame = page.frameLocator('iframe');
  await frame.getByText('20 events on disk').waitFor();
  const during = await readDemoStats(page);
  const unsent = await arrivedAs(page, 'Bucket Filled');
  await played;
  await expect.poll(() => arrivedAs(page, 'Bucket Filled'), PATIENCE).toHaveLength(20);
  await waitForProof(page);

  expect(during.leader).toBe(false);
  expect(unsent).toEqual([]);
  expect((await readDemoStats(page)).leader).toBe(true);
  const filled = (await arrivedAs(page, 'Bucket Filled')).map(({ event }) => event);
  expect(filled.map(({ properties }) => properties?.bucket)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect(filled.map(({ rivulet }) => rivulet.lane)).not.toContain(lane);
});

it('wrong-clock: times in the stream are right while the page is an hour ahead', async () => {
  const page = await world.visit('/');
  await waitForProof(page);

  await play(page, 'wrong-clock');
  const addedAt = Date.now();
  await addToBasket(page, 'Pond net');
  await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(1);
  const { clockOffsetMs = 0 } = await readDemoStats(page);
  await waitForProof(page);
  await play(page, 'wrong-clock');
  await addToBasket(page, 'River flask');
  await expect.poll(() => arrivedAs(page, 'Product Added'), PATIENCE).toHaveLength(2);
  await waitForProof(page);

  const events = (await arrivedAs(page, 'Product Added')).map(({ event }) => event);
  const [ahead = 0] = events.map(({ originalTimestamp }) => Date.parse(originalTimestamp));
  const [told = 0, later = 0] = events.map(({ timestamp }) => Date.parse(timestamp));
  expect(Math.abs(ahead - HOUR_MS - addedAt)).toBeLessThan(PATIENCE_MS);
  expect(Math.abs(clockOffsetMs + HOUR_MS)).toBeLessThan(PATIENCE_MS);
  expect(told - addedAt).toBeGreaterThan(-1_000);
  expect(later).toBeGreaterThanOrEqual(told);
  expect(Date.now()).toBeGreaterThanOrEqual(later);
});

it('poison-event: is refused alone, with its reason, and its neighbours are stored', async () => {
  const page = await world.visit('/');
  await waitForProof(page);

  await play(page, 'poison-event');
  await expect.poll(() => arrivedAs(page, 'Drop Fell'), PATIENCE).toHaveLength(2);
  await expect.poll(async () => (await readDemoStats(page)).rejected, PATIENCE).toBe(1);
  await waitForProof(page);

  const rejected = await page.evaluate(() => {
    const { rivuletDemo } = window as unknown as {
      rivuletDemo: { client: { rejected: () => Promise<RejectedEvent[]> } };
    };
    return rivuletDemo.client.rejected();
  });
  expect(rejected).toMatchObject([
    { code: 'plan_violated', reason: 'properties.total: expected type "number"' },
  ]);
  expect(await arrivedAs(page, 'Order Completed')).toEqual([]);
  expect((await readDemoStats(page)).queue.events).toBe(0);
});

it('error-storm and sensor: a thousand of a kind are a handful of events with exact counts', async () => {
  const page = await world.visit('/');
  const errors = async () => (await arrived(page)).filter(({ event }) => event.type === 'error');
  const readings = () => arrivedAs(page, 'water_level');
  const countOf = (events: readonly TailedEvent[]) =>
    events.reduce((sum, { event }) => sum + Number(event.properties?.count), 0);

  await play(page, 'sensor');
  await play(page, 'error-storm');
  await expect.poll(async () => countOf(await readings()), PATIENCE).toBeGreaterThan(20);
  await play(page, 'sensor');
  // What is counted is sent when the page goes, at the latest; this one comes back.
  await page.evaluate(() => {
    dispatchEvent(new Event('pagehide'));
    dispatchEvent(new Event('pageshow'));
  });
  await expect.poll(async () => countOf(await errors()), PATIENCE).toBe(1_000);

  expect((await errors()).length).toBeLessThan(10);
  expect((await readings()).length).toBeLessThan(10);
});
