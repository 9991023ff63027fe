/** What a store said, remembered for a while: a batch must not wait for a store, nor fail with it. */

import { createBoundedMap } from '../bounded-map.ts';
import { Refusal } from '../http/answer.ts';
import type { RelayRuntime, Store } from '../runtime.ts';

/** How long what the store said is believed: how long a key that was switched off still works. */
const FRESH_MS = 60_000;

/** How long it is believed while the store cannot be asked. */
const STALE_MS = 24 * 3600_000;

/** While a question is under way, and after one that failed, the last answer is taken for so long. */
const ASK_AGAIN_MS = 5000;

/** A store that hangs is one that cannot be asked. */
const STORE_TIMEOUT_MS = 3000;

/** Of keys that name something, and as many of those that name nothing: what a stranger makes up pushes no other out. */
const MAX_REMEMBERED = 1000;

export interface Question<Value> {
  /** The key's value. Throws where the text is none; what was known before is kept then. */
  readonly parse: (key: string, text: string | null) => Value | undefined;
  /** What holds while the store cannot be asked and nothing is remembered. */
  readonly otherwise?: (key: string) => Value | undefined;
}

interface Answer<Value> {
  readonly value: Value | undefined;
  readonly at: number;
  askedAt: number;
}

/** Rejects with a `Refusal` where nobody knows. No promise is shared: on Workers it would end with the request that made it. */
export function rememberAnswers<Value>(
  store: Store,
  { parse, otherwise }: Question<Value>,
  { now, log }: Pick<RelayRuntime, 'now' | 'log'>,
  timeoutMs: number = STORE_TIMEOUT_MS,
): (key: string) => Promise<Value | undefined> {
  const found = createBoundedMap<Answer<Value>>(MAX_REMEMBERED);
  const missing = createBoundedMap<Answer<Value>>(MAX_REMEMBERED);

  function remember(key: string, value: Value | undefined, at: number): void {
    found.delete(key);
    missing.delete(key);
    const answers = value === undefined ? missing : found;
    answers.set(key, { value, at, askedAt: now() });
  }

  return async (key) => {
    const known = found.get(key) ?? missing.get(key);
    const ageMs = known ? now() - known.at : Number.POSITIVE_INFINITY;
    const last = ageMs < STALE_MS ? known : undefined;
    if (last && (ageMs < FRESH_MS || now() - last.askedAt < ASK_AGAIN_MS)) return last.value;
    if (last) last.askedAt = now();
    const text = await inTime(store.get(key), timeoutMs).catch((error: unknown) => {
      tell(error);
      return undefined;
    });
    if (text === undefined) {
      if (last) return last.value;
      const value = otherwise?.(key);
      if (value === undefined) throw new Refusal('relay_busy', 'store: no answer', { after: 5000 });
      // No longer fresh: the store is asked again soon.
      remember(key, value, now() - FRESH_MS);
      return value;
    }
    try {
      const value = parse(key, text);
      remember(key, value, now());
      return value;
    } catch (error) {
      tell(error);
      if (last) return last.value;
      throw error;
    }
  };

  function tell(error: unknown): void {
    const { cause = error } = error as { cause?: unknown };
    log(
      JSON.stringify({ at: 'store', reason: cause instanceof Error ? cause.message : `${cause}` }),
    );
  }
}

function inTime<Value>(answer: Promise<Value>, timeoutMs: number): Promise<Value> {
  const signal = AbortSignal.timeout(timeoutMs);
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('store: no answer in time')));
  });
  return Promise.race([answer, timeout]);
}
