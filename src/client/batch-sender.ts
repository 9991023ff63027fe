import type { ErrorCode } from '../errors.ts';
import { encodeHead } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import {
  type BatchAnswer,
  isBatchAnswer,
  type RejectionCode,
  reactionTo,
} from '../protocol/receipt.ts';
import type { RemoteConfig } from '../protocol/session.ts';
import { type BatchPlan, planBatch } from '../queue/batch-planner.ts';
import type { SegmentLog } from '../queue/types.ts';
import { compress } from '../transport/compress.ts';
import type { Answer, Transport } from '../transport/fetch-transport.ts';
import { backoffMs, boundedWaitMs, MAX_WAIT_MS } from '../transport/retry.ts';
import type { Signer } from '../transport/signer.ts';
import type { Emitter } from './emitter.ts';
import { encodeBatch } from './encode-batch.ts';
import type { ResolvedOptions } from './options.ts';
import { SDK } from './sdk.ts';
import type { Session, Sessions } from './session.ts';
import type { Pause } from './types.ts';

/**
 * - `more`: it went its way, go on
 * - `later`: what is left is young, and can wait for company
 * - `empty`: nothing is left
 * - else why to stop sending for now
 */
export type Outcome = 'more' | 'later' | 'empty' | Pause;

export interface BatchSender {
  /** Sends the head of the log, and settles what the answer says. */
  readonly sendNext: (capturedUntil: number) => Promise<Outcome>;
  readonly configure: (config: RemoteConfig) => void;
  readonly limits: () => { maxEvents: number; maxBytes: number; flushIntervalMs: number };
  readonly counts: () => { stored: number; rejected: number };
  /** Another tab sends from now on: what this one holds may be stored by the time that it is back. */
  readonly letGo: () => void;
}

export interface SenderSetting {
  readonly options: ResolvedOptions;
  readonly log: SegmentLog;
  readonly sessions: Sessions;
  readonly transport: Transport;
  readonly sign: Signer;
  readonly isOffline: () => boolean;
  /** Leaves word of a rejected run on the stream; resolves when that is in the log. */
  readonly declareRejected: (range: LaneRange) => Promise<void>;
  readonly emitter: Emitter;
}

/** A batch as it travels. Kept until its outcome is known: the same bytes go again. */
interface Prepared {
  readonly ranges: readonly LaneRange[];
  readonly events: number;
  readonly bytes: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  attempts: number;
}

