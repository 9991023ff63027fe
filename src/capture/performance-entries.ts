import type { CaptureHost } from './types.ts';

/**
 * Reads the browser's performance entries of the first of these types that it knows, those from before the call too. The
 * answer stops; where the browser knows none, nothing happens.
 */
export function readEntries<Entry extends PerformanceEntry>(
  { PerformanceObserver }: CaptureHost['window'],
  types: readonly string[],
  read: (entry: Entry) => void,
): () => void {
  const type = types.find((each) => PerformanceObserver?.supportedEntryTypes?.includes(each));
  if (!type) return () => {};
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) read(entry as Entry);
  });
  observer.observe({ type, buffered: true });
  return () => observer.disconnect();
}
