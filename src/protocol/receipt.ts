/** The relay's answers, and the one place that decides what a client does with each. */

import { isLane, type LaneRange } from './event.ts';
import { isObject } from './parsed.ts';
import type { RemoteConfig } from './session.ts';

/** Why one event is refused for good, while its neighbours are stored. */
export type RejectionCode =
  | 'not_json'
  | 'not_an_event'
  | 'too_deep'
  | 'too_many_keys'
  | 'event_too_large'
  | 'context_invalid'
  /** Not as the source's tracking plan has it. */
  | 'plan_violated'
  /** The stream took its neighbours and not this one. */
  | 'record_refused';

/** Why a whole request is refused. */
export type RefusalCode =
  | 'malformed'
  | 'too_large'
  | 'token_expired'
  | 'token_invalid'
  | 'token_revoked'
  | 'challenge_failed'
  | 'signature_invalid'
  | 'clock_skew'
  | 'write_key_unknown'
  | 'origin_refused'
  | 'source_disabled'
  | 'access_refused'
  | 'stream_refused'
  | 'operation_refused'
  | 'not_found'
  | 'method_refused'
  | 'rate_limited'
  | 'stream_throttled'
  | 'stream_unavailable'
  | 'stream_misconfigured'
  | 'relay_misconfigured'
  | 'relay_busy'
  | 'internal';

export type Receipt = LaneRange &
  (
    | {
        readonly status: 'stored';
        readonly shard: string;
        /** The Kinesis sequence number: decimal text, compared as BigInt. */
        readonly sequence: string;
      }
    | {
        readonly status: 'retry';
        readonly after: number;
        /** The answer of Kinesis was lost: it may be stored, and then there will be two of it. */
        readonly unknown?: true;
      }
    | { readonly status: 'rejected'; readonly code: RejectionCode; readonly reason: string }
  );

/** The body of a 200 of `POST /v1/batch`: every event of the batch is covered by exactly one receipt. */
export interface BatchAnswer {
  /** The relay's clock as it answered, in milliseconds. */
  readonly now: number;
  readonly receipts: readonly Receipt[];
  readonly config?: RemoteConfig;
}

/** The body of every other status. */
export interface RefusalAnswer {
  readonly code: RefusalCode;
  readonly reason: string;
  /** Milliseconds to wait, also sent as `Retry-After` in seconds. */
  readonly after?: number;
  /** The relay's clock, sent with `clock_skew`. */
  readonly now?: number;
}

/** Status of each refusal. */
export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  malformed: 400,
  token_expired: 401,
  token_invalid: 401,
  challenge_failed: 401,
  signature_invalid: 401,
  clock_skew: 401,
  write_key_unknown: 403,
  origin_refused: 403,
  source_disabled: 403,
  token_revoked: 403,
  access_refused: 403,
  stream_refused: 403,
  operation_refused: 403,
  not_found: 404,
  method_refused: 405,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  relay_misconfigured: 500,
  stream_misconfigured: 502,
  stream_throttled: 503,
  stream_unavailable: 503,
  relay_busy: 503,
};

/**
 * What a client does after a request that did not bring receipts. None of them deletes an event.
 * - `split`: send half as much; an event that stands alone and is refused again is the poison.
 * - `renew`: ask for a session once, then as `wait`.
 * - `stop`: send nothing for an hour or two, or until the page is loaded again: somebody has to change a setting.
 * - `wait`: come back after `Retry-After` or the backoff.
 */
export type Reaction = 'split' | 'renew' | 'stop' | 'wait';

/** Decided by status, so that a proxy's own answer without our body is understood too. */
export function reactionTo(status: number): Reaction {
  if (status === 400 || status === 413) return 'split';
  if (status === 401) return 'renew';
  if (status === 403) return 'stop';
  return 'wait';
}

/** Whether an answer's body is that of a 200: a captive portal's page is not. */
export function isBatchAnswer(value: unknown): value is BatchAnswer {
  return isObject(value) && Array.isArray(value.receipts) && value.receipts.every(isReceipt);
}

function isReceipt(value: unknown): value is Receipt {
  return (
    isObject(value) &&
    isLane(value.lane) &&
    [value.first, value.count].every(Number.isSafeInteger) &&
    ['stored', 'retry', 'rejected'].includes(value.status as string)
  );
}
