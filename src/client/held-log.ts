import type { LaneRange } from '../protocol/event.ts';
import { createMemoryLog } from '../queue/memory-log.ts';
import type { LogBounds, SegmentLog } from '../queue/types.ts';

const NOTHING: LogBounds = { maxEvents: 0, maxBytes: 0, policy: 'drop-oldest' };

/** A log that can be kept off the device: then it is this page's memory, and what is on the disk stays untouched. */
export interface HeldLog extends Omit<SegmentLog, 'clear'> {
  /** From now on in memory. */
  readonly hold: () => void;
  /** From now on on the device, to which it hands over what it holds. Resolves when that is there. */
  readonly release: () => Promise<void>;
  /**
   * From now on in memory. The answer deletes what was held, and what is on the device where that was ever opened, and
   * resolves to what was deleted. It may be called again where it rejects.
   */
  readonly erase: () => () => Promise<readonly LaneRange[]>;
}

/** `open` is not called before the log is released. */
export function createHeldLog(open: () => SegmentLog, isHeld: boolean): HeldLog {
  let device: SegmentLog | undefined;
  /** What is held, while something is. */
  let memory = isHeld ? createMemoryLog() : undefined;

  function log(): SegmentLog {
    if (memory) return memory;
    device ??= open();
    return device;
  }

  async function release(): Promise<void> {
    const held = memory?.stored();
    memory = undefined;
    // In this very turn: what comes next stands behind it.
    if (held) await log().append(held);
  }

  function erase(): () => Promise<readonly LaneRange[]> {
    const targets = [memory, device];
    const erased: LaneRange[] = [];
    memory = createMemoryLog();
    return async () => {
      for (const target of targets) {
        const surplus = (await target?.surplus(NOTHING)) ?? [];
        // None, where another tab was faster: then it is that one's to tell.
        if (await target?.clear()) erased.push(...surplus);
      }
      return erased;
    };
  }

  log();
  return {
    get kind() {
      return log().kind;
    },
    append: (segments) => log().append(segments),
    read: (limits) => log().read(limits),
    settle: (ranges, rejected) => log().settle(ranges, rejected),
    surplus: (bounds) => log().surplus(bounds),
    stats: () => log().stats(),
    rejected: () => log().rejected(),
    exchange: (key, next) => log().exchange(key, next),
    close: () => device?.close(),
    hold() {
      memory = createMemoryLog();
    },
    release,
    erase,
  };
}
