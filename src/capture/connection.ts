import { checkInterval } from './every.ts';
import { startSampling } from './sampling.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface ConnectionOptions {
  /**
   * How far two samples are apart, in milliseconds.
   * @default 300000 (5 minutes)
   */
  readonly intervalMs?: number;
}

/** In Chromium only: wicg.github.io/netinfo */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
  readonly effectiveType?: string;
  /** Mbit/s. */
  readonly downlink?: number;
  /** Milliseconds. */
  readonly rtt?: number;
  readonly saveData?: boolean;
}

/**
 * Samples the network: a `metric` of low priority, `Connection`, whose `value` is 1 online and 0 offline; its mean is the
 * part of the time online. Where the browser tells, with `connectionType` (such as `wifi`), `effectiveType`, `downlinkMbps`,
 * `rttMs` and `saveData`. When it goes off or on, or is of another kind, at once.
 */
export function connection({ intervalMs = 300_000 }: ConnectionOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  return { name: 'connection', start: (host) => watch(host, intervalMs) };
}

function watch(host: CaptureHost, intervalMs: number): () => void {
  const { window } = host;
  const { navigator } = window;
  const { connection: network } = navigator as { connection?: NetworkInformation };
  const stopping = new AbortController();
  const setting = { signal: stopping.signal };

  const { look, stop } = startSampling(host, {
    event: 'Connection',
    intervalMs,
    read: () => ({
      value: navigator.onLine ? 1 : 0,
      unit: 'ratio',
      connectionType: network?.type,
      effectiveType: network?.effectiveType,
      saveData: network?.saveData,
      downlinkMbps: network?.downlink,
      rttMs: network?.rtt,
    }),
    // Not the measured ones, which change all the time.
    isNews: (now, last) =>
      now.value !== last.value ||
      now.connectionType !== last.connectionType ||
      now.effectiveType !== last.effectiveType ||
      now.saveData !== last.saveData,
  });
  window.addEventListener('online', look, setting);
  window.addEventListener('offline', look, setting);
  network?.addEventListener('change', look, setting);
  return () => {
    stopping.abort();
    stop();
  };
}
