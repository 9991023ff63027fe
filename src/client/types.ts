import type { CaptureSource, EventOptions, MetricOptions, Use } from '../capture/types.ts';
import type { RivuletError } from '../errors.ts';
import type {
  CapturedEvent,
  DropReason,
  EventType,
  LaneRange,
  Position,
} from '../protocol/event.ts';
import type { Receipt, RejectionCode } from '../protocol/receipt.ts';
import type { SessionAnswer } from '../protocol/session.ts';
import type { DropPolicy, LogCipher, LogStats, SegmentLog } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';

export type {
  EventOptions,
  MetricKind,
  MetricOptions,
  Middleware,
  MiddlewareEvent,
  NumberedEvent,
  Use,
} from '../capture/types.ts';

/** What {@link createClient} takes. Unknown options are refused, so that a typing error is heard. */
export interface ClientOptions {
  /** The relay: an http(s) URL such as `https://events.example.com`. `/v1/session` and `/v1/batch` are appended to it. */
  readonly endpoint: string;
  /** Names the source at the relay. Public by nature: it stands in the page. */
  readonly writeKey: string;
  /**
   * What is captured without a call.
   * @default []
   */
  readonly capture?: readonly CaptureSource[];
  /**
   * How long a captured event waits for company before a batch leaves, in milliseconds.
   * @default 5000
   */
  readonly flushIntervalMs?: number;
  /**
   * Events in a batch at most, 1 to 500.
   * @default 500
   */
  readonly maxBatchEvents?: number;
  /**
   * Bytes of a batch before gzip at most, 1 KiB to 1 MiB. A single larger event still travels, alone.
   * @default 524288
   */
  readonly maxBatchBytes?: number;
  /**
   * Batches above so many bytes are gzipped. `Infinity` turns it off.
   * @default 2048
   */
  readonly compressAboveBytes?: number;
  /**
   * How long one request may take, in milliseconds.
   * @default 15000
   */
  readonly requestTimeoutMs?: number;
  /**
   * The first retry's longest wait, in milliseconds; doubled each time, drawn at random below it (full jitter).
   * @default 1000
   */
  readonly retryBaseMs?: number;
  /**
   * The longest wait between two tries, in milliseconds.
   * @default 300000
   */
  readonly retryMaxMs?: number;
  /**
   * Bytes that may wait in the queue, of all tabs. Beyond them a tenth is given up, by priority and `dropPolicy`, and
   * declared.
   * @default 33554432 (32 MiB), or a tenth of what the browser lets the origin store where that is less
   */
  readonly maxQueueBytes?: number;
  /**
   * Events that may wait in the queue, of all tabs.
   * @default Infinity
   */
  readonly maxQueueEvents?: number;
  /**
   * How old a waiting event may grow, in milliseconds. `Infinity` for devices, whose readings are worth sending late.
   * Looked at before sending, and only while the client's clock is within an hour of the relay's.
   * @default 604800000 (7 days)
   */
  readonly maxQueueAgeMs?: number;
  /**
   * Which events of the lowest priority a full queue gives up first.
   * @default 'drop-oldest'
   */
  readonly dropPolicy?: DropPolicy;
  /**
   * Sampling for telemetry: while the queue holds more than this part of `maxQueueBytes`, only `sampleRate` of the `metric`
   * events are kept, those of `high` priority aside. The others are declared.
   * @default 1: never
   */
  readonly sampleAbove?: number;
  /**
   * The part of the `metric` events that is kept then, 0 to 1.
   * @default 0.1
   */
  readonly sampleRate?: number;
  /**
   * Against a loop that captures without end: so many events a second in the long run, and a minute's worth of them at
   * once. What is beyond is declared as `rate_limited`. `Infinity` turns it off.
   * @default 1000
   */
  readonly maxEventsPerSecond?: number;
  /**
   * Whether the user has agreed. `pending` captures and sends nothing; `granted` sends; `denied` captures nothing, and
   * deletes what earlier pages have left.
   * @default 'granted'
   */
  readonly consent?: Consent;
  /**
   * Where events wait for the user's consent. In `memory` nothing at all is stored on the device before it is given, and
   * a page that ends loses them.
   * @default 'memory'
   */
  readonly pendingIn?: 'memory' | 'log';
  /**
   * The browser's privacy signals that count as `denied` until {@link Client.consent} is called: Global Privacy Control,
   * Do Not Track. They stop the client, and delete nothing: the user may have agreed on the page before.
   * @default ['gpc']
   */
  readonly privacySignals?: readonly PrivacySignal[];
  /**
   * The parameters of a page's query that may leave the page; a name may end in `*`. All others are taken out of the page's
   * address, its referrer, and whatever a source captures: they can hold what nobody meant to send. `['*']` keeps all.
   * @default ['utm_*']
   */
  readonly allowedQuery?: readonly string[];
  /**
   * Nothing is stored on the device: no id, no queue. The relay gives the client an id that it derives from the connecting
   * address and the user agent, another one each day (UTC); what is captured waits in memory, and ends with the page.
   * @default false
   */
  readonly cookieless?: boolean;
  /**
   * Where the visitor (client id, user, session) is kept: `cookies({ domain })` of `rivulet/identity` for one visitor across
   * subdomains.
   * @default localStorage
   */
  readonly visitorStorage?: VisitorStorage;
  /**
   * A session ends when nothing was captured for so long, in milliseconds.
   * @default 1800000 (30 minutes)
   */
  readonly sessionIdleMs?: number;
  /**
   * What else begins a new session: `atMidnight()`, `onCampaign()` of `rivulet/identity`.
   * @default []
   */
  readonly sessionRules?: readonly SessionRule[];
  /**
   * Names the device instead of a random id kept in the browser's storage.
   * @default a random id
   */
  readonly clientId?: string;
  /**
   * The right to send, instead of the session that the relay gives a page: for a device, what `npx rivulet mint device`
   * printed, with `clientId` the name that it was minted for; for users that an application knows, a function that asks its
   * own backend. The function is called before the last session ends and after a refusal, and what it resolves to is kept
   * until then; where it rejects, or takes longer than `requestTimeoutMs`, it is called again after a backoff. A session that
   * is expired or refused loses nothing: events wait in the queue for one that is good.
   * @default none: the relay is asked
   */
  readonly session?: SessionAnswer | (() => Promise<SessionAnswer>);
  /**
   * Solves a Turnstile challenge in the page and resolves to its answer, for sources that ask for one. Called before each
   * session: about once an hour, in the tab that sends, and each time anew, because an answer counts once. Until it resolves
   * nothing is sent; where it rejects, the relay refuses the session and the client asks again after its backoff. Events wait
   * in the queue all the while.
   * @default none
   */
  readonly challenge?: () => Promise<string>;
  /**
   * Encrypts what waits on disk: `aesGcm()` of `rivulet/encryption`.
   * @default none
   */
  readonly cipher?: LogCipher;
  /**
   * The IndexedDB database, and the prefix of everything else that is stored.
   * @default 'rivulet'
   */
  readonly databaseName?: string;
  /**
   * Parts of the platform replaced: a clock in a test, a `fetch` on a device.
   * @default the platform
   */
  readonly runtime?: Partial<Runtime>;
}

