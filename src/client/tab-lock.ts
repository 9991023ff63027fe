import { encodeBase64url } from '../protocol/base64url.ts';
import type { SegmentLog } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import { takeLease } from './lease.ts';

/** By how much a lease outlives the request that it was renewed for: the answer has to be settled too. */
const LEASE_SPARE_MS = 5000;

/** Which tab of the origin sends for all. */
export interface TabLock {
  /** Asks to be the one, now or when the one before it ends. */
  readonly request: () => void;
  /** Gives way. */
  readonly release: () => void;
  /** Whether from now on this tab is the one for itself: it shares nothing that could be sent twice. */
  readonly standAlone: (isAlone: boolean) => void;
  /** Whether this tab may send one request now: a lease is renewed for it. */
  readonly confirm: () => boolean | Promise<boolean>;
  /** Whether this tab is the one and, as far as it knows, no other waits to be. */
  readonly isSole: () => boolean;
}

export interface TabLockSetting {
  readonly runtime: Pick<Runtime, 'locks' | 'now' | 'delay' | 'randomBytes'>;
  /** What the lock is called. */
  readonly databaseName: string;
  readonly log: Pick<SegmentLog, 'exchange'>;
  readonly requestTimeoutMs: number;
  /** Whether this tab shares nothing, from the start. */
  readonly cookieless: boolean;
  readonly onChange: (leader: boolean) => void;
}

/**
 * Held by a Web Lock, which the browser passes on when a tab ends, however it ends. Pages on plain http have none: there
 * the log keeps a lease, which a tab that stands still loses, and so has to ask before each request.
 */
export function createTabLock(setting: TabLockSetting): TabLock {
  const { runtime, databaseName, log, onChange } = setting;
  const { locks } = runtime;
  const owner = encodeBase64url(runtime.randomBytes(12));
  const leaseMs = setting.requestTimeoutMs + LEASE_SPARE_MS;
  let isAlone = setting.cookieless;
  let isHeld = false;
  let isAwaited = false;
  let leasedUntil = Number.POSITIVE_INFINITY;
  /** Takes back what was asked for. */
  let giveBack: (() => void) | undefined;

  function hold(next: boolean): void {
    if (isHeld === next) return;
    isHeld = next;
    onChange(next);
  }

  function request(): void {
    if (giveBack) return;
    if (isAlone) {
      giveBack = () => {};
      hold(true);
    } else if (locks) askLock(locks);
    else askLease();
  }

  function askLock(locks: LockManager): void {
    const abort = new AbortController();
    let end = (): void => abort.abort();
    const giveLock = (): void => end();
    giveBack = giveLock;
    locks
      .request(databaseName, { signal: abort.signal }, () => {
        hold(true);
        return new Promise<void>((resolve) => {
          end = resolve;
        });
      })
      .catch(() => {
        if (giveBack !== giveLock) return;
        giveBack = undefined;
        // Refused, as on an opaque origin: nobody else can hold it either. One that was held was stolen.
        if (!isHeld) isAlone = true;
        hold(false);
        request();
      });
  }

  function askLease(): void {
    let stopTimer = (): void => {};
    const giveLease = (): void => {
      stopTimer();
      takeLease(log, owner, runtime.now(), 0).catch(() => {}); // Then it ends by itself.
    };
    giveBack = giveLease;
    const renewAndWait = async (): Promise<void> => {
      await renewLease();
      // Timers of a hidden page may come late. So does then only who sends, and not who may.
      if (giveBack === giveLease) stopTimer = runtime.delay(renewAndWait, leaseMs / 2);
    };
    renewAndWait();
  }

  async function renewLease(): Promise<boolean> {
    const asked = giveBack;
    const now = runtime.now();
    const isGranted = await takeLease(log, owner, now, now + leaseMs).catch(() => false);
    if (giveBack !== asked) return false;
    leasedUntil = now + leaseMs;
    hold(isGranted);
    return isGranted;
  }

  function release(): void {
    giveBack?.();
    giveBack = undefined;
    hold(false);
  }

  function confirm(): boolean | Promise<boolean> {
    if (!isHeld || isAlone) return isHeld;
    if (!locks) return renewLease();
    // Known by the time that it is needed, when the page may end.
    locks.query().then(
      ({ pending = [] }) => {
        isAwaited = pending.some((waiting) => waiting.name === databaseName);
      },
      () => {},
    );
    return true;
  }

  return {
    request,
    release,
    standAlone(next) {
      if (isAlone === next) return;
      isAlone = next;
      if (!giveBack) return;
      giveBack();
      giveBack = undefined;
      // Who is the one already, for all, stays it for itself.
      if (!isAlone) hold(false);
      request();
    },
    confirm,
    isSole: () => isHeld && (isAlone || (!isAwaited && runtime.now() < leasedUntil)),
  };
}
