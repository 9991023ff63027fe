import { describe, expect, test } from 'vitest';
import { battery } from '../../../src/capture/battery.ts';
import { connection } from '../../../src/capture/connection.ts';
import { memory } from '../../../src/capture/memory.ts';
import { type PositionOptions, position } from '../../../src/capture/position.ts';
import { storage } from '../../../src/capture/storage.ts';
import type { CaptureSource } from '../../../src/capture/types.ts';
import { createTestHost, type HostedEvent } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

const FIVE_MINUTES_MS = 300_000;

async function open(source: CaptureSource, equip: (page: TestPage) => void = () => {}) {
  const page = createTestPage('https://plant.test/');
  equip(page);
  const host = createTestHost(page.window);
  const stop = source.start(host);
  await host.clock.settle();
  return { ...page, host, clock: host.clock, stop };
}

const valueIn = ({ properties }: HostedEvent): unknown => properties?.value;

/** Something of the navigator that tells of its changes. */
function part<Fields extends object>({ window }: TestPage, fields: Fields) {
  const target = Object.assign(new window.EventTarget(), fields);
  return Object.assign(target, {
    change(changed: Partial<Fields>, type: string) {
      Object.assign(target, changed);
      target.dispatchEvent(new window.Event(type));
    },
  });
}

function give({ window }: TestPage, name: string, value: unknown): void {
  Object.defineProperty(window.navigator, name, { value, configurable: true });
}

describe('the battery', () => {
  const full = {
    ...{ level: 0.8, charging: true },
    ...{ chargingTime: 1200, dischargingTime: Number.POSITIVE_INFINITY },
  };

  async function openBattery() {
    let manager = {} as ReturnType<typeof part<typeof full>>;
    const opened = await open(battery(), (page) => {
      manager = part(page, full);
      give(page, 'getBattery', async () => manager);
    });
    return { ...opened, manager };
  }

  test('is sampled at the start and each interval', async () => {
    const { host, clock } = await openBattery();
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toEqual(
      Array(2).fill({
        type: 'metric',
        event: 'Battery Level',
        priority: 'low',
        properties: {
          ...{ value: 0.8, kind: 'gauge', unit: 'ratio' },
          ...{ charging: true, chargingTimeMs: 1_200_000 },
        },
      }),
    );
  });

  test('is sampled before its time when it has changed by enough, or is plugged out', async () => {
    const { host, clock, manager } = await openBattery();
    manager.change({ level: 0.76 }, 'levelchange');
    await clock.settle();
    expect(host.captured.map(valueIn)).toEqual([0.8]);
    manager.change({ level: 0.75 }, 'levelchange');
    await clock.settle();
    expect(host.captured.map(valueIn)).toEqual([0.8, 0.75]);
    manager.change({ charging: false, dischargingTime: 3600 }, 'chargingchange');
    await clock.settle();

    expect(host.captured.at(-1)?.properties).toEqual({
      ...{ value: 0.75, kind: 'gauge', unit: 'ratio' },
      ...{ charging: false, dischargingTimeMs: 3_600_000 },
    });
  });

  test('is not sampled while the page is hidden, but for its changes', async () => {
    const { host, clock, manager, setHidden } = await openBattery();
    setHidden(true);
    await clock.advance(3 * FIVE_MINUTES_MS);
    expect(host.captured).toHaveLength(1);
    manager.change({ charging: false }, 'chargingchange');
    await clock.settle();

    expect(host.captured).toHaveLength(2);
  });

  test('is let go when the source stops', async () => {
    const { host, clock, manager, stop } = await openBattery();
    stop();
    manager.change({ charging: false }, 'chargingchange');
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toHaveLength(1);
    expect(clock.timers()).toEqual([]);
  });

  test('that is told of after the source has stopped is not watched', async () => {
    const page = createTestPage('https://plant.test/');
    const manager = part(page, full);
    give(page, 'getBattery', async () => manager);
    const host = createTestHost(page.window);
    battery().start(host)();
    await host.clock.settle();
    manager.change({ charging: false }, 'chargingchange');
    await host.clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toEqual([]);
  });

  test.each([
    ['has none to tell of', undefined],
    ['refuses', () => Promise.reject(new DOMException('refused', 'NotAllowedError'))],
  ])('of a browser that %s is left out', async (_, getBattery) => {
    const { host, clock } = await open(battery(), (page) => give(page, 'getBattery', getBattery));
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toEqual([]);
    expect(host.failures).toEqual([]);
  });
});

