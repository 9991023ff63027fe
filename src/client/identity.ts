import { encodeBase64url } from '../protocol/base64url.ts';
import { isObject } from '../protocol/parsed.ts';
import { attempt, type Runtime } from '../runtime.ts';

/** A visit ends after this long without an event: the rule that reports have been made by since the first of them. */
const SESSION_IDLE_MS = 30 * 60_000;
/** How exactly a visit's last event is remembered: a write for each would cost the page more than it tells. */
const SEEN_PRECISION_MS = 60_000;
const ID_BYTES = 16;

export interface Visitor {
  readonly clientId: string;
  readonly sessionId: string;
  /** When the last event was, about. */
  readonly seenAt: number;
  readonly userId?: string | undefined;
  readonly groupId?: string | undefined;
  /** Of the last page load. */
  readonly timezone?: string | undefined;
  /** Whether the source's sample does without this client. */
  readonly sampledOut?: boolean | undefined;
}

type Facts = Pick<Visitor, 'userId' | 'groupId' | 'timezone' | 'sampledOut'>;

/** Where a visitor is kept as a text: `localStorage`, or what stands in for it. */
export type VisitorStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Who the events are of. Every tab of the origin sees the same visitor. */
export interface Identity {
  /** Begins a new visit where the last one was left. */
  readonly current: () => Visitor;
  /** What is known already costs no write. */
  readonly know: <Name extends keyof Facts>(name: Name, fact: Facts[Name]) => void;
  readonly reset: () => void;
  /** From now on the visitor is kept: the one that was kept before, with what is known since. */
  readonly keep: () => void;
  /** From now on the visitor is this page load's only. */
  readonly hold: () => void;
  /** Nothing is kept, and nothing known. */
  readonly forget: () => void;
}

export interface IdentitySetting {
  readonly runtime: Pick<Runtime, 'now' | 'randomBytes'>;
  readonly storage: VisitorStorage | undefined;
  /** Names the visitor's place in it. */
  readonly databaseName: string;
  /** The device's own name, where it has one. */
  readonly clientId?: string | undefined;
  readonly isKept: boolean;
}

/** Kept in the storage, which answers at once; in memory where that is refused, or the user has not agreed. */
export function createIdentity(setting: IdentitySetting): Identity {
  const { runtime, databaseName } = setting;
  let { storage, isKept } = setting;
  let remembered: Visitor | undefined;

  function load(): Visitor | undefined {
    if (!isKept) return remembered;
    // Refused, or not written by us: this page load's own memory is what there is.
    const stored: unknown = attempt(() => JSON.parse(storage?.getItem(databaseName) ?? 'null'));
    return isObject(stored) && typeof stored.clientId === 'string' ? (stored as never) : remembered;
  }

  function save(visitor: Visitor): Visitor {
    remembered = visitor;
    try {
      if (isKept) storage?.setItem(databaseName, JSON.stringify(visitor));
    } catch {
      // Full or refused. What is stored is older than what we know, so it is not read again.
      storage = undefined;
    }
    return visitor;
  }

  const newId = (): string => encodeBase64url(runtime.randomBytes(ID_BYTES));

  function reset(): Visitor {
    return save({
      clientId: newId(),
      sessionId: newId(),
      seenAt: runtime.now(),
      timezone: remembered?.timezone,
    });
  }

  function visit(): Visitor {
    const visitor = load();
    if (!visitor) return reset();
    remembered = visitor;
    const now = runtime.now();
    const idleMs = Math.abs(now - visitor.seenAt);
    if (idleMs <= SEEN_PRECISION_MS) return visitor;
    // Not a number, and so neither more nor less, where somebody else wrote it.
    const sessionId = idleMs <= SESSION_IDLE_MS ? visitor.sessionId : newId();
    return save({ ...visitor, sessionId, seenAt: now });
  }

  function current(): Visitor {
    const visitor = visit();
    return { ...visitor, clientId: setting.clientId ?? visitor.clientId };
  }

  return {
    current,
    know(name, fact) {
      const visitor = visit();
      if (visitor[name] !== fact) save({ ...visitor, [name]: fact });
    },
    reset,
    keep() {
      const { userId, groupId, timezone } = remembered ?? {};
      isKept = true;
      // Without what is undefined: that is not known, and must not hide what was.
      save({ ...visit(), ...JSON.parse(JSON.stringify({ userId, groupId, timezone })) });
    },
    hold() {
      isKept = false;
    },
    forget() {
      isKept = false;
      remembered = undefined;
      attempt(() => storage?.removeItem(databaseName));
    },
  };
}
