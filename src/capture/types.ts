import type {
  CapturedEvent,
  EventType,
  Position,
  Priority,
  Properties,
} from '../protocol/event.ts';
import type { Receipt } from '../protocol/receipt.ts';
import type { Runtime } from '../runtime.ts';

export interface EventOptions {
  /**
   * A full queue gives up `low` before `normal` before `high`.
   * @default 'normal'
   */
  readonly priority?: Priority | undefined;
  /** Merged over the context of the event's record: what is true of this event alone. */
  readonly context?: Properties | undefined;
}

/** What a reading is. `counter`: so much more; `gauge`: so much now; `histogram`: one of many, whose distribution counts. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricOptions extends EventOptions {
  /** @default 'gauge' */
  readonly kind?: MetricKind;
  /** Such as `ms`, `bytes`, `celsius`. */
  readonly unit?: string;
  readonly attributes?: object;
}

/**
 * Of an event, what its caller gives. What is `undefined` is left out. Properties are any object: one of an interface is no
 * `Properties`, because it has no index signature.
 */
export type EventFields = {
  readonly [Name in keyof Omit<CapturedEvent, 'type' | 'timestamp'>]:
    | (CapturedEvent[Name] extends Properties | undefined ? object : CapturedEvent[Name])
    | undefined;
};

/** An event on its way through the middleware, which may change everything but its type. */
export interface MiddlewareEvent extends EventOptions {
  readonly type: EventType;
  /** The name: of a `track`, a `metric`, a named `page`. */
  event?: string | undefined;
  properties?: Properties | undefined;
  traits?: Properties | undefined;
  groupId?: string | undefined;
  previousId?: string | undefined;
  /** Merged over the segment's context in the record. */
  context?: Properties | undefined;
  /** A route of the source that the event goes by, whatever its name: see `routes` of the relay. */
  route?: string | undefined;
}

/** An event that is captured: it has its number, and is changed no more. */
export interface NumberedEvent extends Readonly<MiddlewareEvent>, Position {
  /** As on the stream: `<lane>.<seq>`. */
  readonly messageId: string;
}

/**
 * Gets a copy of the event, as JSON makes it, and hands it on with `next`, as it is or as another one. An event that is not
 * handed on before the call returns, or for which `next(null)` was called, is left out, and declared as `middleware`; what
 * is handed on later is not heard. One that throws, or that answers with a promise and has not handed on, is reported as
 * `middleware_failed`, and the event goes on as it was. What a middleware captures itself passes all but itself.
 */
export type Middleware<Event = MiddlewareEvent> = (
  event: Event,
  next: (event?: Event | null) => void,
) => unknown;

/** Puts middleware in the way of every event from now on, in the order of the calls; the answer takes it out. */
export interface Use {
  /** Before the event has its number: to edit it, to leave it out, to route it. */
  (middleware: Middleware, stage?: 'before'): () => void;
  /** When it has its number and is certain to be written: to copy it elsewhere. `next` hands on to the next of them only. */
  (middleware: Middleware<NumberedEvent>, stage: 'after'): () => void;
}

/** What a source may do with what it sees. */
export interface CaptureHost {
  readonly track: (event: string, properties?: object, options?: EventOptions) => void;
  readonly page: (name?: string, properties?: object, options?: EventOptions) => void;
  /** An event of any type. */
  readonly capture: (type: EventType, fields: EventFields, options?: EventOptions) => void;
  /** A sign that the page may be left in this very task: what is captured must be written at once. */
  readonly write: () => void;
  /**
   * The address as it may leave the page: of its query only what `allowedQuery` names, without credentials, and of its
   * fragment only a path that an application routes by. Of one without a host (`file:`, `data:`, `mailto:`) the scheme alone.
   * `undefined` for what is no URL. A relative one is the page's.
   */
  readonly scrub: (url: string) => string | undefined;
  /** From now on part of the context of every event, under these names; `undefined` takes a name out. */
  readonly describe: (facts: Properties) => void;
  /**
   * What is kept with the visitor under that name, and told anew with a second argument: JSON, small. It is stored where the
   * client id is, as long as the user's consent lets it, and goes with `reset()`.
   */
  readonly remember: (name: string, value?: unknown) => unknown;
  /** Whether anything may be stored on the device at the moment. */
  readonly mayStore: () => boolean;
  /** Takes over the readings of `metric`, one taker at a time; the answer gives them back. */
  readonly takeMetrics: (
    taker: (name: string, value: number, options: MetricOptions) => void,
  ) => () => void;
  readonly use: Use;
  /** Listens to what the client does; the answer stops listening. */
  readonly on: <Name extends keyof HostEvents>(
    name: Name,
    listener: (detail: HostEvents[Name]) => void,
  ) => () => void;
  /** Reports that the source, or a part of it, does not work here: as an `error` with the code `capture_failed`. */
  readonly fail: (message: string, cause?: unknown) => void;
  /** Where the client itself sends to, as the application has named it: no news to a source. */
  readonly endpoint: string;
  /** Clocks, timers and coins. */
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'random' | 'delay'>;
  /** The page it watches: sources are started only where there is one, unless they are of use without. */
  readonly window: Window & typeof globalThis;
}

/** Of the client's events, those that a source may hear. */
export interface HostEvents {
  /** An event has got its number. */
  captured: Position & { readonly type: EventType; readonly event?: string | undefined };
  /** The relay's word on a run of events, of this lane or another. */
  receipt: { readonly receipt: Receipt };
  /** Nothing is sent for now, and why. */
  paused: { readonly reason: string };
  resumed: object;
  consent: { readonly consent: 'pending' | 'granted' | 'denied' };
}

/** Something that captures by itself: given to `createClient({ capture: [ … ] })`, and absent from the bundle otherwise. */
export interface CaptureSource {
  /** As `data-capture` of the script tag names it. */
  readonly name: string;
  /** Whether it is of use where there is no page: then it is started there too, and finds no `host.window`. */
  readonly withoutPage?: boolean;
  /** Begins to watch. The answer undoes everything. */
  readonly start: (host: CaptureHost) => () => void;
}
