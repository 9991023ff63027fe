import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { closeAccount } from '../../helpers/account.ts';
import { captureDurably, drain, listen } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

it.each([
  { jump: 'an hour forward', ms: HOUR_MS },
  { jump: 'an hour back', ms: -HOUR_MS },
  { jump: 'a day forward', ms: DAY_MS },
  { jump: 'a day back', ms: -DAY_MS },
])(
  'is refused for its clock once at most, and keeps the order, when that is set $jump and back',
  async ({ ms }) => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${world.site.url}#{"maxQueueAgeMs":${12 * HOUR_MS}}`);
    const errors = await listen(page, 'error');
    const countSkews = () =>
      errors.evaluate((heard) => heard.filter(({ code }) => code === 'clock_skew').length);
    await captureDurably(page, 'Before', 100);
    await drain(page);

    world.pipeline.faults.set({ relay: 'down' });
    await captureDurably(page, 'Before the jump', 50);
    await setClock(page, ms);
    await captureDurably(page, 'After the jump', 50);
    world.pipeline.faults.set({ relay: 'ok' });
    await drain(page);
    expect(await countSkews()).toBeLessThanOrEqual(1);
    await captureDurably(page, 'At another time', 100);
    await drain(page);
    await setClock(page, 0);
    await captureDurably(page, 'Set right', 100);
    await drain(page);

    expect(await countSkews()).toBeLessThanOrEqual(2);
    await closeAccount(world, { captured: 400, stored: 400, declared: 0 });
  },
);

/** Shifts what the page has for the time of day. */
function setClock(page: Page, ms: number): Promise<void> {
  return page.evaluate((ms) => {
    window.dateNow ??= Date.now;
    const now = window.dateNow;
    Date.now = () => now() + ms;
  }, ms);
}

declare global {
  interface Window {
    dateNow?: () => number;
  }
}