describe('the connection', () => {
  const wifi = { type: 'wifi', effectiveType: '4g', downlink: 10, rtt: 50, saveData: false };

  test('is sampled with what the browser knows of it', async () => {
    const { host } = await open(connection(), (page) => give(page, 'connection', part(page, wifi)));

    expect(host.captured).toEqual([
      {
        type: 'metric',
        event: 'Connection',
        priority: 'low',
        properties: {
          ...{ value: 1, kind: 'gauge', unit: 'ratio', connectionType: 'wifi' },
          ...{ effectiveType: '4g', downlinkMbps: 10, rttMs: 50, saveData: false },
        },
      },
    ]);
  });

  test('is sampled when it goes and comes, where nothing more is known too', async () => {
    const { host, clock, setOnline } = await open(connection());
    setOnline(false);
    await clock.settle();
    setOnline(true);
    await clock.settle();

    expect(host.captured.map(valueIn)).toEqual([1, 0, 1]);
  });

  test('is sampled when it is of another kind, and not for each of its measures', async () => {
    let network = {} as ReturnType<typeof part<typeof wifi>>;
    const { host, clock } = await open(connection(), (page) => {
      network = part(page, wifi);
      give(page, 'connection', network);
    });
    network.change({ rtt: 300, downlink: 1 }, 'change');
    await clock.settle();
    expect(host.captured).toHaveLength(1);
    network.change({ effectiveType: '3g' }, 'change');
    await clock.settle();
    network.change({ saveData: true }, 'change');
    await clock.settle();
    network.change({ type: 'cellular' }, 'change');
    await clock.settle();

    expect(host.captured).toHaveLength(4);
  });

  test('is let go when the source stops', async () => {
    const { host, clock, setOnline, stop } = await open(connection());
    stop();
    setOnline(false);
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toHaveLength(1);
    expect(clock.timers()).toEqual([]);
  });
});

describe('the memory', () => {
  const heap = { usedJSHeapSize: 5_000_000, jsHeapSizeLimit: 2_000_000_000 };

  test('is the heap of a page that is not isolated', async () => {
    const { host, clock } = await open(memory(), ({ window }) => {
      Object.assign(window.performance, {
        memory: heap,
        measureUserAgentSpecificMemory: () => Promise.reject(new DOMException('', 'SecurityError')),
      });
    });
    await clock.advance(60_000);

    expect(host.captured).toEqual(
      Array(2).fill({
        type: 'metric',
        event: 'Memory Used',
        priority: 'low',
        properties: {
          ...{ value: 5_000_000, kind: 'gauge', unit: 'bytes' },
          ...{ scope: 'heap', limitBytes: 2_000_000_000 },
        },
      }),
    );
  });

  test('is the whole of a page that is', async () => {
    const { host } = await open(memory(), ({ window }) => {
      Object.assign(window.performance, {
        memory: heap,
        measureUserAgentSpecificMemory: async () => ({ bytes: 9_000_000 }),
      });
      Object.defineProperty(window, 'crossOriginIsolated', { value: true });
    });

    expect(host.captured).toMatchObject([{ properties: { value: 9_000_000, scope: 'page' } }]);
  });

  test('of a browser that does not tell is left out', async () => {
    const { host, clock } = await open(memory(), ({ window }) => {
      Object.defineProperty(window.performance, 'memory', { value: undefined });
    });
    await clock.advance(60_000);

    expect(host.captured).toEqual([]);
    expect(host.failures).toEqual([]);
  });
});

describe('the storage', () => {
  test('is sampled with its quota, and whether it is kept', async () => {
    let usage = 1000;
    const { host, clock } = await open(storage(), (page) =>
      give(page, 'storage', {
        estimate: async () => ({ usage, quota: 50_000 }),
        persisted: async () => true,
      }),
    );
    usage = 2000;
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured.map(valueIn)).toEqual([1000, 2000]);
    expect(host.captured[0]).toEqual({
      type: 'metric',
      event: 'Storage Used',
      priority: 'low',
      properties: {
        ...{ value: 1000, kind: 'gauge', unit: 'bytes' },
        ...{ quotaBytes: 50_000, persisted: true },
      },
    });
  });

  test.each([
    ['has none', undefined],
    [
      'refuses',
      { estimate: () => Promise.reject(new TypeError('refused')), persisted: () => true },
    ],
  ])('of a browser that %s is left out', async (_, manager) => {
    const { host, clock } = await open(storage(), (page) => give(page, 'storage', manager));
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toEqual([]);
    expect(host.failures).toEqual([]);
  });

  test('that is told of after the source has stopped is not captured', async () => {
    let answer: (estimate: object) => void = () => {};
    const { host, clock, stop } = await open(storage(), (page) =>
      give(page, 'storage', {
        estimate: () => new Promise((resolve) => (answer = resolve)),
        persisted: async () => true,
      }),
    );
    stop();
    answer({ usage: 1, quota: 2 });
    await clock.settle();

    expect(host.captured).toEqual([]);
  });
});

