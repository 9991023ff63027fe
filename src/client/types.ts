import type { EventOptions, MetricOptions, Use } from '../capture/types.ts';
import type { RivuletError } from '../errors.ts';
import type {
  CapturedEvent,
  DropReason,
  ErasureSubject,
  EventType,
  LaneRange,
  Position,
} from '../protocol/event.ts';
import type { Receipt, RejectionCode } from '../protocol/receipt.ts';
import type { LogStats, SegmentLog } from '../queue/types.ts';
import type { ClientOptions, Consent } from './client-options.ts';

export type {
  EventOptions,
  MetricKind,
  MetricOptions,
  Middleware,
  MiddlewareEvent,
  NumberedEvent,
  Use,
} from '../capture/types.ts';
export type {
  ClientOptions,
  Consent,
  PrivacySignal,
  SessionRule,
  VisitorStorage,
} from './client-options.ts';

/** What happens to a page's events by name: `{ 'Order Completed': { order_id: string; total: number } }`. */
export type EventMap = { readonly [event: string]: object };

/** What follows an event's name: its properties, which may be left out where none of them is required. */
type EventArguments<Expected> =
  Record<never, never> extends Expected
    ? [properties?: Expected, options?: EventOptions]
    : [properties: Expected, options?: EventOptions];

/** How severe a line of a log is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Captures events into the durable log and delivers them. No method throws or rejects after creation. `Events`: which names
 * `track` takes, and with which properties.
 */
export interface Client<Events extends object = EventMap> {
  readonly track: <Name extends keyof Events & string>(
    event: Name,
    ...rest: EventArguments<Events[Name]>
  ) => void;
  readonly page: (name?: string, properties?: object, options?: EventOptions) => void;
  readonly identify: (userId: string, traits?: object, options?: EventOptions) => void;
  readonly group: (groupId: string, traits?: object, options?: EventOptions) => void;
  /** The user has another name from now on; the one before is the last user's, or the client id, where it is not given. */
  readonly alias: (userId: string, previousId?: string, options?: EventOptions) => void;
  /** A reading. Each is an event of its own, unless `metrics()` of `rivulet/capture` gathers them. */
  readonly metric: (name: string, value: number, options?: MetricOptions) => void;
  /** A line of a log, as an event of the type `log`. */
  readonly log: (level: LogLevel, message: string, fields?: object) => void;
  /**
   * Asks for the removal of a person's data, as an event of the type `erase` that the systems behind the stream carry out:
   * of the user of that name, or by ids; without a subject, of this visitor. It forgets nothing here: see `reset` and
   * `consent`, and `flush` before what is queued is deleted with it.
   */
  readonly erase: (subject?: string | ErasureSubject, options?: EraseOptions) => void;
  /** Puts middleware in the way of every event. */
  readonly use: Use;
  /** Forgets the user, the group and the client id: the next event is a new visitor's. What is queued stays. */
  readonly reset: () => void;
  /** Writes and sends what is queued now, and resolves when it is stored or when the client has to wait. */
  readonly flush: () => Promise<FlushResult>;
  /**
   * What the user has decided. `granted` sends what waited; `denied` deletes what is queued, of all tabs, and what this
   * client has stored, and captures nothing from then on. Resolves when that is done.
   */
  readonly consent: (consent: Consent) => Promise<void>;
  /** The last events that the relay refused for good, oldest first: kept to be looked at, and sent no more. */
  readonly rejected: () => Promise<readonly RejectedEvent[]>;
  /**
   * Asks the browser not to clear this origin's storage when it runs short. Resolves to its answer; it may ask the user.
   */
  readonly persist: () => Promise<boolean>;
  /** Stops capturing and sending. What is queued stays on disk for the next page. */
  readonly close: () => Promise<void>;
  /** Listens to what the client does; the answer stops listening. */
  readonly on: <Name extends keyof ClientEvents>(
    name: Name,
    listener: (detail: ClientEvents[Name]) => void,
  ) => () => void;
  readonly stats: () => Promise<ClientStats>;
}

export interface EraseOptions extends Pick<EventOptions, 'context'> {
  /**
   * The systems that are meant, by the names that their erasure consumers have: at most 100.
   * @default every one
   */
  readonly products?: readonly string[] | undefined;
}

export interface FlushResult {
  /** Events stored during this flush. */
  readonly stored: number;
  /** Events that are still in the log, of all tabs: by the last count where it cannot be counted. */
  readonly queued: number;
}

