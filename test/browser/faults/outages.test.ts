import { expect, it } from 'vitest';
import { throttled } from '../../../demo/launcher/faults.ts';
import { closeAccount } from '../../helpers/account.ts';
import {
  captureDurably,
  drain,
  keepCapturing,
  listen,
  untilStats,
} from '../../helpers/client-page.ts';
import { firstPuts, flap } from '../../helpers/faults.ts';
import { seededRandom } from '../../helpers/seeded-random.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

it('doubles events with the same id, and loses and reorders none, when Kinesis stores them and its replies are lost', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstPuts(2, () => ({ kind: 'lose-reply' }));
  world.pipeline.kinesis?.proxy.setRule(fault.rule);

  await captureDurably(page, 'Reply lost', 600);
  await drain(page);

  expect(fault.met()).toBe(2);
  const account = await closeAccount(world, { unknown: 1_000, captured: 600, stored: 600 });
  expect(account.duplicates).toBeGreaterThan(0);
});

it('stores every event once and in order when Kinesis throttles for a while', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstPuts(5, throttled);
  world.pipeline.kinesis?.proxy.setRule(fault.rule);

  await captureDurably(page, 'Throttled', 600);
  await drain(page);

  expect(fault.met()).toBe(5);
  await closeAccount(world, { captured: 600, stored: 600 });
});

it.each([
  { outage: 'the relay is down', faults: { relay: 'down' } },
  { outage: 'the relay answers 503', faults: { relay: 'unavailable' } },
  { outage: 'Kinesis is down', faults: { kinesis: 'down' } },
  { outage: 'Kinesis throttles', faults: { kinesis: 'throttle' } },
] as const)(
  'keeps everything while $outage for as long as events are captured, and delivers it once when that is over',
  async ({ outage, faults }) => {
    world.pipeline.faults.set(faults);
    const browser = await world.profile.open();
    const page = await browser.newPage(world.site.url);
    const paused = await listen(page, 'paused');
    const stop = await keepCapturing(page, outage, { count: 10, everyMs: 10 });
    await untilStats(page, ({ captured, pause }) => captured >= 2_000 && pause !== undefined);
    await stop();
    const { captured, stored } = await untilStats(page, () => true);
    expect(stored).toBe(0);
    expect(await paused.evaluate((pauses) => pauses.length)).toBeGreaterThan(0);

    world.pipeline.faults.set({ relay: 'ok', kinesis: 'ok' });
    await drain(page);

    await closeAccount(world, { captured, stored: captured });
  },
);

it('doubles only what it could not know of, and keeps the order, while six of ten requests fail', async () => {
  const batchEvents = 100;
  const browser = await world.profile.open();
  const page = await browser.newPage(`${world.site.url}#{"maxBatchEvents":${batchEvents}}`);
  const flapping = flap(seededRandom(7));
  world.pipeline.relay.gate.setRule(flapping.rule);

  const stop = await keepCapturing(page, 'Flap', { count: 2, everyMs: 5 });
  await untilStats(page, ({ captured }) => captured >= 2_000);
  await stop();
  await drain(page);

  expect(flapping.failed()).toBeGreaterThan(10);
  const account = await closeAccount(world, { unknown: flapping.unknown() * batchEvents });
  expect(account.stored).toBeGreaterThanOrEqual(2_000);
});