describe('the position', () => {
  async function openPosition(state: string | undefined, options?: PositionOptions) {
    const watching = new Map<number, (position: object) => void>();
    let asked: object | undefined;
    let permission = {} as ReturnType<typeof part<{ state: string }>>;
    const opened = await open(position(options), (page) => {
      permission = part(page, { state: state ?? '' });
      if (state) give(page, 'permissions', { query: async () => permission });
      else give(page, 'permissions', undefined);
      give(page, 'geolocation', {
        watchPosition(success: (position: object) => void, _: unknown, how: object) {
          asked = how;
          watching.set(watching.size + 1, success);
          return watching.size;
        },
        clearWatch: (id: number) => watching.delete(id),
      });
    });
    return {
      ...opened,
      permission,
      watching: () => watching.size,
      asked: () => asked,
      async move(latitude: number, longitude: number) {
        const coords = {
          latitude,
          longitude,
          accuracy: 12,
          altitude: null,
          speed: 1.5,
          heading: null,
        };
        for (const tell of watching.values()) tell({ coords });
        await opened.clock.settle();
      },
    };
  }

  test('is sampled, rounded, where the user has granted it before', async () => {
    const { host, move } = await openPosition('granted');
    await move(48.858_37, 2.294_481);

    expect(host.captured).toEqual([
      {
        type: 'metric',
        event: 'Position',
        priority: 'normal',
        properties: {
          ...{ value: 0, kind: 'gauge', unit: 'm', latitude: 48.86, longitude: 2.29 },
          ...{ accuracyMeters: 12, speedMetersPerSecond: 1.5 },
        },
      },
    ]);
  });

  test('is sampled again when the device has moved far enough, and tells how far', async () => {
    const { host, move } = await openPosition('granted', { decimals: 5, minMeters: 100 });
    await move(60, 10);
    await move(60.000_89, 10);
    expect(host.captured).toHaveLength(1);
    // At 60° a degree of longitude is half as long.
    await move(60, 10.002);

    expect(host.captured.map(valueIn)).toEqual([0, 111]);
    expect(host.captured[1]?.properties).toMatchObject({ latitude: 60, longitude: 10.002 });
  });

  test('is sampled each interval, where it stays too', async () => {
    const { host, clock, move } = await openPosition('granted');
    await clock.advance(FIVE_MINUTES_MS);
    expect(host.captured).toEqual([]);
    await move(60, 10);
    await move(60.001, 10);
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured.map(valueIn)).toEqual([0, 111]);
  });

  test.each(['prompt', 'denied', undefined])(
    'is not asked for where leave is %s',
    async (state) => {
      expect((await openPosition(state)).watching()).toBe(0);
    },
  );

  test('is watched when leave is given later, and no more when it is withdrawn', async () => {
    const { permission, watching } = await openPosition('prompt');
    permission.change({ state: 'granted' }, 'change');
    expect(watching()).toBe(1);
    permission.change({ state: 'denied' }, 'change');

    expect(watching()).toBe(0);
  });

  test('is asked for where the application says so, and as exactly as it says', async () => {
    const { watching, asked } = await openPosition(undefined, { ask: true, highAccuracy: true });

    expect(watching()).toBe(1);
    expect(asked()).toEqual({ enableHighAccuracy: true });
  });

  test('is let go when the source stops', async () => {
    const { host, clock, permission, move, watching, stop } = await openPosition('granted');
    await move(60, 10);
    stop();
    permission.change({ state: 'prompt' }, 'change');
    permission.change({ state: 'granted' }, 'change');
    await clock.advance(FIVE_MINUTES_MS);

    expect(watching()).toBe(0);
    expect(host.captured).toHaveLength(1);
    expect(clock.timers()).toEqual([]);
  });

  test('of a browser that has none is left out', async () => {
    const { host, clock } = await open(position({ ask: true }), (page) =>
      give(page, 'geolocation', undefined),
    );
    await clock.advance(FIVE_MINUTES_MS);

    expect(host.captured).toEqual([]);
    expect(clock.timers()).toEqual([]);
  });

  test.each([-1, 8, Number.NaN])('refuses to be rounded to %d decimals', (decimals) => {
    expect(() => position({ decimals })).toThrow(
      `decimals: expected a number from 0 to 7, got ${decimals}`,
    );
  });
});
