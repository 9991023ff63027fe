import { checkInterval } from './every.ts';
import { startSampling } from './sampling.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface StorageOptions {
  /**
   * How far two samples are apart, in milliseconds.
   * @default 300000 (5 minutes)
   */
  readonly intervalMs?: number;
}

/**
 * Samples what the page's origin has stored on the device: a `metric` of low priority, `Storage Used` (bytes), with
 * `quotaBytes`, what it may store, and `persisted`, whether the browser has promised not to clear it by itself. Nothing of
 * what is stored.
 */
export function storage({ intervalMs = 300_000 }: StorageOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  return { name: 'storage', start: (host) => watch(host, intervalMs) };
}

function watch(host: CaptureHost, intervalMs: number): () => void {
  // Absent where the page is not a secure context.
  const manager = host.window.navigator.storage as StorageManager | undefined;

  async function read() {
    if (!manager) return undefined;
    const [{ usage: value, quota: quotaBytes }, persisted] = await Promise.all([
      manager.estimate(),
      manager.persisted(),
    ]);
    return value === undefined ? undefined : { value, unit: 'bytes', quotaBytes, persisted };
  }

  return startSampling(host, { event: 'Storage Used', intervalMs, read }).stop;
}