export function createBatchSender(setting: SenderSetting): BatchSender {
  const { options, log, sessions, transport, sign } = setting;
  const { emit, fail } = setting.emitter;
  const { runtime } = options;
  let config: RemoteConfig = {};
  let pauseMs = 0;
  let held: Prepared | undefined;
  let settled: LaneRange[] = [];
  let failures = 0;
  let wasRenewed = false;
  let splitEvents = MAX_BATCH_EVENTS;
  let splitBytes = MAX_BATCH_BYTES;
  let stored = 0;
  let rejected = 0;

  function limits() {
    const remote = (name: keyof RemoteConfig & keyof ResolvedOptions, most: number): number => {
      const value = config[name];
      return Math.min(value && value > 0 ? value : options[name], most);
    };
    return {
      maxEvents: remote('maxBatchEvents', splitEvents),
      maxBytes: remote('maxBatchBytes', splitBytes),
      flushIntervalMs: remote('flushIntervalMs', MAX_WAIT_MS),
    };
  }

  function configure(next: RemoteConfig): void {
    config = next;
    pauseMs = next.pauseMs || 0;
  }

  async function sendNext(capturedUntil: number): Promise<Outcome> {
    await settle();
    const bounds = limits();
    const head = held ? [] : await log.read(bounds);
    const plan = planBatch(head, bounds);
    if (!held) {
      const [oldest] = head;
      if (!oldest) return 'empty';
      if (oldest.createdAt > capturedUntil && plan.events < bounds.maxEvents) return 'later';
    }
    const session = await sessions.current();
    if ('status' in session) return refused(session);
    if (pauseMs > 0) return takePause();
    held ??= await prepare(plan, session);
    return send(held, session);
  }

  async function prepare({ pieces, events }: BatchPlan, session: Session): Promise<Prepared> {
    const ranges = pieces.map(({ lane, first, count }) => ({ lane, first, count }));
    const bytes = encodeBatch({ sdk: SDK, clockOffset: session.clockOffsetMs }, pieces);
    const payload = await compress(bytes, options.compressAboveBytes);
    return { ranges, events, bytes: bytes.length, payload, attempts: 0 };
  }

  async function send(batch: Prepared, session: Session): Promise<Outcome> {
    const { token, key, clockOffsetMs } = session;
    const sentAt = Math.round(runtime.now() + clockOffsetMs);
    const signature = await sign(key, sentAt, batch.payload);
    const body = joinBytes(encodeHead({ token, sentAt, signature }), batch.payload);
    emit('sending', {
      ranges: batch.ranges,
      bytes: batch.bytes,
      wireBytes: body.length,
      attempt: ++batch.attempts,
      at: runtime.now(),
    });
    const answer = await transport(`${options.endpoint}/v1/batch`, body);
    return answer.status === 200 && isBatchAnswer(answer.body)
      ? accept(batch, answer.body)
      : refused(answer, batch);
  }

  async function accept(batch: Prepared, answer: BatchAnswer): Promise<Outcome> {
    held = undefined;
    wasRenewed = false;
    if (answer.config) configure(answer.config);
    let unsettled = batch.events;
    let afterMs = 0;
    for (const receipt of answer.receipts) {
      emit('receipt', { receipt, at: runtime.now() });
      if (receipt.status === 'retry') {
        afterMs = Math.max(afterMs, receipt.after || 0);
        continue;
      }
      for (const sent of batch.ranges) {
        const range = overlap(sent, receipt);
        if (!range) continue;
        unsettled -= range.count;
        if (receipt.status === 'rejected') await reject(range, receipt.code, receipt.reason);
        else stored += range.count;
        settled.push(range);
      }
    }
    await settle();
    failures = unsettled < batch.events ? 0 : failures + 1;
    if (unsettled > 0) return wait(afterMs);
    splitEvents = Math.min(splitEvents * 2, MAX_BATCH_EVENTS);
    return pauseMs > 0 ? takePause() : 'more';
  }

  /** In one transaction, and again before anything else where that failed: what is stored must not be sent twice. */
  async function settle(): Promise<void> {
    if (settled.length > 0) await log.settle(settled);
    settled = [];
  }

  /** The declaration goes first: a page that ends in between declares twice, which is better than not at all. */
  async function reject(range: LaneRange, code: RejectionCode, reason: string): Promise<void> {
    rejected += range.count;
    emit('rejected', { ...range, code, reason });
    await setting.declareRejected(range);
  }

  async function refused({ status, body, afterMs }: Answer, batch?: Prepared): Promise<Outcome> {
    if (!status && setting.isOffline()) return { reason: 'offline' };
    const isOurs = typeof body.code === 'string';
    const code = (isOurs ? body.code : status ? 'answer_invalid' : 'network') as ErrorCode;
    const reason = `${batch ? 'batch' : 'session'}: expected an answer, got ${status} ${body.reason ?? code}`;
    fail(code, reason);
    const reaction = reactionTo(status);
    if (reaction === 'stop') return { reason: 'refused', code };
    if (reaction === 'renew') {
      sessions.forget();
      if (batch && !wasRenewed) {
        wasRenewed = true;
        return 'more';
      }
    }
    if (reaction === 'split' && batch) {
      held = undefined;
      splitEvents = Math.ceil(batch.events / 2);
      if (status === 413) splitBytes = Math.max(1024, Math.ceil(batch.bytes / 2));
      if (batch.events > 1) return 'more';
      // A 400 that is not the relay's says nothing about the event: a proxy's word deletes nothing.
      if (isOurs || status === 413) {
        const range = batch.ranges[0] as LaneRange;
        await reject(range, status === 413 ? 'event_too_large' : 'not_an_event', reason);
        settled.push(range);
        return 'more';
      }
    }
    failures++;
    return { ...wait(afterMs), reason: status ? 'backoff' : 'unreachable', code };
  }

  function wait(afterMs = 0): Pause {
    const jitterMs = failures > 0 ? backoffMs(failures, options, runtime.random) : 0;
    const waitMs = boundedWaitMs(Math.max(afterMs, jitterMs));
    return { reason: 'backoff', until: runtime.now() + waitMs };
  }

  function takePause(): Pause {
    const waitMs = pauseMs;
    pauseMs = 0;
    return wait(waitMs);
  }

  function letGo(): void {
    held = undefined;
  }

  return { sendNext, configure, limits, counts: () => ({ stored, rejected }), letGo };
}

/** What two runs share. A receipt for anything that was not sent settles nothing. */
function overlap(one: LaneRange, other: LaneRange): LaneRange | undefined {
  const { lane } = one;
  const first = Math.max(one.first, other.first);
  const count = Math.min(one.first + one.count, other.first + other.count) - first;
  return lane === other.lane && count > 0 ? { lane, first, count } : undefined;
}
