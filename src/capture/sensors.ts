import { RivuletError } from '../errors.ts';
import { checkInterval } from './every.ts';
import { createGathering, DEFAULT_MAX_SERIES, type Gathering } from './gathering.ts';
import { whenGranted } from './permission.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/** What each measures in, and what the user has to grant: w3.org/TR/generic-sensor and the specifications that extend it. */
const TYPES = {
  Accelerometer: ['m/s2', 'accelerometer'],
  LinearAccelerationSensor: ['m/s2', 'accelerometer'],
  GravitySensor: ['m/s2', 'accelerometer'],
  Gyroscope: ['rad/s', 'gyroscope'],
  Magnetometer: ['uT', 'magnetometer'],
  AmbientLightSensor: ['lux', 'ambient-light-sensor'],
} as const;
const AXES = ['x', 'y', 'z'] as const;

export type SensorType = keyof typeof TYPES;

export interface SensorsOptions {
  /** @default ['Accelerometer'] */
  readonly types?: readonly SensorType[];
  /**
   * Readings a second.
   * @default 10
   */
  readonly frequencyHz?: number;
  /**
   * How long readings are gathered, in milliseconds.
   * @default 10000
   */
  readonly intervalMs?: number;
  /**
   * Whether each axis is a series of its own too, with the attribute `axis`.
   * @default false
   */
  readonly axes?: boolean;
  /**
   * Whether the browser may ask the user for leave, at the start.
   * @default false
   */
  readonly ask?: boolean;
}

type ResolvedOptions = Required<SensorsOptions>;

/** The part of a sensor of the Generic Sensor API that is used: in Chromium only. */
interface Sensor extends EventTarget {
  readonly x?: number | null;
  readonly y?: number | null;
  readonly z?: number | null;
  readonly illuminance?: number | null;
  readonly start: () => void;
  readonly stop: () => void;
}

/**
 * Reads the device's sensors: one histogram an interval for each, a `metric` named as the sensor's type and of low priority,
 * of the illuminance or of the length of its vector (`m/s2`, `rad/s`, `uT`, `lux`), as `metrics()` tells them. Nothing is read
 * while the page is hidden: browsers see to that.
 */
export function sensors({
  types = ['Accelerometer'],
  frequencyHz = 10,
  intervalMs = 10_000,
  axes = false,
  ask = false,
}: SensorsOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  for (const type of types) {
    if (Object.hasOwn(TYPES, type)) continue;
    const expected = Object.keys(TYPES).join(' or ');
    throw new RivuletError('invalid_option', `types: expected ${expected}, got ${String(type)}`);
  }
  const setting = { types, frequencyHz, intervalMs, axes, ask };
  return { name: 'sensors', start: (host) => watch(host, setting) };
}

function watch(host: CaptureHost, setting: ResolvedOptions): () => void {
  const { types, intervalMs, ask } = setting;
  const gathering = createGathering(host, { intervalMs, maxSeries: DEFAULT_MAX_SERIES });
  const stops = types.map((type) =>
    whenGranted(host, [TYPES[type][1]], ask, () => read(type, host, gathering, setting)),
  );
  return () => {
    for (const stop of stops) stop();
    gathering.stop();
  };
}

function read(
  type: SensorType,
  { window }: CaptureHost,
  { take }: Gathering,
  { frequencyHz, axes }: ResolvedOptions,
): () => void {
  const [unit] = TYPES[type];
  const stopping = new AbortController();
  const common = { kind: 'histogram', unit, priority: 'low' } as const;
  try {
    const { [type]: Type } = window as unknown as Partial<
      Record<SensorType, new (options: object) => Sensor>
    >;
    // Another browser, or an insecure page.
    if (!Type) return () => {};
    const sensor = new Type({ frequency: frequencyHz });
    const onReading = (): void => {
      const { illuminance } = sensor;
      const vector = AXES.map((axis) => sensor[axis] ?? 0);
      take(type, illuminance ?? Math.hypot(...vector), common);
      if (!axes || illuminance !== undefined) return;
      AXES.forEach((axis, place) => {
        take(type, vector[place] ?? 0, { ...common, attributes: { axis } });
      });
    };
    sensor.addEventListener('reading', onReading, { signal: stopping.signal });
    sensor.start();
    return () => {
      stopping.abort();
      sensor.stop();
    };
  } catch {
    // Refused by the page's permissions policy.
    return () => {};
  }
}
