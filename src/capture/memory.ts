import { checkInterval } from './every.ts';
import { startSampling } from './sampling.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface MemoryOptions {
  /**
   * How far two samples are apart, in milliseconds.
   * @default 60000
   */
  readonly intervalMs?: number;
}

/** Both are Chromium's: wicg.github.io/performance-measure-memory, and the older one of the JavaScript heap alone. */
interface MemoryMeter {
  readonly measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>;
  readonly memory?: { readonly usedJSHeapSize: number; readonly jsHeapSizeLimit: number };
}

/**
 * Samples the page's memory: a `metric` of low priority, `Memory Used` (bytes). `scope` says of what: `page`, where the page
 * is cross-origin isolated, or `heap`, the JavaScript heap, with `limitBytes`.
 */
export function memory({ intervalMs = 60_000 }: MemoryOptions = {}): CaptureSource {
  checkInterval(intervalMs);
  return { name: 'memory', start: (host) => watch(host, intervalMs) };
}

function watch(host: CaptureHost, intervalMs: number): () => void {
  const { performance, crossOriginIsolated } = host.window;
  const meter = performance as MemoryMeter;

  async function read() {
    // Refused in any other page.
    if (crossOriginIsolated && meter.measureUserAgentSpecificMemory) {
      const { bytes } = await meter.measureUserAgentSpecificMemory();
      return { value: bytes, unit: 'bytes', scope: 'page' };
    }
    if (!meter.memory) return undefined;
    const { usedJSHeapSize: value, jsHeapSizeLimit: limitBytes } = meter.memory;
    return { value, unit: 'bytes', scope: 'heap', limitBytes };
  }

  return startSampling(host, { event: 'Memory Used', intervalMs, read }).stop;
}
