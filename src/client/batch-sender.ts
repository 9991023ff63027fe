import type { ErrorCode } from '../errors.ts';
import { encodeHead } from '../protocol/batch.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { LaneRange } from '../protocol/event.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { type BatchAnswer, isBatchAnswer, reactionTo } from '../protocol/receipt.ts';
import type { RemoteConfig } from '../protocol/session.ts';
import { type BatchPlan, planBatch } from '../queue/batch-planner.ts';
import { overlap } from '../queue/lane-range.ts';
import type { Segment, SegmentLog } from '../queue/types.ts';
import { compress } from '../transport/compress.ts';
import { type Answer, MAX_KEEPALIVE_BYTES, type Transport } from '../transport/fetch-transport.ts';
import { isOffline } from '../transport/offline.ts';
import { backoffMs, boundedWaitMs, MAX_WAIT_MS, spreadMs } from '../transport/retry.ts';
import { createSigner } from '../transport/signer.ts';
import type { Emitter } from './emitter.ts';
import { encodeBatch, type PreparedBatch, prepareBatch } from './encode-batch.ts';
import type { Lane } from './lane.ts';
import { endsAfter, type LaneEnds } from './lane-ends.ts';
import { createLogTail } from './log-tail.ts';
import type { ResolvedOptions } from './options.ts';
import type { QueueKeeper } from './queue-keeper.ts';
import type { Sample } from './sample.ts';
import { SDK } from './sdk.ts';
import type { Session, Sessions } from './session.ts';
import { createSettlement } from './settlement.ts';
import type { TabLock } from './tab-lock.ts';
import type { Pause } from './types.ts';

/**
 * How long a 403 is believed, at least: somebody has to change a setting, and may do so without a word to this page. A
 * client that never asked again would stay silent in every page that is open by then.
 */
const REFUSED_MS = 60 * 60_000;

/** A request that fails within it never left: the browser had no room for one that outlives its page. */
const AT_ONCE_MS = 100;

/** Less than this is not worth another try to leave with the page. */
const MIN_EARLY_BYTES = 1024;

/** Beside the events, and beside the token in their first, a body has two lines: they are shorter than this. */
const MAX_LINES_BYTES = 256;

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
  /**
   * Sends in this very turn, as the page may end with it. `undefined` where the head of the log is not at hand, or nobody
   * may send it without asking.
   */
  readonly sendAtOnce: () => Promise<Outcome> | undefined;
  /** Own segments that are handed to the log in this very turn. */
  readonly offer: (segments: readonly Segment[]) => void;
  /** Something else was written to the log. */
  readonly offerForeign: () => void;
  /** Events that are in the log no more, and are not to be sent: given up on purpose. */
  readonly forget: (range: LaneRange) => void;
  readonly configure: (config: RemoteConfig) => void;
  readonly limits: () => { maxEvents: number; maxBytes: number; flushIntervalMs: number };
  readonly counts: () => { stored: number; rejected: number };
  /** Another tab sends from now on: what this one holds may be stored by the time that it is back. */
  readonly letGo: () => void;
}

export interface SenderSetting extends ResolvedOptions, Pick<Emitter, 'emit' | 'fail'> {
  readonly log: Pick<SegmentLog, 'read' | 'settle' | 'exchange'>;
  readonly sessions: Sessions;
  readonly transport: Transport;
  readonly keeper: Pick<QueueKeeper, 'trim'>;
  readonly lane: Pick<Lane, 'declare'>;
  readonly lock: Pick<TabLock, 'confirm' | 'isSole'>;
  readonly sample: Pick<Sample, 'tell'>;
}

