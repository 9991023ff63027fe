import type { CaptureHost } from '../../src/capture/types.ts';

export interface FakePerformance {
  /** Entries, as the browser tells them. */
  readonly tell: (type: string, ...entries: object[]) => void;
  /** Types that are observed at the moment, with what is asked of the past. */
  readonly observed: () => readonly object[];
}

/** Gives a page a PerformanceObserver that knows these types and tells what a test says. */
export function fakePerformance(
  window: CaptureHost['window'],
  supportedEntryTypes: readonly string[],
): FakePerformance {
  const observers = new Map<object, { init: { type: string }; call: (list: object) => void }>();

  function PerformanceObserver(this: object, call: (list: object) => void) {
    return {
      observe(init: { type: string }) {
        observers.set(this, { init, call });
      },
      disconnect() {
        observers.delete(this);
      },
    };
  }
  Object.assign(window, {
    PerformanceObserver: Object.assign(PerformanceObserver, { supportedEntryTypes }),
  });

  return {
    tell(type, ...entries) {
      for (const { init, call } of [...observers.values()]) {
        if (init.type === type) {
          call({ getEntries: () => entries.map((entry) => ({ entryType: type, ...entry })) });
        }
      }
    },
    observed: () => [...observers.values()].map(({ init }) => init),
  };
}
