import { RivuletError } from '../errors.ts';
import { checkInterval } from './every.ts';
import { whenGranted } from './permission.ts';
import { startSampling } from './sampling.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface PositionOptions {
  /**
   * Whether the browser may ask the user for leave, at the start. Else the source works where it was given before, or is
   * given while the page is there.
   * @default false
   */
  readonly ask?: boolean;
  /**
   * Decimal places of a degree that leave the page, 0 to 7: with 2 it is known to a kilometre, with 5 to a metre.
   * @default 2
   */
  readonly decimals?: number;
  /**
   * How far the device has to move for a sample before its time, in metres.
   * @default 1000
   */
  readonly minMeters?: number;
  /**
   * How far two samples are apart, in milliseconds.
   * @default 300000 (5 minutes)
   */
  readonly intervalMs?: number;
  /**
   * Asks for the best that the device has, such as GPS: slower, and costs its battery.
   * @default false
   */
  readonly highAccuracy?: boolean;
}

type ResolvedOptions = Required<Omit<PositionOptions, 'ask'>>;

const METERS_PER_DEGREE = 111_195;
const RADIANS_PER_DEGREE = 0.017453292519943295;

/**
 * Samples where the device is, when its user has granted it: a `metric`, `Position`, with `latitude` and `longitude` in
 * degrees, rounded, `accuracyMeters`, and where the device tells `altitudeMeters`, `speedMetersPerSecond` and
 * `headingDegrees`; its `value` is how far it has moved since the last one (`m`).
 */
export function position(options: PositionOptions = {}): CaptureSource {
  const { ask = false, decimals = 2, minMeters = 1000, intervalMs = 300_000 } = options;
  const { highAccuracy = false } = options;
  checkInterval(intervalMs);
  if (!(decimals >= 0 && decimals <= 7)) {
    throw new RivuletError(
      'invalid_option',
      `decimals: expected a number from 0 to 7, got ${decimals}`,
    );
  }
  const setting = { decimals, minMeters, intervalMs, highAccuracy };
  return {
    name: 'position',
    start: (host) => whenGranted(host, ['geolocation'], ask, () => watch(host, setting)),
  };
}

function watch(
  host: CaptureHost,
  { decimals, minMeters, intervalMs, highAccuracy }: ResolvedOptions,
): () => void {
  const { geolocation } = host.window.navigator as Partial<Navigator>;
  if (!geolocation) return () => {};
  let here: GeolocationCoordinates | undefined;
  let told: GeolocationCoordinates | undefined;

  const rounded = (degrees: number): number => Number(degrees.toFixed(decimals));

  function read() {
    if (!here) return undefined;
    const movedMeters = told ? metersBetween(here, told) : 0;
    told = here;
    return {
      value: Math.round(movedMeters),
      unit: 'm',
      latitude: rounded(here.latitude),
      longitude: rounded(here.longitude),
      accuracyMeters: here.accuracy,
      altitudeMeters: here.altitude ?? undefined,
      speedMetersPerSecond: here.speed ?? undefined,
      headingDegrees: here.heading ?? undefined,
    };
  }

  const { sample, stop } = startSampling(host, {
    event: 'Position',
    intervalMs,
    priority: 'normal',
    read,
  });
  const watching = geolocation.watchPosition(
    ({ coords }) => {
      here = coords;
      if (!told || metersBetween(here, told) >= minMeters) sample();
    },
    // Refused, or nowhere to be found: the browser goes on looking.
    () => {},
    { enableHighAccuracy: highAccuracy },
  );
  return () => {
    geolocation.clearWatch(watching);
    stop();
  };
}

/** As on a plane: a thousandth off where they are 100 km apart. */
function metersBetween(one: GeolocationCoordinates, other: GeolocationCoordinates): number {
  const north = one.latitude - other.latitude;
  const east =
    (one.longitude - other.longitude) *
    Math.cos(((one.latitude + other.latitude) / 2) * RADIANS_PER_DEGREE);
  return Math.hypot(north, east) * METERS_PER_DEGREE;
}