export function createBatchSender(setting: SenderSetting): BatchSender {
  const { runtime, log, sessions, transport, lock, emit, fail } = setting;
  const sign = createSigner(runtime.subtle);
  const tail = createLogTail(MAX_KEEPALIVE_BYTES);
  const settlement = createSettlement({ ...setting, tail });
  let config: RemoteConfig = {};
  let pauseMs = 0;
  let ends: LaneEnds | undefined;
  let held: PreparedBatch | undefined;
  /** Grows when another tab takes over: what was prepared before is not sent after. */
  let era = 0;
  let failures = 0;
  let wasRenewed = false;
  let splitEvents = MAX_BATCH_EVENTS;
  let splitBytes = MAX_BATCH_BYTES;

  function limits() {
    const remote = (name: keyof RemoteConfig & keyof ResolvedOptions, most: number): number => {
      const value = config[name];
      return Math.min(value && value > 0 ? value : setting[name], most);
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
    setting.sample.tell(!!next.sampledOut);
  }

  async function sendNext(capturedUntil: number): Promise<Outcome> {
    const startEra = era;
    await settlement.settle();
    if (!held && !sessions.valid()) {
      // A log without an event that is due needs no session.
      const rest = restOf(await log.read({ maxEvents: 1, maxBytes: 1 }), capturedUntil);
      if (rest) return rest;
    }
    const session = await sessions.current();
    if ('status' in session) return refused(session);
    if (pauseMs > 0) return takePause();
    const batch = held ?? (await prepareHead(capturedUntil, session));
    if (typeof batch === 'string') return batch;
    if (startEra !== era) return 'more';
    held = batch;
    if (!(await lock.confirm())) return { reason: 'follower' };
    return conclude(batch, await post(batch, session));
  }

  async function prepareHead(
    capturedUntil: number,
    session: Session,
  ): Promise<PreparedBatch | 'empty' | 'later'> {
    await setting.keeper.trim(session);
    ends = config.strictOrder
      ? (((await log.exchange('ends', (kept) => kept)) ?? {}) as LaneEnds)
      : undefined;
    const bounds = limits();
    const head = await tail.follow(() => log.read(bounds));
    const plan = planBatch(head, bounds);
    const rest = restOf(head, capturedUntil);
    if (rest && plan.events < bounds.maxEvents) return rest;
    const bytes = encodePlan(plan, session);
    const payload = await compress(bytes, setting.compressAboveBytes);
    return prepareBatch(plan, bytes.length, payload);
  }

  function sendAtOnce(): Promise<Outcome> | undefined {
    const session = sessions.valid();
    if (!session || held || !settlement.isSettled() || pauseMs > 0 || !lock.isSole()) return;
    return sendEarly(tail.segments(), session, MAX_KEEPALIVE_BYTES);
  }

  /** As many events as fit, from the first on. Nothing here waits before the request leaves. */
  function sendEarly(
    segments: readonly Segment[],
    session: Session,
    maxBytes: number,
  ): Promise<Outcome> | undefined {
    const room = maxBytes - session.token.length - MAX_LINES_BYTES;
    const plan = planBatch(segments, { ...limits(), maxBytes: room }, true);
    if (plan.events === 0) return undefined;
    const payload = encodePlan(plan, session);
    const batch = prepareBatch(plan, payload.length, payload);
    const startEra = era;
    const startedAt = runtime.monotonic();
    held = batch;
    return post(batch, session, true).then((answer) => {
      const nextBytes = batch.bytes / 2;
      const isAtOnce = !answer?.status && runtime.monotonic() - startedAt < AT_ONCE_MS;
      if (isAtOnce && nextBytes >= MIN_EARLY_BYTES) {
        const next = sendEarly(segments, session, nextBytes);
        if (startEra !== era) held = undefined;
        if (next) return next;
      }
      return conclude(batch, answer);
    });
  }

  const encodePlan = (plan: BatchPlan, { clockOffsetMs }: Session): PreparedBatch['payload'] =>
    encodeBatch({ sdk: SDK, clockOffset: clockOffsetMs, after: ends }, plan);

  /** In this very turn, for as few bytes as can leave with the page. Nothing comes of what is let go meanwhile. */
  async function post(
    batch: PreparedBatch,
    { token, key, clockOffsetMs }: Session,
    isLeaving?: boolean,
  ): Promise<Answer | undefined> {
    const sentAt = Math.round(runtime.now() + clockOffsetMs);
    let signature = sign(key, sentAt, batch.payload);
    if (typeof signature !== 'string') signature = await signature;
    // After the last wait: a page that stood still since may wake up in another tab's time.
    if (held !== batch) return undefined;
    const body = joinBytes(encodeHead({ token, sentAt, signature }), batch.payload);
    emit('sending', {
      ranges: batch.ranges,
      bytes: batch.bytes,
      wireBytes: body.length,
      attempt: ++batch.attempts,
      at: runtime.now(),
    });
    return transport(`${setting.endpoint}/v1/batch`, body, isLeaving);
  }

  async function conclude(batch: PreparedBatch, answer: Answer | undefined): Promise<Outcome> {
    if (!answer) return 'more';
    return answer.status === 200 && isBatchAnswer(answer.body)
      ? accept(batch, answer.body)
      : refused(answer, batch);
  }

  async function accept(batch: PreparedBatch, answer: BatchAnswer): Promise<Outcome> {
    held = undefined;
    wasRenewed = false;
    if (answer.config) configure(answer.config);
    sessions.compare(answer.now);
    const next = ends && endsAfter(answer.receipts, ends);
    if (next) log.exchange('ends', () => next).catch(() => {});
    const { unsettled, afterMs } = await settlement.accept(batch.ranges, answer.receipts);
    await settlement.settle();
    failures = unsettled < batch.events ? 0 : failures + 1;
    if (unsettled > 0) return wait(afterMs);
    splitEvents = Math.min(splitEvents * 2, MAX_BATCH_EVENTS);
    return pauseMs > 0 ? takePause() : 'more';
  }

  async function refused(
    { status, body, afterMs }: Answer,
    batch?: PreparedBatch,
  ): Promise<Outcome> {
    if (!status && isOffline(runtime)) return { reason: 'offline' };
    const isOurs = typeof body.code === 'string';
    const code = (isOurs ? body.code : status ? 'answer_invalid' : 'network') as ErrorCode;
    const reason = `${batch ? 'batch' : 'session'}: expected an answer, got ${status} ${body.reason ?? code}`;
    fail(code, reason);
    const reaction = reactionTo(status);
    if (reaction === 'stop') {
      const askedMs = Math.max(afterMs ?? 0, REFUSED_MS * (1 + runtime.random()));
      return { ...wait(askedMs), reason: 'refused', code };
    }
    if (reaction === 'renew') {
      sessions.forget();
      // Of a clock that is wrong, the relay says what it should be.
      sessions.compare(body.now as number);
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
        await settlement.reject(
          batch.ranges,
          status === 413 ? 'event_too_large' : 'not_an_event',
          reason,
        );
        return 'more';
      }
    }
    failures++;
    return { ...wait(afterMs), reason: status ? 'backoff' : 'unreachable', code };
  }

  /** At least as long as is asked for, and never as long as all others do. */
  function wait(afterMs = 0): Pause {
    const askedMs = boundedWaitMs(afterMs);
    const jitterMs = backoffMs(Math.max(failures, 1), setting, runtime.random);
    const waitMs = askedMs + Math.max(jitterMs, spreadMs(askedMs, runtime.random));
    return { reason: 'backoff', until: runtime.now() + waitMs };
  }

  function takePause(): Pause {
    const waitMs = pauseMs;
    pauseMs = 0;
    return wait(waitMs);
  }

  function letGo(): void {
    era++;
    held = undefined;
    tail.lose();
  }

  function forget(range: LaneRange): void {
    tail.drop(range);
    if (held?.ranges.some((sent) => overlap(sent, range))) held = undefined;
  }

  return {
    sendNext,
    sendAtOnce,
    offer: tail.add,
    offerForeign: tail.lose,
    forget,
    configure,
    limits,
    counts: settlement.counts,
    letGo,
  };
}

/** Why the log can wait with that head; nothing where it cannot. */
function restOf(
  [oldest]: readonly Segment[],
  capturedUntil: number,
): 'empty' | 'later' | undefined {
  if (!oldest) return 'empty';
  return oldest.createdAt > capturedUntil ? 'later' : undefined;
}
