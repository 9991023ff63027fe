import type { Handler, ParkedRecord } from '../consumer/run/types.ts';
import type { ErasureSubject } from '../protocol/event.ts';
import type { Runtime } from '../runtime.ts';

/** The removal of one subject's data from one product: what the endpoint gets as JSON. The same in each copy of the event. */
export interface ErasureRequest {
  /** Stable for event and product: the `Idempotency-Key` of every call. */
  readonly key: string;
  readonly type: 'erase';
  readonly product: string;
  readonly subject: ErasureSubject;
  /** Who sent the event, by their own word: anybody may write one who may write to the stream. */
  readonly requestedBy: ErasureSubject;
  /** When, on the sender's clock: ISO 8601. */
  readonly requestedAt: string;
  readonly messageId: string;
  /** The relay's name for the site or fleet. */
  readonly source: string;
}

/**
 * What became of a request:
 * - `done`: the endpoint answered 2xx
 * - `parked`: it refused for good, or the run gave up; waits for `retryParked`
 * - `not_ours`: the event named other products only
 * - `malformed`: it named no subject, or not as an `erase` event does
 */
export type ErasureStatus = 'done' | 'parked' | 'not_ours' | 'malformed';

/** What the store keeps of a request: nothing of the subject, but where it is parked. */
export interface ErasureState {
  readonly key: string;
  readonly status: ErasureStatus;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Why it is not done. */
  readonly reason?: string | undefined;
  /** Of a parked one: what is to be sent again. */
  readonly request?: ErasureRequest | undefined;
}

/** Remembers what was processed. Each call is one atomic step; what cannot be done rejects. */
export interface ErasureStore {
  readonly get: (key: string) => Promise<ErasureState | undefined>;
  /** Durable when it resolves. One that is `done` stays so, whatever comes later. */
  readonly put: (state: ErasureState) => Promise<void>;
  /** Oldest first. */
  readonly parked: () => Promise<readonly ErasureState[]>;
}

/** Where the lines of the audit log go: only ever behind the last one. */
export interface AuditLog {
  /** The last line, `undefined` where there is none. */
  readonly last: () => Promise<string | undefined>;
  /**
   * `line`: JSON without a line break, whose number `seq` counts from 1 without a hole. Durable and whole when it resolves;
   * rejects where there is a line of that number already.
   */
  readonly append: (seq: number, line: string) => Promise<void>;
}

/** What {@link ErasureOptions.sign} is to vouch for. */
export interface Signable {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: string;
}

export interface ErasureOptions {
  /** The names that this consumer carries erasures out for. An event that names none is for all of them. */
  readonly products: readonly string[];
  /** Gets a POST for each product: `https:`, or `http:` on this machine. Redirects are not followed. */
  readonly endpoint: string;
  /**
   * Signs each call by the Standard Webhooks specification (standardwebhooks.com): `whsec_` and base64, or a text, of at
   * least 24 bytes. Of several, each signs: the new one and the old one while it changes.
   */
  readonly secret?: string | readonly string[];
  /** Headers that vouch for the call, instead of or beside `secret`. One of both is required. */
  readonly sign?: (call: Signable) => Record<string, string> | Promise<Record<string, string>>;
  readonly store: ErasureStore;
  readonly log: AuditLog;
  /**
   * Chains the lines of the log, and hides ids in it: a text of at least 32 characters that is kept as long as the log. Who
   * has it can verify the log, and forge it.
   */
  readonly logSecret: string;
  /** Writes ids into the log as they are. @default false: a keyed hash of each, see `hashSubject` */
  readonly logIds?: boolean;
  /** A call that takes longer has failed, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /**
   * Calls for one request before `handle` rejects, so that the run says so and waits. They should fit into the run's own
   * `timeoutMs`: one that is given up loses nothing, and says less.
   * @default 3
   */
  readonly attempts?: number;
  /** Before the second call, in milliseconds; doubles up to 10 s, with full jitter. @default 500 */
  readonly retryDelayMs?: number;
  readonly runtime?: Pick<Runtime, 'now' | 'monotonic' | 'random' | 'delay' | 'fetch' | 'subtle'>;
}

/** Carries out what `erase` events ask for. */
export interface ErasureHandler {
  /** For `consumer.run`. Resolves when each request is done, parked, or not ours, and that is written down. */
  readonly handle: Handler;
  /**
   * For the run's `park`: parks what the endpoint still fails at when the run gives up, so that its shard goes on. Without
   * it the shard waits.
   */
  readonly park: (parked: Pick<ParkedRecord, 'record' | 'error'>) => Promise<void>;
  /** Calls again for what was parked, with the keys it had. Rejects as `handle` does, with what could be done done. */
  readonly retryParked: (signal?: AbortSignal) => Promise<RetryReport>;
}

export interface RetryReport {
  readonly done: number;
  readonly parked: number;
}