/** An event that the relay refused for good. */
export interface RejectedEvent extends Position {
  readonly code: RejectionCode;
  readonly reason: string;
  /** Milliseconds since 1970, when the refusal came. */
  readonly at: number;
  /** As it was captured; absent where its line is not JSON. */
  readonly event?: CapturedEvent | undefined;
}

/** Why nothing is sent at the moment. */
export type PauseReason =
  /** The browser says it is offline. */
  | 'offline'
  /** A request brought no answer: no network, a blocker, or no relay. */
  | 'unreachable'
  /** The relay or the stream asked to wait, or failed. */
  | 'backoff'
  /** The relay refuses this client until somebody changes a setting (403). */
  | 'refused'
  /** Another tab of the origin sends for all. */
  | 'follower'
  /** The user has not agreed, or not yet. */
  | 'consent'
  /** The log cannot be read for now. */
  | 'storage';

export interface Pause {
  readonly reason: PauseReason;
  /** Milliseconds since 1970, when the next try is due. Absent where it waits for something else than time. */
  readonly until?: number | undefined;
  /** The relay's code, where there was an answer. */
  readonly code?: string | undefined;
}

/** Names and details of what {@link Client.on} hears. Times (`at`) are milliseconds since 1970 on the client's clock. */
export interface ClientEvents {
  /** An event was serialised into the open segment. */
  captured: Position & {
    readonly type: EventType;
    readonly event?: string | undefined;
    readonly at: number;
  };
  /** A segment is in the log: on disk, or in memory while there is none or it takes nothing, as `storage` tells. */
  logged: LaneRange & { readonly at: number };
  /** A request leaves. */
  sending: {
    readonly ranges: readonly LaneRange[];
    /** Bytes before gzip, and as they travel. */
    readonly bytes: number;
    readonly wireBytes: number;
    /** 1 for the first try. */
    readonly attempt: number;
    readonly at: number;
  };
  /** The relay's word on a run of events. */
  receipt: { readonly receipt: Receipt; readonly at: number };
  rejected: LaneRange & { readonly code: RejectionCode; readonly reason: string };
  dropped: LaneRange & { readonly reason: DropReason };
  paused: Pause;
  resumed: { readonly at: number };
  /** Where events wait, when it changes: `inMemory` of them are not on disk, because it takes no writes for now. */
  storage: Pick<ClientStats, 'log'> & { readonly inMemory: number; readonly at: number };
  consent: { readonly consent: Consent };
  /** This tab begins (`true`) or ceases to send for all. */
  leader: { readonly leader: boolean };
  /** Something went wrong that lost nothing. */
  error: RivuletError;
}

/** The account of this page load, and the state of the log that all tabs share. */
export interface ClientStats {
  /** Empty where the client keeps none. */
  readonly clientId: string;
  readonly userId?: string | undefined;
  readonly groupId?: string | undefined;
  /** Of the log, of the lock that the sending tab holds, and of the channel between the tabs. */
  readonly databaseName: string;
  readonly lane: string;
  /** Events of this lane, by what became of them. `captured` is the lane's last number. */
  readonly captured: number;
  /** Of any lane, by this tab. */
  readonly stored: number;
  readonly rejected: number;
  readonly dropped: number;
  /** The same by reason; reasons that never came are absent. */
  readonly droppedBy: Readonly<Partial<Record<DropReason, number>>>;
  readonly log: SegmentLog['kind'];
  /**
   * What the client does without, because the platform or the user's settings refuse it: names of {@link Runtime}, and
   * `compression`. Each has its stead: memory, a turn of waiting, code of our own.
   */
  readonly missing: readonly string[];
  /** What waits, of all tabs. Where the log cannot be counted, it was so the last time, and what this tab wrote since. */
  readonly queue: LogStats & { readonly isStale?: true };
  /** What {@link ClientOptions.maxQueueBytes} comes to here. */
  readonly maxQueueBytes: number;
  readonly consent: Consent;
  readonly leader: boolean;
  readonly pause: Pause | undefined;
  /** Milliseconds since 1970, when what waits for company leaves: absent where nothing waits for that. */
  readonly nextSendAt: number | undefined;
  readonly lastReceipt: ClientEvents['receipt'] | undefined;
  /** Milliseconds to add to this clock to get the relay's. */
  readonly clockOffsetMs: number | undefined;
  /** When the session's token ends, on the relay's clock. */
  readonly sessionExpires: number | undefined;
}
