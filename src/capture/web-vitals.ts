import {
  type MetricWithAttribution,
  onCLS,
  onFCP,
  onINP,
  onLCP,
  onTTFB,
} from 'web-vitals/attribution';
import type { Properties } from '../protocol/event.ts';
import { nearest, SECRET } from './element.ts';
import { describeScript } from './long-script.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface WebVitalsOptions {
  /**
   * Whether a navigation inside the application begins new metrics, where the browser tells of them
   * (developer.chrome.com/docs/web-platform/soft-navigations). As the first source of a page that is started has it.
   * @default false
   */
  readonly softNavigations?: boolean;
}

/** Who hears the metrics of the page. The library has no way to stop, so it is asked once, and for all. */
const readers = new Set<(metric: MetricWithAttribution) => void>();
let isAsked = false;

/**
 * Captures LCP, INP, CLS, FCP and TTFB as `web-vitals` measures them, each as a metric of that name: `value` (milliseconds;
 * CLS has no unit), `rating`, `navigationType`, the `url` that was loaded, and of its `attribution` the times and the
 * selector of the element. TTFB and FCP come once, LCP with the first click or key or when the page is hidden, INP and CLS
 * whenever it is hidden and they have grown: the last one of an `id` counts. Never sends an element's text, nor
 * anything of one that is ignored.
 *
 * When it stops it hears nothing any more; what the library has attached to the page stays, once, as long as the page.
 */
export function webVitals({ softNavigations = false }: WebVitalsOptions = {}): CaptureSource {
  return { name: 'vitals', start: (host) => watchVitals(host, softNavigations) };
}

function watchVitals(host: CaptureHost, softNavigations: boolean): () => void {
  const { document } = host.window;
  let interaction: MetricWithAttribution | undefined;

  function read(metric: MetricWithAttribution): void {
    if (metric.name === 'INP') interaction = metric;
    else captureMetric(host, metric);
  }

  function onVisibilityChange(): void {
    if (!document.hidden || !interaction) return;
    captureMetric(host, interaction);
    interaction = undefined;
  }

  // On the document: the library listens on the window, and so has looked at the last click by then.
  document.addEventListener('visibilitychange', onVisibilityChange);
  readers.add(read);
  if (!isAsked) ask(softNavigations);
  isAsked = true;
  return () => {
    document.removeEventListener('visibilitychange', onVisibilityChange);
    readers.delete(read);
  };
}

function ask(reportSoftNavs: boolean): void {
  const tell = (metric: MetricWithAttribution): void => {
    for (const read of readers) read(metric);
  };
  const options = { reportSoftNavs, generateTarget };
  for (const measure of [onTTFB, onFCP, onLCP, onCLS]) measure(tell, options);
  // Of INP all changes: what waits for an idle moment when the page is hidden, such as the click that leaves it, the library
  // takes into account, but tells nobody.
  onINP(tell, { ...options, reportAllChanges: true });
}

/** No selector at all for what is secret or ignored; the library's own for the rest. */
function generateTarget(node: Node | null): string | undefined {
  const path: Node[] = [];
  for (let at = node; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) path.push(at);
  return nearest(path, SECRET) ? '' : undefined;
}

function captureMetric(host: CaptureHost, metric: MetricWithAttribution): void {
  const { name, value, rating, id, navigationType, navigationURL } = metric;
  host.capture('metric', {
    event: name,
    properties: {
      value: round(value),
      unit: name === 'CLS' ? undefined : 'ms',
      kind: 'histogram',
      ...{ rating, id, navigationType },
      url: navigationURL && host.scrub(navigationURL),
      attribution: describeAttribution(metric, host),
    },
  });
  // What comes as the page is hidden may be the last of it.
  if (host.window.document.hidden) host.write();
}

/** The numbers and the names, and not the browser's entries that they come from. */
function describeAttribution(
  { attribution }: MetricWithAttribution,
  host: CaptureHost,
): Properties {
  const described: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attribution)) {
    if (typeof value === 'number') described[name] = round(value);
    else if (value && typeof value === 'string') {
      described[name] = name === 'url' ? host.scrub(value) : value;
    }
  }
  if ('longestScript' in attribution) {
    described.script = describeScript(attribution.longestScript?.entry, host);
  }
  return described;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
