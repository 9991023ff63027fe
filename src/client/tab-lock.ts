/** Which tab of the origin sends for all. */
export interface TabLock {
  /** Asks to be the one, now or when the one before it ends. */
  readonly request: () => void;
  /** Gives way. */
  readonly release: () => void;
  /** From now on this tab is the one for itself: it shares nothing that could be sent twice. */
  readonly standAlone: () => void;
}

/** Held by a Web Lock, which the browser passes on when a tab ends, however it ends. Without locks every tab is the one. */
export function createTabLock(
  locks: LockManager | undefined,
  name: string,
  onChange: (leader: boolean) => void,
): TabLock {
  let letGo: (() => void) | undefined;
  let shared = locks;

  function request(): void {
    if (letGo) return;
    const abort = new AbortController();
    letGo = () => abort.abort();
    if (!shared) {
      onChange(true);
      return;
    }
    shared
      .request(name, { signal: abort.signal }, () => {
        onChange(true);
        return new Promise<void>((resolve) => {
          letGo = resolve;
        });
      })
      .catch(() => {
        // Refused, as on an opaque origin, and not given back by us: nobody else can hold it either.
        if (!abort.signal.aborted) onChange(true);
      });
  }

  function release(): void {
    letGo?.();
    letGo = undefined;
    onChange(false);
  }

  function standAlone(): void {
    shared = undefined;
    if (!letGo) return;
    letGo();
    letGo = undefined;
    request();
  }

  return { request, release, standAlone };
}
