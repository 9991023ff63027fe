import { attempt } from '../runtime.ts';
import { patch } from './patch.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface NetworkOptions {
  /**
   * Only requests whose address, as it would be sent, matches.
   * @default all
   */
  readonly include?: RegExp;
  /**
   * No requests whose address matches. Those of the client itself are never captured.
   * @default none
   */
  readonly exclude?: RegExp;
  /**
   * The part of the requests that is captured, 0 to 1.
   * @default 1
   */
  readonly sample?: number;
  /**
   * Of the requests that went well only those that took so many milliseconds.
   * @default 0
   */
  readonly slowMs?: number;
}

/** What became of a request: an answer, or why there is none. */
interface Outcome {
  readonly status?: number | undefined;
  readonly bytes?: number | undefined;
  readonly error?: string | undefined;
}

type Begin = (
  initiator: 'fetch' | 'xhr',
  method: string,
  address: string,
) => ((outcome: Outcome) => void) | undefined;

/** How an XMLHttpRequest ends. */
const ENDS = ['load', 'error', 'timeout', 'abort'] as const;

/**
 * Captures what `fetch` and `XMLHttpRequest` of the page ask for, as the metric `Request Duration` in milliseconds: until the
 * head of the answer with `fetch`, until the end with the other. With method, address, status, and the bytes that the answer
 * declares. Never sends headers, bodies, or the query. The page gets its own answers, with nothing read of them.
 */
export function network(options: NetworkOptions = {}): CaptureSource {
  return { name: 'network', start: (host) => watchRequests(host, options) };
}

function watchRequests(host: CaptureHost, options: NetworkOptions): () => void {
  const { window, scrub, runtime } = host;
  const { include = /^/, exclude = /$^/, sample = 1, slowMs = 0 } = options;
  // The rest of its origin may be the page's.
  const own = `${scrub(`${host.endpoint}/v1/`)}`;
  const stopping = new AbortController();
  const { signal } = stopping;

  /** Of a request that begins. The answer takes its end. */
  const begin: Begin = (initiator, method, address) => {
    const url = scrub(address);
    if (signal.aborted || !url || url.startsWith(own) || runtime.random() >= sample)
      return undefined;
    // A search begins at the start, whatever flags the pattern has.
    if (url.search(include) < 0 || url.search(exclude) >= 0) return undefined;
    const startedAt = runtime.monotonic();
    return ({ status, bytes, error }) => {
      const value = Math.round(runtime.monotonic() - startedAt);
      // An answer that the page may not look into has no status.
      const ok = !error && !(status && status >= 400);
      if (signal.aborted || (ok && value < slowMs)) return;
      host.capture(
        'metric',
        {
          event: 'Request Duration',
          properties: {
            ...{ value, unit: 'ms', kind: 'histogram', initiator, method: method.toUpperCase() },
            ...{ url, status: status || undefined, ok, bytes: bytes || undefined, error },
          },
        },
        { priority: ok ? 'low' : 'normal' },
      );
    };
  };

  const restore = [
    ...patchXhr(window.XMLHttpRequest.prototype, begin, signal),
    patch(window, 'fetch', (original) => patchedFetch(original, begin)),
  ];
  return () => {
    stopping.abort();
    for (const each of restore) each();
  };
}

function patchedFetch(original: typeof fetch, begin: Begin): typeof fetch {
  return function askAndTell(this: unknown, ...call: Parameters<typeof original>) {
    const [input, init] = call;
    const request = input as Request;
    // What is no request at all, the platform answers.
    const end = attempt(() => {
      const method = init?.method ?? request.method ?? 'GET';
      return begin('fetch', method, request.url ?? `${input}`);
    });
    const answer = original.apply(this, call);
    // Whoever has replaced it before us may answer with anything.
    if (!end || !answer?.then) return answer;
    // The page gets this promise, and no other one exists: a rejection that nobody handles is still heard as one.
    return answer.then(
      (response) => {
        attempt(() =>
          end({ status: response.status, bytes: Number(response.headers.get('content-length')) }),
        );
        return response;
      },
      (cause) => {
        const isEnded = (init?.signal ?? request.signal)?.aborted;
        const isLate = cause?.name === 'TimeoutError';
        end({ error: isLate ? 'timeout' : isEnded ? 'abort' : 'error' });
        throw cause;
      },
    );
  };
}

function patchXhr(prototype: XMLHttpRequest, begin: Begin, signal: AbortSignal): (() => void)[] {
  const opened = new WeakMap<XMLHttpRequest, readonly [method: string, url: string]>();
  const ends = new WeakMap<XMLHttpRequest, ReturnType<Begin>>();

  function onEnd(this: XMLHttpRequest, { type, loaded }: ProgressEvent): void {
    const error = type === 'load' ? undefined : type;
    ends.get(this)?.({ status: this.status, bytes: loaded, error });
  }

  return [
    patch(
      prototype,
      'open',
      (original) =>
        function open(this: XMLHttpRequest, ...call: unknown[]) {
          original.apply(this, call as Parameters<typeof original>);
          attempt(() => opened.set(this, [`${call[0]}`, `${call[1]}`]));
        },
    ),
    patch(
      prototype,
      'send',
      (original) =>
        function send(this: XMLHttpRequest, ...call) {
          attempt(() => {
            const [method, url] = opened.get(this) ?? [];
            if (method === undefined || url === undefined) return;
            ends.set(this, begin('xhr', method, url));
            // Of a request that is used again it is the same listener, and so not a second one.
            for (const type of ENDS) this.addEventListener(type, onEnd, { signal });
          });
          original.apply(this, call);
        },
    ),
  ];
}
