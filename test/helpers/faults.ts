import {
  type FaultProxy,
  PASS,
  type ProxiedRequest,
  type Rule,
  type Verdict,
} from '../../demo/launcher/fault-proxy.ts';
import { isPut } from '../../demo/launcher/faults.ts';

/** Faults that a test times itself, beside the modes that a person can switch. */

/** A rule for the first so many puts; everything else passes. */
export function firstPuts(count: number, verdict: Rule) {
  return firstOf(isPut, count, verdict);
}

/** A rule for the first so many batches; everything else passes. */
export function firstBatches(count: number, verdict: Rule) {
  return firstOf(isBatch, count, verdict);
}

function firstOf(isMeant: (request: ProxiedRequest) => boolean, count: number, verdict: Rule) {
  let met = 0;
  const rule: Rule = (request) => {
    if (!isMeant(request) || met >= count) return PASS;
    met += 1;
    return verdict(request);
  };
  return { rule, met: () => met };
}

export function isBatch({ method, path }: ProxiedRequest): boolean {
  return method === 'POST' && path === '/v1/batch';
}

/** A rule that answers half of all requests with 500 and resets a tenth: every second one after it was done. */
export function flap(random: () => number) {
  const counts = { failed: 0, unknown: 0 };
  const rule: Rule = () => {
    const draw = random();
    if (draw >= 0.6) return PASS;
    counts.failed += 1;
    if (draw >= 0.1) return INTERNAL_ERROR;
    if (draw >= 0.05) return { kind: 'reset' };
    counts.unknown += 1;
    return { kind: 'lose-reply' };
  };
  return { rule, failed: () => counts.failed, unknown: () => counts.unknown };
}

/** Something that is waited for, and given once. */
export function createSignal() {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** Holds the first batch at the gate of the relay: before it is passed on, or when the relay has answered. */
export function holdBatch(gate: FaultProxy, when: 'before' | 'answered') {
  const met = createSignal();
  const released = createSignal();
  const wait = (): Promise<void> => {
    met.give();
    return released.given;
  };
  const { rule } = firstBatches(1, async (): Promise<Verdict> => {
    if (when === 'answered') return { kind: 'late-reply', until: wait };
    await wait();
    return PASS;
  });
  gate.setRule(rule);
  return { met: met.given, release: released.give };
}

/** An answer in the relay's name that a page may read. */
export function answer(status: number, body?: object): Verdict {
  return {
    kind: 'answer',
    status,
    headers: { 'access-control-allow-origin': '*', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  };
}

const INTERNAL_ERROR = answer(500);
