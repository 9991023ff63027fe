import { expect, it } from 'vitest';
import { closeAccount } from '../../helpers/account.ts';
import { capture, captureDurably, drain, keepCapturing } from '../../helpers/client-page.ts';
import { createSignal, holdBatch } from '../../helpers/faults.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

it('keeps all that was logged, and no hole before it, when the browser is killed while pages capture', async () => {
  world.pipeline.faults.set({ relay: 'down' });
  const killed = await world.profile.open();
  for (const name of ['One', 'Other']) {
    const page = await killed.newPage(world.site.url);
    await keepCapturing(page, name, { count: 7, everyMs: 5 });
  }
  await world.witness.whenLogged(2_000);
  await killed.kill();
  const logged = world.witness.lanes().reduce((sum, told) => sum + told.logged, 0);

  world.pipeline.faults.set({ relay: 'ok' });
  const restarted = await world.profile.open();
  await drain(await restarted.newPage(world.site.url));

  const account = await closeAccount(world, { isKilled: true, lanes: 2, queued: 0 });
  expect(account.stored).toBeGreaterThanOrEqual(logged);
});

it.each([
  { moment: 'before the relay has its request', when: 'before', unknown: 0 },
  { moment: 'before it has the answer to its request', when: 'answered', unknown: 400 },
] as const)(
  'delivers what it was sending, and doubles only what was stored, when the browser is killed $moment',
  async ({ when, unknown }) => {
    const killed = await world.profile.open();
    const page = await killed.newPage(world.site.url);
    const held = holdBatch(world.pipeline.relay.gate, when);
    await captureDurably(page, 'Sending', 400);
    await held.met;
    await killed.kill();
    // Of a caller that is gone nothing is passed on: the request had not left the browser's machine.
    world.pipeline.faults.set({ relay: 'ok' });

    const restarted = await world.profile.open();
    await drain(await restarted.newPage(world.site.url));

    const account = await closeAccount(world, { unknown, captured: 400, stored: 400 });
    expect(account.duplicates > 0).toBe(unknown > 0);
  },
);

it('doubles a batch with its ids, and loses none, when the browser is killed between the answer and the deletion', async () => {
  const batchEvents = 100;
  const killed = await world.profile.open();
  const page = await killed.newPage(
    `${world.site.url}#{"maxBatchEvents":${batchEvents},"flushIntervalMs":100}`,
  );
  const answered = createSignal();
  world.pipeline.relay.gate.setRule(({ path }) => {
    if (path !== '/stand-still') return { kind: 'pass' };
    answered.give();
    return new Promise(() => {});
  });
  await page.evaluate((url) => {
    window.client.on('receipt', () => {
      // Nothing but a synchronous request holds a page in the middle of its task.
      const request = new XMLHttpRequest();
      request.open('POST', url, false);
      request.send();
    });
  }, `${world.pipeline.relay.gate.url}/stand-still`);
  await capture(page, 'Answered', 400);
  await answered.given;
  await killed.kill();

  world.pipeline.faults.set({ relay: 'ok' });
  const restarted = await world.profile.open();
  await drain(await restarted.newPage(world.site.url));

  await closeAccount(world, {
    unknown: batchEvents,
    captured: 400,
    stored: 400,
    duplicates: batchEvents,
  });
});

it('delivers 1,000 events, in order and once, after the browser was killed while the relay answered 503', async () => {
  world.pipeline.faults.set({ relay: 'unavailable' });
  const killed = await world.profile.open();
  await captureDurably(await killed.newPage(world.site.url), 'Killed', 1_000);
  await killed.kill();

  world.pipeline.faults.set({ relay: 'ok' });
  const restarted = await world.profile.open();
  await drain(await restarted.newPage(world.site.url));

  await closeAccount(world, { captured: 1_000, stored: 1_000 });
});

it('delivers 20,000 events that were captured offline, in order and once, after the browser was closed', async () => {
  const offline = await world.profile.open();
  const page = await offline.newPage(world.site.url);
  await offline.context.setOffline(true);
  for (let burst = 0; burst < 20; burst += 1) await captureDurably(page, 'Offline', 1_000);
  await offline.close();

  const online = await world.profile.open();
  await drain(await online.newPage(world.site.url));

  await closeAccount(world, { captured: 20_000, stored: 20_000 });
});
