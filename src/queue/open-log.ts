import type { RivuletError } from '../errors.ts';
import { createIndexedDbLog, type IndexedDbLogOptions } from './indexeddb-log.ts';
import { createMemoryLog } from './memory-log.ts';
import type { SegmentLog } from './types.ts';

export interface OpenLogOptions extends IndexedDbLogOptions {
  /** The database cannot be opened: from now on the log ends with the page. Called once at most. */
  readonly onMemory: (error: RivuletError) => void;
}

/**
 * The best log there is, usable at once. A database that cannot be opened is replaced by memory, which takes over every
 * segment that waited for it: `kind` is certain when the first call has been answered.
 */
export function openLog({ onMemory, ...options }: OpenLogOptions): SegmentLog {
  let log = createIndexedDbLog(options);

  const via = async <T>(call: (log: SegmentLog) => Promise<T>): Promise<T> => {
    const asked = log;
    try {
      return await call(asked);
    } catch (error) {
      // The log in IndexedDB rejects with nothing else.
      if ((error as RivuletError).code !== 'storage_unavailable') throw error;
      if (log === asked) {
        log = createMemoryLog();
        onMemory(error as RivuletError);
      }
      return call(log);
    }
  };

  return {
    get kind() {
      return log.kind;
    },
    append: (segments) => {
      // Memory may get it later, and the array is the caller's again.
      const kept = [...segments];
      return via((log) => log.append(kept));
    },
    read: (limits) => via((log) => log.read(limits)),
    settle: (ranges) => via((log) => log.settle(ranges)),
    stats: () => via((log) => log.stats()),
    getValue: (key) => via((log) => log.getValue(key)),
    setValue: (key, value) => via((log) => log.setValue(key, value)),
    close: () => log.close(),
  };
}
