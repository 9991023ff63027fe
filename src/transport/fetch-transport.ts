import { isObject } from '../protocol/parsed.ts';
import type { Runtime } from '../runtime.ts';
import { parseRetryAfter } from './retry.ts';

/**
 * Browsers let 64 KiB of `keepalive` bodies be under way at a time, for all of a page: the rest is left to others. One
 * request at a time is under way here, so that its body is all of ours.
 */
export const MAX_KEEPALIVE_BYTES: number = 60 * 1024;

/** What came of a request. */
export interface Answer {
  /** 0 where no answer came: the outcome is unknown. */
  readonly status: number;
  /** The JSON of the body, or nothing where it is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How long the answer asks to wait. */
  readonly afterMs?: number | undefined;
}

/** Posts a body, in this very turn: one that leaves as the page ends outlives it where it is small enough. Never rejects. */
export type Transport = (
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  isLeaving?: boolean,
) => Promise<Answer>;

export function createFetchTransport(
  runtime: Pick<Runtime, 'fetch' | 'delay' | 'now' | 'page'>,
  timeoutMs: number,
): Transport {
  return async function post(url, body, isLeaving = runtime.page?.document.hidden) {
    const abort = new AbortController();
    const stopTimer = runtime.delay(() => abort.abort(), timeoutMs);
    try {
      const response = await runtime.fetch(url, {
        method: 'POST',
        body,
        // With these three it is a simple request: nothing asks for a preflight.
        headers: { 'content-type': 'text/plain' },
        credentials: 'omit',
        keepalive: isLeaving === true && body.length <= MAX_KEEPALIVE_BYTES,
        signal: abort.signal,
      });
      const parsed: unknown = await response.json().catch(() => undefined);
      // The time limit covers the body: an answer that was cut off is an unknown outcome.
      if (abort.signal.aborted) return noAnswer;
      const answer = isObject(parsed) ? parsed : {};
      return {
        status: response.status,
        body: answer,
        afterMs:
          typeof answer.after === 'number'
            ? answer.after
            : parseRetryAfter(response.headers.get('retry-after'), runtime.now()),
      };
    } catch {
      // Offline, refused, blocked or timed out: the platform does not say which, and the reaction is the same.
      return noAnswer;
    } finally {
      stopTimer();
    }
  };
}

/** Nobody knows what became of it. */
export const noAnswer: Answer = { status: 0, body: {} };