/** Whether the user has agreed to be counted. */
export type Consent = 'pending' | 'granted' | 'denied';

/** Global Privacy Control; Do Not Track. */
export type PrivacySignal = 'gpc' | 'dnt';

/** What happens to a page's events by name: `{ 'Order Completed': { order_id: string; total: number } }`. */
export type EventMap = { readonly [event: string]: object };

/** What follows an event's name: its properties, which may be left out where none of them is required. */
type EventArguments<Expected> =
  Record<never, never> extends Expected
    ? [properties?: Expected, options?: EventOptions]
    : [properties: Expected, options?: EventOptions];

/** How severe a line of a log is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where a visitor is kept as a text: `localStorage`, or what stands in for it. */
export type VisitorStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Begins a new session where its answer is another one than the last time; an empty one changes nothing. `last` is the last
 * one that was not empty, kept with the visitor, and `undefined` where the rule was never asked about them. Asked about once
 * for each write of the log; one that throws says nothing.
 */
export type SessionRule = (moment: {
  /** Milliseconds since 1970 on the client's clock. */
  readonly now: number;
  readonly page: Window | undefined;
  readonly last: string | undefined;
}) => string;

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
  readonly identify: (userId: string, traits?: object) => void;
  readonly group: (groupId: string, traits?: object) => void;
  /** The user has another name from now on; the one before is the last user's, or the client id, where it is not given. */
  readonly alias: (userId: string, previousId?: string) => void;
  /** A reading. Each is an event of its own, unless `metrics()` of `rivulet/capture` gathers them. */
  readonly metric: (name: string, value: number, options?: MetricOptions) => void;
  /** A line of a log, as an event of the type `log`. */
  readonly log: (level: LogLevel, message: string, fields?: object) => void;
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
  readonly lastReceipt: ClientEvents['receipt'] | undefined;
  /** Milliseconds to add to this clock to get the relay's. */
  readonly clockOffsetMs: number | undefined;
  /** When the session's token ends, on the relay's clock. */
  readonly sessionExpires: number | undefined;
}
