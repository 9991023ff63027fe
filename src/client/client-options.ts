import type { CaptureSource } from '../capture/types.ts';
import type { SessionAnswer } from '../protocol/session.ts';
import type { DropPolicy, LogCipher } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';

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
   * The browser's privacy signals that count as `denied` until `client.consent` is called: Global Privacy Control,
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
