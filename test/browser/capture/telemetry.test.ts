import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import type { Buckets } from '../../../src/protocol/histogram.ts';
import { meterTasks } from '../../bench/bench-page.ts';
import { recordsOf, recordsOfClient, useCaptureSite } from '../../helpers/capture-site.ts';
import { readStats, untilStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const world = useWorld();
const site = useCaptureSite(world, {
  '/plant': { capture: 'sources.metrics()' },
  '/quick': { capture: 'sources.metrics({ intervalMs: 500 })' },
  '/plain': { capture: '' },
  '/heartbeat': { capture: 'sources.heartbeat({ intervalMs: 1000 })' },
  '/device': {
    capture: 'sources.battery(), sources.connection(), sources.memory(), sources.storage()',
  },
  '/isolated': {
    capture: 'sources.memory()',
    headers: {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    },
  },
  '/position': { capture: 'sources.position({ decimals: 3 })' },
  '/sensors': {
    capture: `sources.sensors({
      types: ['Accelerometer', 'Gyroscope', 'AmbientLightSensor'],
      frequencyHz: 60,
      intervalMs: 1000,
      axes: true,
    })`,
  },
  '/elsewhere': { body: 'Another site.' },
});

/** Less than an interval, so that a timer that is late by a little reads no more than one. */
const PUMP_MS = 9500;
const READINGS = 10_000;

/** Reads `count` times of each of three series, evenly over that time. */
function pump(page: Page, count: number, forMs: number): Promise<void> {
  return page.evaluate(
    ([count, forMs]) =>
      new Promise<void>((resolve) => {
        const { client } = window;
        const startedAt = performance.now();
        let read = 0;
        const timer = setInterval(() => {
          const due = Math.min(count, ((performance.now() - startedAt) / forMs) * count);
          for (; read < due; read++) {
            client.metric('Requests', 1, { kind: 'counter' });
            client.metric('Temperature', 20 + (read % 10), { unit: 'celsius' });
            const attributes = { machine: 'press', line: 2 };
            client.metric('Cycle Time', 1 + (read % 100), {
              ...{ kind: 'histogram', unit: 'ms', attributes },
            });
          }
          if (read < count) return;
          clearInterval(timer);
          resolve();
        }, 10);
      }),
    [count, forMs] as const,
  );
}

/** Resolves when the page has captured so many events of a name since it was loaded. */
async function untilCaptured(page: Page, captured: number): Promise<void> {
  await untilStats(page, (stats) => stats.captured >= captured);
}

const named = (records: readonly StreamRecord[], name: string): StreamRecord[] =>
  records.filter(({ type, event }) => type === 'metric' && event === name);

describe('metrics', () => {
  it('make of 1,000 readings a second, for 10 seconds, one record of each series', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/plant`);

    await pump(page, READINGS, PUMP_MS);
    await untilCaptured(page, 3);

    const records = await recordsOf(world, page);
    expect(records.map(({ event, properties }) => [event, properties?.count])).toEqual([
      ['Requests', READINGS],
      ['Temperature', READINGS],
      ['Cycle Time', READINGS],
    ]);
    expect(records.map(({ properties }) => properties?.value)).toEqual([READINGS, 29, 50.5]);
    const [, , cycles] = records;
    expect(cycles?.properties).toMatchObject({
      ...{ kind: 'histogram', unit: 'ms', attributes: { line: 2, machine: 'press' } },
      ...{ min: 1, max: 100, sum: 505_000 },
    });
    const buckets = cycles?.properties?.buckets as Buckets | undefined;
    expect(buckets?.positive?.bucketCounts.reduce((sum, count) => sum + count)).toBe(READINGS);
    // The timer's own precision is part of it.
    expect(cycles?.properties?.intervalMs).toBeGreaterThanOrEqual(9990);
  });

  it('cost the page less of its main thread than readings that each are an event', async () => {
    const browser = await world.profile.open();
    const costs: number[] = [];
    for (const path of ['/plant', '/plain']) {
      const page = await browser.newPage(site.origin + path);
      const { log } = await readStats(page);
      expect(log).toBe('indexeddb');
      const task = await meterTasks(page);
      // As many as a client without them lets pass.
      await pump(page, 1000, 3000);
      costs.push(await task());
      await page.close();
    }

    const [gathered = 0, plain = 0] = costs;
    console.log(
      `3,000 readings in 3 s: ${gathered.toFixed(1)} ms gathered, ${plain.toFixed(1)} ms each an event`,
    );
    expect(gathered).toBeLessThan(plain);
  });

  it('are not lost with a page that is left for another site', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/plant`);
    await untilStats(page, ({ leader }) => leader);
    await page.evaluate(() => window.client.track('Started'));
    await recordsOf(world, page);
    const { clientId } = await readStats(page);

    await page.evaluate(() => {
      for (let n = 1; n <= 100; n++) window.client.metric('Requests', 1, { kind: 'counter' });
    });
    await page.goto(`${site.otherOrigin}/elsewhere`);

    // By the page's own last request: nothing of this origin runs any more.
    await expect
      .poll(async () => named(await recordsOfClient(world, clientId), 'Requests'), {
        timeout: 10_000,
      })
      .toMatchObject([{ properties: { value: 100, count: 100 } }]);
  });

  it('go when the tab is hidden', async () => {
    const browser = await world.profile.open({ hasHiddenTabs: true });
    const page = await browser.newPage(`${site.origin}/plant`);
    await page.evaluate(() => window.client.metric('Temperature', 21));
    const other = await browser.context.newPage();
    await other.bringToFront();
    await page.waitForFunction(() => document.hidden);

    const [record] = named(await recordsOf(world, page), 'Temperature');
    expect(record?.properties).toMatchObject({ value: 21, count: 1 });
    expect(record?.properties?.intervalMs).toBeLessThan(10_000);
  });

  it('of a user who refuses are let go', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/quick`);
    await page.evaluate(async () => {
      window.client.metric('Temperature', 21);
      await window.client.consent('denied');
      await window.client.consent('granted');
      window.client.metric('Temperature', 25);
    });
    await untilCaptured(page, 1);

    expect(named(await recordsOf(world, page), 'Temperature')).toMatchObject([
      { properties: { value: 25, count: 1 } },
    ]);
  });
});

describe('a heartbeat', () => {
  it('comes at its interval, and tells what waits', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/heartbeat`);
    world.pipeline.faults.set({ relay: 'down' });
    await page.evaluate(() => window.client.track('Started'));
    await untilCaptured(page, 3);
    world.pipeline.faults.set({ relay: 'ok' });

    const beats = named(await recordsOf(world, page), 'Heartbeat').map(
      ({ properties }) => properties ?? {},
    );
    expect(beats[1]).toMatchObject({ kind: 'gauge', unit: 'ms', visible: true });
    expect(beats[1]?.waiting).toBeGreaterThanOrEqual(2);
    expect(Number(beats[1]?.value) - Number(beats[0]?.value)).toBeGreaterThanOrEqual(990);
    expect(beats[1]?.sinceLastMs).toBeGreaterThanOrEqual(990);
  });
});

