import type { SegmentLog } from '../queue/types.ts';
import type { VisitorStorage } from './types.ts';

/** What stands in for `localStorage` where there is none, as in a worker: one text, kept beside the log. */
export interface LogStorage extends VisitorStorage {
  /** Resolves when the text that was kept is known. What was set before that gives way to it. */
  readonly load: () => Promise<void>;
}

export function createLogStorage(log: Pick<SegmentLog, 'exchange'>, key: string): LogStorage {
  let text: string | null = null;
  let isLoaded = false;

  function save(): void {
    if (isLoaded && text) log.exchange(key, () => text).catch(() => {});
  }

  return {
    getItem: () => text,
    setItem(_, value) {
      text = value;
      save();
    },
    // What is kept beside the log is cleared with it.
    removeItem() {
      text = null;
    },
    async load() {
      isLoaded = false;
      const kept = await log.exchange(key, (current) => current).catch(() => undefined);
      isLoaded = true;
      if (typeof kept === 'string') text = kept;
      else save();
    },
  };
}
