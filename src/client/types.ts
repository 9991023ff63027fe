import type { CaptureSource } from '../capture/types.ts';
import type { RivuletError } from '../errors.ts';
import type { DropReason, EventType, LaneRange, Position, Properties } from '../protocol/event.ts';
import type { Receipt, RejectionCode } from '../protocol/receipt.ts';
import type { LogStats, SegmentLog } from '../queue/types.ts';
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

export interface MetricOptions {
  /** Such as `ms`, `bytes`, `celsius`. */
  readonly unit?: string;
  readonly attributes?: Properties;
}

/** Captures events into the durable log and delivers them. No method throws or rejects after creation. */
export interface Client {
  readonly track: (event: string, properties?: Properties) => void;
  readonly page: (name?: string, properties?: Properties) => void;
  readonly identify: (userId: string, traits?: Properties) => void;
  readonly group: (groupId: string, traits?: Properties) => void;
  readonly metric: (name: string, value: number, options?: MetricOptions) => void;
  /** Forgets the user, the group and the client id: the next event is a new visitor's. What is queued stays. */
  readonly reset: () => void;
  /** Writes and sends what is queued now, and resolves when it is stored or when the client has to wait. */
  readonly flush: () => Promise<FlushResult>;
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
  /** Events that are still in the log, of all tabs. */
  readonly queued: number;
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
  | 'follower';

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
  /** A segment is on disk (or in memory, where there is no disk). */
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
  /** This tab begins (`true`) or ceases to send for all. */
  leader: { readonly leader: boolean };
  /** Something went wrong that lost nothing. */
  error: RivuletError;
}

/** The account of this page load, and the state of the log that all tabs share. */
export interface ClientStats {
  readonly clientId: string;
  readonly lane: string;
  /** Events of this lane, by what became of them. `captured` is the lane's last number. */
  readonly captured: number;
  /** Of any lane, by this tab. */
  readonly stored: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly log: SegmentLog['kind'];
  /** What waits, of all tabs. */
  readonly queue: LogStats;
  readonly leader: boolean;
  readonly pause: Pause | undefined;
  readonly lastReceipt: ClientEvents['receipt'] | undefined;
  /** Milliseconds to add to this clock to get the relay's. */
  readonly clockOffsetMs: number | undefined;
  /** When the session's token ends, on the relay's clock. */
  readonly sessionExpires: number | undefined;
}
