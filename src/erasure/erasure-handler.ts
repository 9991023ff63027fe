import { createPause } from '../consumer/pause.ts';
import type { ConsumedEvent, ConsumedRecord } from '../consumer/types.ts';
import { RivuletError } from '../errors.ts';
import { backoffMs, boundedWaitMs } from '../transport/retry.ts';
import { createHash, hashIds } from './audit-line.ts';
import { createAuditTrail } from './audit-trail.ts';
import { callEndpoint, type Outcome } from './call-endpoint.ts';
import { resolveOptions } from './options.ts';
import { factsOf, type PassedOver, readRequests, senderOf } from './requests.ts';
import type {
  ErasureHandler,
  ErasureOptions,
  ErasureRequest,
  ErasureStatus,
  RetryReport,
} from './types.ts';

/** A longer wait is the run's: a handler that takes too long has failed too, and says less. */
const MAX_WAIT_MS = 10_000;

/**
 * Carries out what `erase` events ask for: one signed call for each product, again with the same key until it is answered.
 * Each step is in the audit log before it is done, and each outcome before it counts. Throws where an option is wrong.
 *
 * @example
 * const erasure = createErasureHandler({ products: ['crm'], endpoint, secret, logSecret, store, log });
 * await consumer.run(erasure.handle);
 */
export function createErasureHandler(options: ErasureOptions): ErasureHandler {
  const settings = resolveOptions(options);
  const { endpoint, store, attempts, runtime, subtle } = settings;
  const products = [...new Set(settings.products)];
  const hash = createHash(subtle, settings.logSecret);
  const trail = createAuditTrail(settings.log, hash, runtime);
  // Of the address only where it leads to: a query may hold a secret.
  const { origin, pathname } = new URL(endpoint);
  const calling = { ...settings, url: endpoint };
  const backoff = { retryBaseMs: settings.retryDelayMs, retryMaxMs: MAX_WAIT_MS };
  /** Open requests whose receipt this handler has written down. */
  const noted = new Set<string>();
  /** Who works on a request: a call that was given up may still be under way. */
  const working = new Map<string, Promise<unknown>>();
  /** Before that the endpoint does not want to be called, on the clock that never jumps. */
  let notBefore = Number.NEGATIVE_INFINITY;

  const named = settings.logIds ? async <Ids>(ids: Ids): Promise<Ids> => ids : hashIds;

  /** One after the other for each key, so that what the first has done the second finds. */
  function alone<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = working.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(
      () => {},
      () => {},
    );
    working.set(key, settled);
    void settled.then(() => {
      if (working.get(key) === settled) working.delete(key);
    });
    return result;
  }

  async function note(record: ConsumedEvent, kind: string, more: object): Promise<void> {
    const askedBy = await named(senderOf(record.event), hash);
    await trail.write(kind, { ...more, ...factsOf(record), askedBy });
  }

  /** What is nobody's to carry out, or nobody's here. */
  async function passOver(record: ConsumedEvent, asked: PassedOver): Promise<void> {
    const { kind: status, key, reason } = asked;
    if (await store.get(key)) return;
    await note(record, status, { key, reason });
    await store.put({ key, status, at: runtime.now(), reason });
  }

  async function carryOut(
    record: ConsumedEvent,
    request: ErasureRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const { key, product } = request;
    if (await store.get(key)) return;
    if (!noted.has(key)) {
      const subject = await named(request.subject, hash);
      await note(record, 'received', { key, product, subject });
      noted.add(key);
    }
    await settle(request, signal);
    noted.delete(key);
  }

  /** Until it has an end that is written down. Rejects where it has none yet. */
  async function settle(request: ErasureRequest, signal: AbortSignal): Promise<ErasureStatus> {
    const { key } = request;
    const pause = createPause(runtime.delay, signal);
    for (let attempt = 1; ; attempt++) {
      const waitMs = Math.ceil(notBefore - runtime.monotonic());
      if (waitMs > MAX_WAIT_MS) {
        throw unfinished(request, `the endpoint wants no call within ${waitMs} ms`);
      }
      if (waitMs > 0) await pause(waitMs);
      if (signal.aborted) throw unfinished(request, `${signal.reason}`);
      const { outcome, reason, retryAfterMs = 0 } = await call(request, signal);
      if (outcome !== 'retry') {
        const parked = outcome === 'parked' && { reason, request };
        await store.put({ key, status: outcome, at: runtime.now(), ...parked });
        return outcome;
      }
      notBefore = Math.max(notBefore, runtime.monotonic() + boundedWaitMs(retryAfterMs));
      if (attempt >= attempts) throw unfinished(request, `${reason}`);
      await pause(backoffMs(attempt, backoff, runtime.random));
    }
  }

  async function call(request: ErasureRequest, signal: AbortSignal): Promise<Outcome> {
    const { key, product } = request;
    const facts = { key, product, endpoint: origin + pathname };
    // First: a call that nobody wrote down would be none to an auditor.
    const number = await trail.write('called', facts);
    const answer = await callEndpoint(calling, { key, body: JSON.stringify(request), signal });
    const { outcome, status = null, reason } = answer;
    await trail.write('answered', { key, product, call: number, outcome, status, reason });
    return answer;
  }

  async function erase(record: ConsumedEvent, signal: AbortSignal): Promise<void> {
    const asked = await readRequests(record.event, products, subtle);
    if (asked.kind !== 'requests') return alone(asked.key, () => passOver(record, asked));
    const failures: unknown[] = [];
    // Each by itself: one product that is away does not keep the others.
    for (const request of asked.requests) {
      const done = alone(request.key, () => carryOut(record, request, signal));
      await done.catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async function park(request: ErasureRequest, reason: string): Promise<void> {
    const { key, product } = request;
    if (await store.get(key)) return;
    await trail.write('parked', { key, product, reason });
    await store.put({ key, status: 'parked', at: runtime.now(), reason, request });
    noted.delete(key);
  }

  return {
    async handle(records, { signal }) {
      for (const record of records) if (isErasure(record)) await erase(record, signal);
    },
    async park({ record, error }) {
      if (!isErasure(record)) throw error;
      const asked = await readRequests(record.event, products, subtle);
      if (asked.kind !== 'requests') return alone(asked.key, () => passOver(record, asked));
      for (const request of asked.requests) {
        await alone(request.key, () => park(request, `${error}`));
      }
    },
    async retryParked(signal = new AbortController().signal) {
      const report = { done: 0, parked: 0 };
      const failures: unknown[] = [];
      for (const { key, request } of await store.parked()) {
        if (!request) continue;
        const settled = alone(key, () => settle(request, signal));
        await settled.then(
          (status) => report[status as keyof RetryReport]++,
          (error: unknown) => failures.push(error),
        );
      }
      if (failures.length > 0) throw failures[0];
      return report;
    },
  };
}

function isErasure(record: ConsumedRecord): record is ConsumedEvent {
  return record.event?.type === 'erase';
}

function unfinished({ product, key }: ErasureRequest, reason: string): RivuletError {
  return new RivuletError('erasure_failed', `erasure from ${product}, key ${key}: ${reason}`);
}
