/** Marks the names of owners that hold a lock of that name while they live. */
const WITH_LOCK = '+lock';

/** Whether the tabs of an origin live: each holds a Web Lock, which the browser passes on when a tab ends, however it ends. */
export interface Presence {
  /** Resolves to the name that this one goes by, when its lock is held or cannot be. */
  readonly named: Promise<string>;
  /** Looks after an owner of the store. Calls back once, when it is gone. */
  readonly watch: (owner: string) => void;
  readonly isGone: (owner: string | undefined) => boolean;
  readonly end: () => void;
}

export function createPresence(
  name: string,
  locks: LockManager | undefined,
  onGone: () => void,
): Presence {
  const ending = new AbortController();
  const { signal } = ending;
  const watched = new Set<string>();
  const gone = new Set<string>();

  const holdLock = (manager: LockManager): Promise<string> =>
    new Promise((resolve) => {
      const owner = name + WITH_LOCK;
      manager
        .request(lockOf(owner), () => {
          resolve(owner);
          return new Promise<void>((release) => {
            signal.addEventListener('abort', () => release());
            if (signal.aborted) release();
          });
        })
        // Refused, as on an opaque origin: it goes without, like everybody who has no locks.
        .catch(() => resolve(name));
    });

  function watch(owner: string): void {
    if (!locks || signal.aborted || watched.has(owner) || !owner.endsWith(WITH_LOCK)) return;
    watched.add(owner);
    locks
      .request(lockOf(owner), { mode: 'shared', signal }, () => {
        gone.add(owner);
        onGone();
      })
      // Given up at the end; a lock that is refused tells nothing, and the lease ends by itself.
      .catch(() => {});
  }

  return {
    named: locks ? holdLock(locks) : Promise.resolve(name),
    watch,
    isGone: (owner) => owner !== undefined && gone.has(owner),
    end: () => ending.abort(),
  };
}

function lockOf(owner: string): string {
  return `rivulet consumer ${owner}`;
}
