import type { Runtime } from '../runtime.ts';

/** Whether somebody can see the page. */
export interface Sight {
  readonly isHidden: () => boolean;
  /** Resolves when it is seen, or when the signal aborts. */
  readonly seen: (signal: AbortSignal) => Promise<void>;
}

/** The sight of a page; where there is none, or nobody asks, it is always seen. */
export function createSight(page: Runtime['page']): Sight {
  const isHidden = (): boolean => page?.document.visibilityState === 'hidden';
  return {
    isHidden,
    seen: (signal) =>
      new Promise((resolve) => {
        if (!page || !isHidden() || signal.aborted) return resolve();
        const look = (): void => {
          if (isHidden() && !signal.aborted) return;
          page.document.removeEventListener('visibilitychange', look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        page.document.addEventListener('visibilitychange', look);
        signal.addEventListener('abort', look);
      }),
  };
}
