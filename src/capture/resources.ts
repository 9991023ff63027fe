import { isIgnored } from './element.ts';
import { readEntries } from './performance-entries.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface ResourceOptions {
  /**
   * From which duration on a resource is slow, in milliseconds.
   * @default 2000
   */
  readonly slowMs?: number;
  /**
   * From how many bytes on the wire on a resource is large.
   * @default 1000000
   */
  readonly largeBytes?: number;
  /**
   * Events of one page load, at most; each address makes one of a reason. A page whose images are all slow has said so by then.
   * @default 50
   */
  readonly maxEvents?: number;
}

/** What scripts ask for is the business of `network()`; the client's own requests are among it. */
const REQUESTS = ['fetch', 'xmlhttprequest', 'beacon'];

/**
 * Captures images, scripts, styles and fonts that were slow or large, as the metric `Resource Duration` in milliseconds with
 * `reason`, address, `initiator` and `bytes`; and those that did not load, as an event of the type `error` with the kind
 * `resource`. A browser tells neither bytes nor status of another origin that does not allow it (Timing-Allow-Origin). Never
 * sends the query of an address.
 */
export function resources(options: ResourceOptions = {}): CaptureSource {
  return { name: 'resources', start: (host) => watchResources(host, options) };
}

function watchResources(
  { window, capture, scrub }: CaptureHost,
  { slowMs = 2000, largeBytes = 1_000_000, maxEvents = 50 }: ResourceOptions,
): () => void {
  const told = new Set<string>();

  function isNew(address: string, reason: string): boolean {
    const key = `${reason} ${address}`;
    const isUntold = !told.has(key) && told.size < maxEvents;
    if (isUntold) told.add(key);
    return isUntold;
  }

  function fail(name: string, address: string, status?: number): void {
    if (!isNew(address, 'failed')) return;
    const properties = { kind: 'resource', name, source: scrub(address), status, handled: false };
    capture('error', { properties: { ...properties, count: 1 } });
  }

  function onError(event: Event): void {
    const { localName, src, href } = event.target as HTMLImageElement & HTMLLinkElement;
    const address = src || href;
    // Errors of scripts come from the window, which has no address; and an image of SVG has no text there.
    if (typeof address === 'string' && !isIgnored(event.composedPath())) fail(localName, address);
  }

  function read(entry: PerformanceResourceTiming): void {
    const { name, duration, transferSize, responseStatus: status, initiatorType } = entry;
    if (REQUESTS.includes(initiatorType)) return;
    const isBad = status >= 400;
    if (isBad) fail(initiatorType, name, status);
    const reason =
      !isBad && ((duration >= slowMs && 'slow') || (transferSize >= largeBytes && 'large'));
    if (!reason || !isNew(name, reason)) return;
    capture(
      'metric',
      {
        event: 'Resource Duration',
        properties: {
          ...{ value: Math.round(duration), unit: 'ms', kind: 'histogram' },
          ...{ reason, url: scrub(name), initiator: initiatorType },
          ...{ bytes: transferSize || undefined, startMs: Math.round(entry.startTime) },
        },
      },
      { priority: 'low' },
    );
  }

  // They do not bubble.
  window.addEventListener('error', onError, true);
  const stopReading = readEntries(window, ['resource'], read);
  return () => {
    window.removeEventListener('error', onError, true);
    stopReading();
  };
}
