import type { Runtime } from '../runtime.ts';
import { isOffline } from '../transport/offline.ts';
import { backoffMs, spreadMs } from '../transport/retry.ts';
import type { BatchSender, Outcome } from './batch-sender.ts';
import type { Emitter } from './emitter.ts';
import type { Pause, PauseReason } from './types.ts';

/** When to send: one request after another, while nothing stands in the way. */
export interface DeliveryLoop {
  /** Something was written: it leaves with the next batch, at once where that is full. */
  readonly wake: (events: number, bytes: number) => void;
  /** Sends what is in the log now. Resolves when that is done, or when it has to wait. */
  readonly run: () => Promise<void>;
  /** The page may end with this very turn: what can leave in it does, the rest as `run` has it where the page goes on. */
  readonly leave: (isLast: boolean) => void;
  readonly lead: (leader: boolean) => void;
  readonly permit: (isPermitted: boolean) => void;
  readonly online: () => void;
  readonly offline: () => void;
  readonly pause: () => Pause | undefined;
  /** When what waits for company leaves, in milliseconds since 1970. */
  readonly nextAt: () => number | undefined;
  /** Resolves when the request under way has its answer. */
  readonly stop: () => Promise<void>;
}

export interface LoopSetting extends Pick<Emitter, 'emit' | 'fail'> {
  readonly runtime: Pick<Runtime, 'now' | 'delay' | 'random' | 'navigator'>;
  readonly sender: BatchSender;
  /** Bounds of the waits for a log that fails. The first is waited for the network too: it says so before it is back. */
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

/**
 * A tab that begins to send waits with what others have left until it has lasted so long: of a page that is loaded again
 * and again, each load would end in the middle of the same batch, and the next one send it once more.
 */
const START_MS = 1000;

const consent: Pause = { reason: 'consent' };
const follower: Pause = { reason: 'follower' };

export function createDeliveryLoop(setting: LoopSetting): DeliveryLoop {
  const { runtime, sender, emit, fail } = setting;
  let isPermitted = true;
  let isLeader = false;
  /** What the last try has brought: it holds through a change of the leader too. */
  let setback: Pause | undefined;
  /** The first of these that stands in the way. */
  let pause: Pause | undefined = follower;
  let running: Promise<void> | undefined;
  let cancelRun: (() => void) | undefined;
  let nextAt: number | undefined;
  let cancelStart: (() => void) | undefined;
  let cancelWait: (() => void) | undefined;
  /** When the network went, in milliseconds since 1970. */
  let goneAt: number | undefined;
  let logFailures = 0;
  /** Something is in the log that is not counted here. */
  let isLeft = false;
  let waitingEvents = 0;
  let waitingBytes = 0;
  let isStopped = false;

  function update(): void {
    const before = pause;
    const next = isPermitted ? (isLeader ? setback : follower) : consent;
    if (next === pause) return;
    pause = next;
    if (next) {
      // Another tab sends from now on, or nobody may.
      if (next !== setback) sender.letGo();
      disarm();
      emit('paused', next);
    } else {
      emit('resumed', { at: runtime.now() });
      // Where the last run is about to end, another follows it.
      isLeft = true;
      if (running) return;
      // What a page captures in the task of its start can wait for company.
      const capturedUntil = runtime.now() - 1;
      const startOld = (): Promise<void> => start(undefined, capturedUntil);
      if (before !== follower) startOld();
      else cancelStart = runtime.delay(startOld, START_MS);
    }
  }

  function disarm(): void {
    cancelStart?.();
    cancelRun?.();
    cancelRun = nextAt = undefined;
  }

  function hold(next?: Pause): void {
    if (isStopped) return;
    cancelWait?.();
    setback = next;
    if (isBecauseOf('offline', 'unreachable')) goneAt ??= runtime.now();
    if (next?.until !== undefined) {
      cancelWait = runtime.delay(hold, next.until - runtime.now());
    }
    update();
  }

  const isBecauseOf = (...reasons: PauseReason[]): boolean =>
    setback !== undefined && reasons.includes(setback.reason);

  function run(): Promise<void> {
    return running ?? start();
  }

  async function start(
    first?: Promise<Outcome>,
    capturedUntil = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    if (pause || isStopped) return;
    running = drain(first, capturedUntil).finally(() => {
      running = undefined;
      if (isLeft || waitingEvents > 0) wake(0, 0);
    });
    return running;
  }

  async function drain(first: Promise<Outcome> | undefined, capturedUntil: number): Promise<void> {
    isLeft = false;
    // A run for what was captured before leaves their timer to the younger ones.
    if (capturedUntil === Number.POSITIVE_INFINITY) {
      disarm();
      waitingEvents = 0;
      waitingBytes = 0;
    }
    const startedAt = runtime.now();
    let until = capturedUntil;
    let sending = first;
    // The pause may come from outside while a request is under way.
    while (sending || (!pause && !isStopped)) {
      if (!sending && isOffline(runtime)) return hold({ reason: 'offline' });
      const outcome = await (sending ?? sender.sendNext(until)).catch(logFailed);
      sending = undefined;
      if (typeof outcome === 'object') {
        // Nobody else than the lock says who leads.
        if (outcome.reason === 'follower') return;
        // What is known of the network is not known better by a request that it has cut off.
        if (!isBecauseOf('offline')) hold(outcome);
        continue;
      }
      logFailures = 0;
      if (outcome === 'later') isLeft = true;
      if (outcome !== 'more') return;
      goneAt = undefined;
      // A newcomer does not leave alone because a queue drains before it. The first batch asks nobody's clock.
      until = Math.min(capturedUntil, startedAt);
    }
  }

  function logFailed(cause: unknown): Pause {
    // The log tells by itself what ails it: this is for what nobody has thought of.
    if (logFailures++ === 0) fail('storage_failed', 'log: failed', cause);
    return {
      reason: 'storage',
      until: runtime.now() + backoffMs(logFailures, setting, runtime.random),
    };
  }

  function wake(events: number, bytes: number): void {
    waitingEvents += events;
    waitingBytes += bytes;
    if (pause || running || isStopped) return;
    const { maxEvents, maxBytes, flushIntervalMs } = sender.limits();
    if (waitingEvents >= maxEvents || waitingBytes >= maxBytes) run();
    else if (!cancelRun) {
      nextAt = runtime.now() + flushIntervalMs;
      cancelRun = runtime.delay(runDue, flushIntervalMs);
    }
  }

  function runDue(): void {
    // Where a run is under way, it ends with a new wait for what it leaves.
    cancelRun = nextAt = undefined;
    run();
  }

  return {
    wake,
    run,
    leave(isLast) {
      if (running) return;
      const sending = pause || isStopped || isOffline(runtime) ? undefined : sender.sendAtOnce();
      // A page that stands still would hold up all others with a transaction that it cannot end.
      if (sending || !isLast) start(sending);
    },
    lead(leader) {
      isLeader = leader;
      update();
    },
    permit(next) {
      isPermitted = next;
      update();
    },
    online() {
      if (!isBecauseOf('offline', 'unreachable')) return;
      const now = runtime.now();
      // All that one failing network has cut off hear of its return in the same second.
      const waitMs = setting.retryBaseMs + spreadMs(now - (goneAt ?? now), runtime.random);
      hold({ reason: 'unreachable', until: now + waitMs });
    },
    offline() {
      // A wait that the relay has asked for goes on: when it ends, the network is looked at.
      if (!setback || isBecauseOf('unreachable')) hold({ reason: 'offline' });
    },
    pause: () => pause,
    nextAt: () => nextAt,
    async stop() {
      isStopped = true;
      disarm();
      cancelWait?.();
      await running;
    },
  };
}
