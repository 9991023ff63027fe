import { encodeBase64url } from '../protocol/base64url.ts';
import type { Properties } from '../protocol/event.ts';
import { attempt, type Runtime } from '../runtime.ts';
import type { ResolvedOptions } from './options.ts';
import type { VisitorStorage } from './types.ts';

/** How exactly a visit's last event is remembered, as a part of how long it may idle: each is a write. */
const SEEN_PRECISION = 1 / 30;
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
  /** What the session rules answered the last time, in their order. */
  readonly marks?: readonly string[] | undefined;
  /** What sources remember, by name. */
  readonly memory?: Properties | undefined;
}

type Facts = Omit<Visitor, 'clientId' | 'sessionId' | 'seenAt' | 'marks'>;

/** Both ids are `undefined` where none is kept. */
export type CurrentVisitor = Omit<Visitor, 'clientId' | 'sessionId'> & {
  readonly [Id in 'clientId' | 'sessionId']: string | undefined;
};

/** Who the events are of. Every tab of the origin sees the same visitor. */
export interface Identity {
  /** Begins a new visit where the last one was left. */
  readonly current: () => CurrentVisitor;
  /** What is known already costs no write. */
  readonly know: <Name extends keyof Facts>(name: Name, fact: Facts[Name]) => void;
  readonly reset: () => void;
  /** From now on the visitor is kept: the one that was kept before, with what is known since. */
  readonly keep: () => void;
  /** From now on the visitor is this page load's only. */
  readonly hold: () => void;
  /** Nothing is kept, and nothing known. */
  readonly forget: () => void;
  readonly isKept: () => boolean;
}

export interface IdentitySetting
  extends Pick<ResolvedOptions, 'cookieless' | 'sessionIdleMs' | 'sessionRules'> {
  readonly runtime: Pick<Runtime, 'now' | 'randomBytes' | 'page'>;
  readonly storage: VisitorStorage | undefined;
  /** Names the visitor's place in it. */
  readonly databaseName: string;
  /** The device's own name, where it has one. */
  readonly clientId?: string | undefined;
  readonly isKept: boolean;
}

/** Kept in the storage, which answers at once; in memory where that is refused, or the user has not agreed. */
export function createIdentity(setting: IdentitySetting): Identity {
  const { runtime, databaseName, sessionRules } = setting;
  let { storage, isKept } = setting;
  let remembered: Visitor | undefined;

  function load(): Visitor | undefined {
    if (!isKept) return remembered;
    // Refused, or not written by us: this page load's own memory is what there is.
    return attempt(() => parseVisitor(storage?.getItem(databaseName) ?? '')) ?? remembered;
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
    const now = runtime.now();
    return save({
      clientId: newId(),
      sessionId: newId(),
      seenAt: now,
      marks: answersAt(now, []),
      timezone: remembered?.timezone,
    });
  }

  function answersAt(now: number, last: readonly string[]): readonly string[] {
    return sessionRules.map(
      (rule, index) =>
        // The application's own may throw: then it says nothing.
        attempt(() => `${rule({ now, page: runtime.page, last: last[index] }) || ''}`) ?? '',
    );
  }

  /** `heard`: what the rules have said already, before the visitor was at hand. */
  function visit(heard?: readonly string[]): Visitor {
    const visitor = load();
    if (!visitor) return reset();
    remembered = visitor;
    const now = runtime.now();
    const idleMs = Math.abs(now - visitor.seenAt);
    const last = visitor.marks ?? [];
    const answers = heard ?? answersAt(now, last);
    // An empty answer changes nothing.
    const marks = answers.map((answer, index) => answer || (last[index] ?? ''));
    if (idleMs <= setting.sessionIdleMs * SEEN_PRECISION && `${marks}` === `${last}`)
      return visitor;
    // A rule that was not asked before has nothing to compare with.
    const isTurned = last.some((mark, index) => mark !== (marks[index] ?? mark));
    // Not a number, and so neither more nor less, where somebody else wrote it.
    const isSame = idleMs <= setting.sessionIdleMs && !isTurned;
    return save({
      ...visitor,
      marks,
      sessionId: isSame ? visitor.sessionId : newId(),
      seenAt: now,
    });
  }

  function current(): CurrentVisitor {
    const visitor = visit();
    if (!setting.cookieless) return { ...visitor, clientId: setting.clientId ?? visitor.clientId };
    // A visit that ends with the page is none.
    return { ...visitor, clientId: setting.clientId, sessionId: undefined };
  }

  return {
    current,
    know(name, fact) {
      const visitor = visit();
      if (visitor[name] !== fact) save({ ...visitor, [name]: fact });
    },
    reset,
    isKept: () => isKept,
    keep() {
      const { userId, groupId, timezone, memory, marks } = remembered ?? {};
      isKept = true;
      // Without what is undefined: that is not known, and must not hide what was.
      save({
        ...visit(marks),
        ...JSON.parse(JSON.stringify({ userId, groupId, timezone, memory })),
      });
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

/** Throws where it is none. Any page of the domain may write a cookie, and the relay takes no ids that are not texts. */
function parseVisitor(text: string): Visitor | undefined {
  const visitor: Visitor = JSON.parse(text);
  const { clientId, sessionId, userId = '', groupId = '', marks = [] } = visitor;
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isVisitor = [clientId, sessionId, userId, groupId].every(isText) && marks.every(isText);
  return clientId && isVisitor ? visitor : undefined;
}
