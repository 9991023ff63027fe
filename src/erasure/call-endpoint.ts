import type { Runtime } from '../runtime.ts';
import { parseRetryAfter } from '../transport/retry.ts';
import type { Signable } from './types.ts';

/** What came of a call. */
export interface Outcome {
  readonly outcome: 'done' | 'parked' | 'retry';
  /** `undefined` where no answer came: nobody knows what became of it. */
  readonly status?: number | undefined;
  /** For people: why it is not done. */
  readonly reason?: string | undefined;
  /** What the endpoint asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

export interface Call {
  readonly key: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface Endpoint {
  readonly url: string;
  readonly timeoutMs: number;
  readonly sign: (call: Signable) => Promise<Record<string, string>>;
  readonly runtime: Pick<Runtime, 'now' | 'delay' | 'fetch'>;
}

/**
 * 4xx that are over some time later: 408, 425 and 429 say so; 409 is a call with the same key that is still under way
 * (datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header, section 2.7).
 */
const PASSING = [408, 409, 425, 429];

/** One POST. Never rejects, and never takes longer than it may. */
export async function callEndpoint(endpoint: Endpoint, call: Call): Promise<Outcome> {
  const { timeoutMs, runtime } = endpoint;
  const told = new AbortController();
  const over = new Promise<never>((_, reject) => {
    told.signal.addEventListener('abort', () => reject(told.signal.reason));
  });
  const abort = (): void => told.abort(call.signal.reason);
  const stopTimer = runtime.delay(
    () => told.abort(new Error(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  call.signal.addEventListener('abort', abort);
  try {
    // Whatever signs may never answer, and a `fetch` of somebody's own may not listen.
    return await Promise.race([post(endpoint, { ...call, signal: told.signal }), over]);
  } catch (error) {
    return { outcome: 'retry', reason: `${error}` };
  } finally {
    stopTimer();
    call.signal.removeEventListener('abort', abort);
  }
}

async function post({ url, sign, runtime }: Endpoint, call: Call): Promise<Outcome> {
  const { key, body, signal } = call;
  const signed = await sign({ key, at: runtime.now(), body });
  signal.throwIfAborted();
  const response = await runtime.fetch(url, {
    method: 'POST',
    body,
    headers: { ...signed, 'content-type': 'application/json', 'idempotency-key': key },
    // Whom another address belongs to, nobody has said.
    redirect: 'manual',
    signal,
  });
  // Nobody reads it, and a connection may wait for that.
  response.body?.cancel().catch(() => {});
  return outcomeOf(response, runtime.now());
}

function outcomeOf({ ok, status, headers }: Response, now: number): Outcome {
  if (ok) return { outcome: 'done', status };
  const reason = `expected 2xx, got ${status || 'a redirect'}`;
  if (status < 500 && !PASSING.includes(status)) return { outcome: 'parked', status, reason };
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  return { outcome: 'retry', status, reason, retryAfterMs };
}