describe('the sensors of a device', () => {
  it('tell of its battery, its connection, its memory and its storage', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/device`);
    await untilCaptured(page, 4);
    await browser.context.setOffline(true);
    await untilCaptured(page, 5);
    await browser.context.setOffline(false);
    await untilCaptured(page, 6);

    const records = await recordsOf(world, page);
    const propertiesOf = (name: string) => named(records, name).map(({ properties }) => properties);
    expect(propertiesOf('Battery Level')).toMatchObject([
      { kind: 'gauge', unit: 'ratio', charging: expect.any(Boolean), value: expect.any(Number) },
    ]);
    expect(propertiesOf('Memory Used')).toMatchObject([
      { unit: 'bytes', scope: 'heap', value: expect.any(Number), limitBytes: expect.any(Number) },
    ]);
    expect(propertiesOf('Storage Used')).toMatchObject([
      {
        unit: 'bytes',
        persisted: false,
        value: expect.any(Number),
        quotaBytes: expect.any(Number),
      },
    ]);
    const connections = propertiesOf('Connection');
    expect(connections.map((each) => each?.value)).toEqual([1, 0, 1]);
    expect(connections[0]).toMatchObject({ effectiveType: '4g', rttMs: expect.any(Number) });
  });

  it('tell of the whole memory of a page that is isolated', async () => {
    const browser = await world.profile.open();
    const page = await browser.newPage(`${site.origin}/isolated`);
    // It is told with the next collection of garbage, which takes up to 20 seconds to come by itself.
    const session = await browser.context.newCDPSession(page);
    await session.send('HeapProfiler.enable');
    await session.send('HeapProfiler.collectGarbage');
    await untilCaptured(page, 1);

    expect(named(await recordsOf(world, page), 'Memory Used')).toMatchObject([
      { properties: { scope: 'page', value: expect.any(Number) } },
    ]);
  });

  it('tell where it is, roughly, when its user has granted that, and how far it moves', async () => {
    const browser = await world.profile.open();
    const { context } = browser;
    await context.setGeolocation({ latitude: 48.858_37, longitude: 2.294_481, accuracy: 20 });
    const page = await browser.newPage(`${site.origin}/position`);
    await page.evaluate(() => navigator.permissions.query({ name: 'geolocation' }));
    expect((await readStats(page)).captured).toBe(0);

    await context.grantPermissions(['geolocation'], { origin: site.origin });
    await untilCaptured(page, 1);
    await context.setGeolocation({ latitude: 48.868_37, longitude: 2.294_481, accuracy: 20 });
    await untilCaptured(page, 2);

    expect(
      named(await recordsOf(world, page), 'Position').map(({ properties }) => properties),
    ).toMatchObject([
      { value: 0, unit: 'm', latitude: 48.858, longitude: 2.294, accuracyMeters: 20 },
      { value: 1112, unit: 'm', latitude: 48.868, longitude: 2.294, accuracyMeters: 20 },
    ]);
  });

  it('tell how it moves and how bright it is', async () => {
    const browser = await world.profile.open();
    const page = await browser.context.newPage();
    const session = await browser.context.newCDPSession(page);
    const metadata = { available: true, minimumFrequency: 1, maximumFrequency: 60 };
    const readings = {
      accelerometer: { xyz: { x: 3, y: 4, z: 0 } },
      gyroscope: { xyz: { x: 0, y: 0, z: 2 } },
      'ambient-light': { single: { value: 400 } },
    } as const;
    for (const type of ['accelerometer', 'gyroscope', 'ambient-light'] as const) {
      await session.send('Emulation.setSensorOverrideEnabled', { enabled: true, type, metadata });
      const reading = readings[type];
      await session.send('Emulation.setSensorOverrideReadings', { type, reading });
    }
    await page.goto(`${site.origin}/sensors`);
    await untilCaptured(page, 8);

    const records = await recordsOf(world, page);
    const meanOf = (name: string, axis?: string): unknown =>
      named(records, name).find(
        ({ properties }) =>
          (properties?.attributes as { axis?: string } | undefined)?.axis === axis,
      )?.properties?.value;
    expect(meanOf('Accelerometer')).toBeCloseTo(5);
    expect(meanOf('Accelerometer', 'x')).toBeCloseTo(3);
    expect(meanOf('Gyroscope', 'z')).toBeCloseTo(2, 1);
  });
});
