import type { Runtime } from '../runtime.ts';
import type { BatchSender } from './batch-sender.ts';
import type { Emitter } from './emitter.ts';
import type { Pause } from './types.ts';

/** When to send: one request after another, while nothing stands in the way. */
export interface DeliveryLoop {
  /** Something was written: it leaves with the next batch, at once where that is full. */
  readonly wake: (events: number, bytes: number) => void;
  /** Sends what is in the log now. Resolves when that is done, or when it has to wait. */
  readonly run: () => Promise<void>;
  readonly lead: (leader: boolean) => void;
  readonly online: () => void;
  readonly offline: () => void;
  readonly pause: () => Pause | undefined;
  /** Resolves when the request under way has its answer. */
  readonly stop: () => Promise<void>;
}

export interface LoopSetting {
  readonly runtime: Pick<Runtime, 'now' | 'delay'>;
  readonly sender: BatchSender;
  readonly isOffline: () => boolean;
  /** After a failure of the log, and after the network is back: it says so before it is. */
  readonly retryBaseMs: number;
  readonly emitter: Emitter;
}

export function createDeliveryLoop(setting: LoopSetting): DeliveryLoop {
  const { runtime, sender, isOffline, retryBaseMs } = setting;
  const { emit, fail } = setting.emitter;
  let pause: Pause | undefined = { reason: 'follower' };
  let running: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;
  let waitingEvents = 0;
  let waitingBytes = 0;
  let isStopped = false;

  function arm(callback: () => void, delayMs: number): void {
    disarm();
    cancelTimer = runtime.delay(callback, delayMs);
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function hold(next: Pause): void {
    disarm();
    pause = next;
    emit('paused', next);
    if (next.until !== undefined) arm(resume, next.until - runtime.now());
  }

  function resume(): void {
    disarm();
    pause = undefined;
    emit('resumed', { at: runtime.now() });
    run();
  }

  function run(): Promise<void> {
    if (running) return running;
    if (pause || isStopped) return Promise.resolve();
    running = drain().finally(() => {
      running = undefined;
      if (waitingEvents > 0) wake(0, 0);
    });
    return running;
  }

  async function drain(): Promise<void> {
    disarm();
    waitingEvents = 0;
    waitingBytes = 0;
    const capturedUntil = runtime.now();
    // The pause may come from outside while a request is under way.
    while (!pause && !isStopped) {
      if (isOffline()) return hold({ reason: 'offline' });
      const outcome = await sender.sendNext(capturedUntil).catch((cause: unknown): Pause => {
        fail('storage_failed', 'log: failed', cause);
        return { reason: 'backoff', until: runtime.now() + retryBaseMs };
      });
      if (typeof outcome === 'object') {
        if (!pause && !isStopped) hold(outcome);
      } else if (outcome === 'later') {
        waitingEvents++;
        return;
      } else if (outcome === 'empty') return;
    }
  }

  function wake(events: number, bytes: number): void {
    waitingEvents += events || 0;
    waitingBytes += bytes || 0;
    if (pause || running || isStopped) return;
    const { maxEvents, maxBytes, flushIntervalMs } = sender.limits();
    if (waitingEvents >= maxEvents || waitingBytes >= maxBytes) run();
    else if (!cancelTimer) arm(run, flushIntervalMs);
  }

  /** Whether the pause is one that the network or the leader's change may end. */
  const isPausedBy = (...reasons: string[]): boolean => reasons.includes(pause?.reason ?? '');

  return {
    wake,
    run,
    lead(leader) {
      if (isPausedBy('refused')) return;
      if (!leader) hold({ reason: 'follower' });
      else if (isPausedBy('follower')) resume();
    },
    online() {
      if (!isPausedBy('offline', 'unreachable')) return;
      arm(resume, retryBaseMs);
    },
    offline() {
      if (!isPausedBy('refused', 'follower', 'offline')) hold({ reason: 'offline' });
    },
    pause: () => pause,
    async stop() {
      isStopped = true;
      disarm();
      await running;
    },
  };
}
