import { checkInterval } from './every.ts';
import { startSampling } from './sampling.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface BatteryOptions {
  /**
   * How far two samples are apart, in milliseconds.
   * @default 300000 (5 minutes)
   */
  readonly intervalMs?: number;
  /**
   * By how much the level has to change for a sample before its time, from 0 to 1.
   * @default 0.05
   */
  readonly minDifference?: number;
}

/** In Chromium only: w3.org/TR/battery-status. Times are seconds, or `Infinity`. */
interface BatteryManager extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
  readonly chargingTime: number;
  readonly dischargingTime: number;
}

/**
 * Samples the battery: a `metric` of low priority, `Battery Level` (a ratio, 0 to 1), with `charging`, and with
 * `chargingTimeMs` or `dischargingTimeMs` where the browser foresees it. When it is plugged in or out, at once.
 */
export function battery({
  intervalMs = 300_000,
  minDifference = 0.05,
}: BatteryOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  return { name: 'battery', start: (host) => watch(host, intervalMs, minDifference) };
}

function watch(host: CaptureHost, intervalMs: number, minDifference: number): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const holder = host.window.navigator as { getBattery?: () => Promise<BatteryManager> };
  let stopSampling: (() => void) | undefined;

  async function begin(): Promise<void> {
    const manager = await holder.getBattery?.();
    if (!manager || signal.aborted) return;
    const { look, stop } = startSampling(host, {
      event: 'Battery Level',
      intervalMs,
      read: () => describe(manager),
      isNews: (now, last) =>
        now.charging !== last.charging ||
        // Levels are hundredths, and their differences are not.
        Math.abs(now.value - last.value) > minDifference - 0.001,
    });
    stopSampling = stop;
    manager.addEventListener('levelchange', look, { signal });
    manager.addEventListener('chargingchange', look, { signal });
  }

  // Refused by the page's permissions policy.
  begin().catch(() => {});
  return () => {
    stopping.abort();
    stopSampling?.();
  };
}

function describe({ level, charging, chargingTime, dischargingTime }: BatteryManager) {
  const msOf = (seconds: number): number | undefined =>
    Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return {
    ...{ value: level, unit: 'ratio', charging },
    chargingTimeMs: charging ? msOf(chargingTime) : undefined,
    dischargingTimeMs: charging ? undefined : msOf(dischargingTime),
  };
}
