import { describeScript, type ScriptTiming } from './long-script.ts';
import { readEntries } from './performance-entries.ts';
import type { CaptureHost, CaptureSource } from './types.ts';
import { whenLeaving } from './when-leaving.ts';

export interface LongFrameOptions {
  /**
   * From which length on a frame is captured, in milliseconds. The browser tells of none below 50.
   * @default 100
   */
  readonly thresholdMs?: number;
  /**
   * The frames of so many milliseconds become one event.
   * @default 10000
   */
  readonly intervalMs?: number;
}

/** An animation frame, or a task in browsers that do not tell of frames. */
interface LongEntry extends PerformanceEntry {
  readonly blockingDuration?: number;
  readonly scripts?: readonly ScriptTiming[];
}

/** What of a task is too much for a page that answers at once: w3c.github.io/longtasks */
const LONG_TASK_MS = 50;

/**
 * Captures the longest animation frame of each interval that had long ones, as the metric `Long Animation Frame` in
 * milliseconds: how many there were (`count`, `totalMs`, `blockingMs`) and which script took the most of it. `Long Task`
 * where the browser knows only those (w3c.github.io/long-animation-frames: Chromium 123). Never sends the text of a script,
 * nor the id or address of the element that called it.
 */
export function longFrames({
  thresholdMs = 100,
  intervalMs = 10_000,
}: LongFrameOptions = {}): CaptureSource {
  return { name: 'long-frames', start: (host) => watchFrames(host, thresholdMs, intervalMs) };
}

function watchFrames(host: CaptureHost, thresholdMs: number, intervalMs: number): () => void {
  const stopping = new AbortController();
  let longest: LongEntry | undefined;
  let count = 0;
  let totalMs = 0;
  let blockingMs = 0;
  let cancel: (() => void) | undefined;

  function read(entry: LongEntry): void {
    const { duration, blockingDuration = duration - LONG_TASK_MS } = entry;
    if (duration < thresholdMs) return;
    count++;
    totalMs += duration;
    blockingMs += blockingDuration;
    if (duration > (longest?.duration ?? 0)) longest = entry;
    cancel ??= host.runtime.delay(report, intervalMs);
  }

  function report(): void {
    cancel?.();
    cancel = undefined;
    if (!longest) return;
    const { entryType, startTime, duration, scripts = [] } = longest;
    const [script] = [...scripts].sort((a, b) => b.duration - a.duration);
    host.capture(
      'metric',
      {
        event: entryType === 'longtask' ? 'Long Task' : 'Long Animation Frame',
        properties: {
          value: Math.round(duration),
          unit: 'ms',
          kind: 'histogram',
          startMs: Math.round(startTime),
          count,
          totalMs: Math.round(totalMs),
          blockingMs: Math.round(blockingMs),
          script: describeScript(script, host),
        },
      },
      { priority: 'low' },
    );
    longest = undefined;
    count = totalMs = blockingMs = 0;
  }

  whenLeaving(host, report, stopping.signal);
  const stopReading = readEntries(host.window, ['long-animation-frame', 'longtask'], read);
  return () => {
    stopReading();
    stopping.abort();
    report();
  };
}
