/** `POST /v1/session`: what a client asks before it may send, and what it is told. */

import { isObject } from './parsed.ts';

export interface SessionRequest {
  readonly writeKey: string;
  /** The client id. Absent where the client keeps none: then it gets one that the relay derives, another each day (UTC). */
  readonly client?: string;
  /** Name and version, such as `rivulet/1.0.0`. */
  readonly sdk: string;
  /** The answer to a Turnstile challenge, for sources that ask for one. */
  readonly challenge?: string;
}

/** What an operator can turn from the edge. Absent fields leave the client's own setting. */
export interface RemoteConfig {
  readonly maxBatchEvents?: number;
  readonly maxBatchBytes?: number;
  readonly flushIntervalMs?: number;
  /** Send nothing for this long. */
  readonly pauseMs?: number;
  /** This client is not in the source's sample: it leaves out what it captures, and says so on the stream. */
  readonly sampledOut?: boolean;
  /** The source keeps strict order: the client says with each batch where its lanes ended. */
  readonly strictOrder?: boolean;
}

export interface SessionAnswer {
  readonly token: string;
  /** The signing key, base64url. */
  readonly key: string;
  /** Milliseconds since 1970, on the relay's clock. */
  readonly expires: number;
  /** The relay's clock as it answered. */
  readonly now: number;
  readonly config: RemoteConfig;
}

/** Whether an answer's body is a session. The client trusts its relay for values, not for shape. */
export function isSessionAnswer(value: unknown): value is SessionAnswer {
  return (
    isObject(value) &&
    typeof value.token === 'string' &&
    typeof value.key === 'string' &&
    typeof value.expires === 'number' &&
    typeof value.now === 'number' &&
    isObject(value.config)
  );
}
