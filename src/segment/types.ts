import type { Client, ClientEvents } from '../client/types.ts';
import type { Properties } from '../protocol/event.ts';

/** Segment's options of a call. */
export interface AnalyticsOptions {
  /** Merged over the context of the event's record. */
  readonly context?: Properties;
  /** When it happened, where that was not now: it stands as `context.timestamp`, ISO 8601, beside the record's own. */
  readonly timestamp?: Date | string;
  /** Stands as `context.messageId`: the record's own is `<lane>.<seq>`, by which copies are told. */
  readonly messageId?: string;
  /** Left out: every event goes to the stream. */
  readonly integrations?: Properties;
  /** Ours: a full queue gives up `low` before `normal` before `high`. */
  readonly priority?: 'low' | 'normal' | 'high' | undefined;
  /** Anything else stands in the context under its name, as with Segment. */
  readonly [name: string]: unknown;
}

/** What a call resolves to when its event is safe: in the log, or left out. Nothing has been sent then. */
export interface Captured {
  /** `undefined` where nothing was captured: consent is denied, or the event was left out, as its declaration says. */
  readonly event: (ClientEvents['captured'] & { readonly messageId: string }) | undefined;
}

export type Callback = (captured: Captured) => unknown;

/** What follows properties or traits: options and a callback, or a callback alone. */
type More = [options?: AnalyticsOptions | null, callback?: Callback] | [callback?: Callback];
/** Any object: one of an interface has no index signature, and so is no `Properties`. */
type Given = [given?: object | null, ...more: More] | More;
type Id = string | number | null | undefined;

/** A user or a group, as far as this page knows it. */
export interface Subject {
  /** `null` where there is none. */
  readonly id: () => string | null;
  /** Those that calls of this page gave; none are stored on the device. */
  readonly traits: () => Properties;
}

export interface User extends Subject {
  /** The client id; `null` before {@link Analytics.ready}, and where the client keeps none. */
  readonly anonymousId: () => string | null;
}

/** The calls that {@link Analytics.on} hears of, and what it hears. */
export interface AnalyticsCalls {
  track: [event: string, properties: Properties, options: AnalyticsOptions];
  page: [
    category: string | null,
    name: string | null,
    properties: Properties,
    options: AnalyticsOptions,
  ];
  identify: [userId: string | null, traits: Properties, options: AnalyticsOptions];
  group: [groupId: string | null, traits: Properties, options: AnalyticsOptions];
  alias: [userId: string, previousId: string | null, options: AnalyticsOptions];
  reset: [];
}

/** The call signatures of Segment's analytics.js. No call throws; each resolves when its event is safe. */
export interface Analytics {
  readonly track: (
    ...args: [event: string, ...Given] | [{ event: string; properties?: object }, ...More]
  ) => Promise<Captured>;
  /** With one text it is the name; with two, category and name. The category is the property `category`. */
  readonly page: (
    ...args: [category: Id, name: Id, ...Given] | [name: Id, ...Given] | Given
  ) => Promise<Captured>;
  /** Without an id: more traits of whoever it is. */
  readonly identify: (...args: [userId: Id, ...Given] | Given) => Promise<Captured>;
  readonly group: {
    (): Subject;
    (...args: [groupId: Id, ...Given] | Given): Promise<Captured>;
  };
  readonly alias: (
    ...args: [userId: string | number, previousId: Id, ...More] | [userId: string | number, ...More]
  ) => Promise<Captured>;
  readonly reset: () => void;
  /** Resolves, and calls back, when it is known who the visitor is. */
  readonly ready: (callback?: () => unknown) => Promise<void>;
  readonly user: () => User;
  /** Listens to the calls; of other names, to what the client does. The answer stops listening. */
  readonly on: Listen;
  /** The same for the next time only. */
  readonly once: Listen;
}

export type Listen = Client['on'] &
  (<Name extends keyof AnalyticsCalls>(
    name: Name,
    listener: (...call: AnalyticsCalls[Name]) => void,
  ) => () => void);
