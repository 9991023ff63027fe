import { expect, test } from 'vitest';
import { createTestClient, type TestClient } from '../../helpers/test-client.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const RESTARTS = 6;

test('a day offline, with an event a minute and restarts in between, loses, doubles and reorders nothing', async () => {
  let device = start();
  const { relay, clock } = device;
  const lanes: string[] = [];
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    if (minute > 0 && minute % (DAY_MINUTES / RESTARTS) === 0) {
      lanes.push((await device.client.stats()).lane);
      await device.client.close();
      device = start(device);
    }
    device.client.track('Minute', { minute });
    await clock.advance(MINUTE_MS);
  }
  lanes.push((await device.client.stats()).lane);
  expect((await device.client.stats()).queue.events).toBe(DAY_MINUTES);
  expect([...relay.sessions, ...relay.batches]).toEqual([]);

  device.page.setOnline(true);
  await clock.advance(10 * MINUTE_MS);
  // Its database has a pace of its own, which the clock does not wait for.
  await device.client.flush();

  const stats = await device.client.stats();
  expect(stats).toMatchObject({ stored: DAY_MINUTES, dropped: 0, rejected: 0 });
  expect(stats.queue.events).toBe(0);
  const perLane = DAY_MINUTES / RESTARTS;
  expect(relay.stored).toEqual(
    lanes.flatMap((lane) => Array.from({ length: perLane }, (_, at) => `${lane}.${at + 1}`)),
  );
  await device.client.close();
}, 60_000);

function start(before?: Device): Device {
  const page = createTestPage('https://shop.test/');
  page.setOnline(false);
  const navigator = page.window.navigator;
  const more = before && { sharing: before, seed: before.seed + 1 };
  const seed = more?.seed ?? 1;
  return {
    page,
    seed,
    ...createTestClient({ seed, runtime: { page: page.window, navigator }, ...more }),
  };
}

interface Device extends TestClient {
  readonly page: ReturnType<typeof createTestPage>;
  readonly seed: number;
}
