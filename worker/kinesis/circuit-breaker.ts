/**
 * Stops asking a stream that fails: its batches are answered at once instead of after a timeout, and it does not come back
 * under the load of all who waited.
 */

import type { RelayRuntime } from '../runtime.ts';
import type { CallFailure } from './failure.ts';
import type { CallOutcome } from './put-call.ts';

/** Fewer may be one lost connection, and the calls that shared it. */
const FAILURES_TO_OPEN = 5;

/** The first rest and the longest; each is twice the one before it. An operator's change is seen within the longest. */
const REST_MS = { unavailable: [1000, 30_000], misconfigured: [5000, 60_000] } as const;

/** A probe whose request was cancelled on the way says nothing any more: then another one goes. */
const PROBE_LIFE_MS = 10_000;

type Breaking = keyof typeof REST_MS;

export interface CircuitBreaker {
  /** Makes the call, or answers for it with the failure that opened the circuit. */
  readonly guard: (call: () => Promise<CallOutcome>) => Promise<CallOutcome>;
  readonly isOpen: () => boolean;
}

export function createCircuitBreaker({
  now,
  random,
}: Pick<RelayRuntime, 'now' | 'random'>): CircuitBreaker {
  let failures = 0;
  let rests = 0;
  let open: { readonly failure: Breaking; readonly until: number } | undefined;
  let probeUntil = 0;

  function rest(failure: Breaking): void {
    const [first, longest] = REST_MS[failure];
    const restMs = Math.min(longest, first * 2 ** rests);
    rests++;
    // Jittered: the isolates that saw one failure do not probe as one.
    open = { failure, until: now() + restMs * (0.5 + random() / 2) };
  }

  function note(outcome: CallOutcome, isProbe: boolean): void {
    // What was sent before the circuit opened and fails now is no news.
    if (open && !isProbe) return;
    probeUntil = 0;
    const failure = breakingFailure(outcome);
    failures = failure ? failures + 1 : 0;
    if (!failure) {
      rests = 0;
      open = undefined;
    } else if (isProbe || failures >= FAILURES_TO_OPEN) rest(failure);
  }

  return {
    async guard(call) {
      const isProbe = open !== undefined;
      if (open && now() < Math.max(open.until, probeUntil)) {
        const afterMs = Math.max(0, open.until - now());
        return { ok: false, failure: open.failure, code: 'CircuitOpen', afterMs, isUncalled: true };
      }
      if (isProbe) probeUntil = now() + PROBE_LIFE_MS;
      const outcome = await call();
      note(outcome, isProbe);
      return outcome;
    },
    isOpen: () => open !== undefined,
  };
}

/** A throttle and a refusal are answers of a stream that works; one that fails every entry alone does not. */
function breakingFailure(outcome: CallOutcome): Breaking | undefined {
  if (outcome.ok) {
    const isDown = outcome.entries.every(({ kind }) => kind === 'unavailable');
    return isDown ? 'unavailable' : undefined;
  }
  const { failure } = outcome;
  return isBreaking(failure) ? failure : undefined;
}

function isBreaking(failure: CallFailure): failure is Breaking {
  return failure in REST_MS;
}
