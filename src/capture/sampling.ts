import type { Priority, Properties } from '../protocol/event.ts';
import { every } from './every.ts';
import type { CaptureHost } from './types.ts';

/** What is so at a moment: the properties of a `metric` event. */
export interface Sample extends Properties {
  readonly value: number;
  readonly unit: string;
}

export interface SamplingSetting<Sampled extends Sample> {
  /** The metric's name. */
  readonly event: string;
  readonly intervalMs: number;
  readonly priority?: Priority;
  /** What is so now; nothing where that is not known. */
  readonly read: () => Sampled | undefined | Promise<Sampled | undefined>;
  /** Whether a change is worth an event before its time. */
  readonly isNews?: (now: Sampled, last: Sampled) => boolean;
}

export interface Sampling {
  /** Something may have changed. */
  readonly look: () => void;
  /** Something has. */
  readonly sample: () => void;
  readonly stop: () => void;
}

/** Captures how it is at once, each interval while the page is seen, and when something has changed by enough. */
export function startSampling<Sampled extends Sample>(
  { runtime, capture, window: { document } }: CaptureHost,
  { event, intervalMs, priority = 'low', read, isNews }: SamplingSetting<Sampled>,
): Sampling {
  let last: Sampled | undefined;
  let isStopped = false;

  async function sample(isDue: boolean): Promise<void> {
    try {
      const now = await read();
      if (!now || isStopped || !(isDue || !last || isNews?.(now, last))) return;
      last = now;
      capture('metric', { event, properties: { kind: 'gauge', ...now } }, { priority });
    } catch {
      // The platform does not tell, or does no more: the next time it may.
    }
  }

  const stopEvery = every(runtime, intervalMs, () => document.hidden || sample(true));
  sample(true);
  return {
    look: () => void sample(false),
    sample: () => void sample(true),
    stop() {
      isStopped = true;
      stopEvery();
    },
  };
}
