import { describe, expect, test } from 'vitest';
import { type SensorsOptions, sensors } from '../../../src/capture/sensors.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

interface FakeSensor {
  readonly type: string;
  readonly options: object;
  isRunning: boolean;
  readonly read: (reading: object) => void;
}

/** Gives the page sensors of the Generic Sensor API, and what the user has granted of them. */
function equip({ window }: TestPage, types: readonly string[], granted: readonly string[] = types) {
  const created: FakeSensor[] = [];
  for (const type of types) {
    Object.assign(window, {
      [type]: class extends window.EventTarget {
        constructor(options: object) {
          super();
          const sensor = this;
          created.push(
            Object.assign(sensor as unknown as FakeSensor, {
              ...{ type, options, isRunning: false },
              read(reading: object) {
                Object.assign(sensor, reading);
                sensor.dispatchEvent(new window.Event('reading'));
              },
            }),
          );
        }
        start() {
          (this as unknown as FakeSensor).isRunning = true;
        }
        stop() {
          (this as unknown as FakeSensor).isRunning = false;
        }
      },
    });
  }
  const permissions = new Map<string, EventTarget & { state: string }>();
  Object.defineProperty(window.navigator, 'permissions', {
    value: {
      async query({ name }: { name: string }) {
        const state = granted.includes(name) ? 'granted' : 'prompt';
        const permission = Object.assign(new window.EventTarget(), { state });
        permissions.set(name, permission);
        return permission;
      },
    },
  });
  return {
    created,
    decide(name: string, state: string) {
      const permission = permissions.get(name);
      Object.assign(permission ?? {}, { state });
      permission?.dispatchEvent(new window.Event('change'));
    },
  };
}

async function open(options: SensorsOptions | undefined, types: string[], granted?: string[]) {
  const page = createTestPage('https://plant.test/');
  const device = equip(page, types, granted);
  const host = createTestHost(page.window);
  const stop = sensors(options).start(host);
  await host.clock.settle();
  return { ...page, ...device, host, stop };
}

describe('sensors', () => {
  test('tell how long the vector of the acceleration was, as one histogram an interval', async () => {
    const { host, created } = await open(undefined, ['Accelerometer'], ['accelerometer']);
    created[0]?.read({ x: 3, y: 4, z: 0 });
    created[0]?.read({ x: 0, y: 0, z: 10 });
    await host.clock.advance(10_000);

    expect(created).toMatchObject([{ options: { frequency: 10 }, isRunning: true }]);
    expect(host.captured).toMatchObject([
      {
        type: 'metric',
        event: 'Accelerometer',
        priority: 'low',
        properties: {
          ...{ value: 7.5, kind: 'histogram', unit: 'm/s2', intervalMs: 10_000 },
          ...{ count: 2, min: 5, max: 10, buckets: { scale: 5 } },
        },
      },
    ]);
  });

  test('tell each axis apart where that is asked for', async () => {
    const options = { types: ['Gyroscope'], axes: true } as const;
    const { host, created } = await open(options, ['Gyroscope'], ['gyroscope']);
    created[0]?.read({ x: -1, y: 2, z: 2 });
    await host.clock.advance(10_000);

    expect(
      host.captured.map(({ properties }) => [properties?.attributes, properties?.value]),
    ).toEqual([
      [undefined, 3],
      [{ axis: 'x' }, -1],
      [{ axis: 'y' }, 2],
      [{ axis: 'z' }, 2],
    ]);
  });

  test('tell how bright it is, which has no axes', async () => {
    const options = { types: ['AmbientLightSensor'], axes: true } as const;
    const granted = ['ambient-light-sensor'];
    const { host, created } = await open(options, ['AmbientLightSensor'], granted);
    created[0]?.read({ illuminance: 0 });
    created[0]?.read({ illuminance: 400 });
    await host.clock.advance(10_000);

    expect(host.captured).toMatchObject([{ properties: { value: 200, unit: 'lux', count: 2 } }]);
  });

  test('are not read without leave, and are when it is given, and no more when it is withdrawn', async () => {
    const { created, decide } = await open(undefined, ['Accelerometer'], []);
    expect(created).toEqual([]);
    decide('accelerometer', 'granted');
    expect(created).toMatchObject([{ isRunning: true }]);
    decide('accelerometer', 'denied');

    expect(created).toMatchObject([{ isRunning: false }]);
  });

  test('are read at once where the browser may ask', async () => {
    const { created } = await open({ ask: true }, ['Accelerometer'], []);

    expect(created).toMatchObject([{ isRunning: true }]);
  });

  test('of a browser that has none are left out, and so is one that a policy refuses', async () => {
    const page = createTestPage('https://plant.test/');
    Object.assign(page.window, {
      Gyroscope: class {
        constructor() {
          throw new DOMException('refused', 'SecurityError');
        }
      },
    });
    const host = createTestHost(page.window);
    const stop = sensors({ types: ['Accelerometer', 'Gyroscope'], ask: true }).start(host);
    await host.clock.advance(20_000);
    stop();

    expect(host.captured).toEqual([]);
    expect(host.failures).toEqual([]);
  });

  test('give up what was read when they stop, and are read no more', async () => {
    const { host, created, decide, stop } = await open(
      undefined,
      ['Accelerometer'],
      ['accelerometer'],
    );
    created[0]?.read({ x: 1, y: 0, z: 0 });
    stop();
    created[0]?.read({ x: 1, y: 0, z: 0 });
    decide('accelerometer', 'granted');
    await host.clock.advance(20_000);

    expect(host.captured).toHaveLength(1);
    expect(created).toMatchObject([{ isRunning: false }]);
    expect(host.clock.timers()).toEqual([]);
  });

  test('of a type that there is not are refused at creation', () => {
    expect(() => sensors({ types: ['Thermometer' as 'Gyroscope'] })).toThrow(
      /^types: expected Acc.*, got Thermometer$/,
    );
  });
});
