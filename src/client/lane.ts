import type { EventFields } from '../capture/types.ts';
import { encodeBase64url } from '../protocol/base64url.ts';
import { BYTES_PER_UNIT, isLongerThan, joinBytes } from '../protocol/bytes.ts';
import type {
  DropProperties,
  DropReason,
  EventType,
  LaneRange,
  Priority,
} from '../protocol/event.ts';
import { MAX_DROP_RANGES, MAX_EVENT_BYTES } from '../protocol/limits.ts';
import type { Segment, SegmentLog } from '../queue/types.ts';
import { attempt } from '../runtime.ts';
import type { ContextReader } from './context.ts';
import type { Emitter } from './emitter.ts';
import type { ResolvedOptions } from './options.ts';

/** Each write is a transaction: ten a second at most, or the page pays more for the writes than for the events. */
const WRITE_INTERVAL_MS = 100;
/** 60 bits: no two page loads of a client share a lane. */
const LANE_LENGTH = 10;

/** The numbered sequence of one page load: serialises events into the open segment, and writes segments to the log. */
export interface Lane {
  readonly id: string;
  /** The last number given. */
  readonly captured: () => number;
  /** Events that the log does not know of yet. */
  readonly unwritten: () => number;
  readonly add: (type: EventType, fields: EventFields, priority?: Priority) => void;
  /**
   * Counts an event that is not kept: it gets its number, and its declaration, with the next write. One that waits causes
   * none: where all is left out, that is when the page is hidden, and the declaration one for all of them.
   */
  readonly leaveOut: (reason: DropReason, waits?: boolean) => void;
  /** Ends the open segment: what follows has another context. */
  readonly cut: () => void;
  /** Says on the stream what is missing, of any lane. Resolves when that is in the log. */
  readonly declare: (reason: DropReason, ranges: readonly LaneRange[]) => Promise<void>;
  /** Hands over everything in this very turn, once the context is known. Resolves when it is in the log. */
  readonly write: () => Promise<void>;
  /** How far this lane's clock is ahead of the one on the wall, which was set back meanwhile. */
  readonly aheadMs: () => number;
}

export interface LaneSetting
  extends Pick<Emitter, 'emit'>,
    /** What a segment may hold. */
    Pick<ResolvedOptions, 'runtime' | 'maxBatchEvents' | 'maxBatchBytes'> {
  readonly log: Pick<SegmentLog, 'append'>;
  readonly context: ContextReader;
  /** Nothing is written before, and the context is not known. */
  readonly ready: Promise<unknown> | undefined;
  /** Puts off until then, in the order of the calls. */
  readonly whenKnown: (step: () => void) => void;
  /** Whether the page may end with this task, or a timer may never fire. */
  readonly isLeaving: () => unknown;
  /** These are with the log, in this very turn, and on their way to the disk. */
  readonly onHandOver: (segments: readonly Segment[]) => void;
  readonly onLogged: (segment: Segment) => void;
}

interface OpenSegment {
  readonly facts: Omit<Segment, 'count' | 'body' | 'context'> & { context: string };
  readonly key: unknown;
  readonly lines: string[];
  units: number;
}

export function createLane(setting: LaneSetting): Lane {
  const { runtime, maxBatchEvents, maxBatchBytes, context, ready, isLeaving, emit } = setting;
  const id = encodeBase64url(runtime.randomBytes(LANE_LENGTH)).slice(0, LANE_LENGTH);
  /** Numbers of the events that declare a rejection. */
  const rejections = new Set<number>();
  const leftOut = new Map<DropReason, number>();
  let captured = 0;
  let unwritten = 0;
  let open: OpenSegment | undefined;
  let waiting: Segment[] = [];
  let pending = ready;
  let lastWrite = Promise.resolve();
  let writtenAt = Number.NEGATIVE_INFINITY;
  let scheduled: (() => void) | undefined;
  let aheadMs = 0;
  let lastAt = 0;
  /** By how much the lane's clock was ahead of the monotonic one, with the last write. */
  let apartMs = 0;

  ready?.then(() => {
    pending = undefined;
    schedule();
  });

  /** Never goes back: a wall clock that does is followed no more, and time passes as the monotonic one says. */
  function clock(): number {
    const wall = runtime.now();
    if (wall + aheadMs < lastAt) {
      aheadMs = Math.max(lastAt, Math.round(apartMs + runtime.monotonic())) - wall;
    }
    lastAt = wall + aheadMs;
    return lastAt;
  }

  function add(type: EventType, fields: EventFields, given?: Priority): void {
    const at = clock();
    // A circle, a BigInt or a getter throws.
    const line = attempt(() => JSON.stringify({ type, timestamp: at, ...fields }));
    if (!line || isLongerThan(line, MAX_EVENT_BYTES)) {
      leaveOut(line ? 'too_large' : 'not_serialisable');
      return;
    }
    const priority = given === 'high' || given === 'low' ? given : undefined;
    const key = context.key();
    if (open && (open.key !== key || open.facts.priority !== priority || isFull(open, line))) cut();
    if (!open) {
      const facts = {
        ...{ lane: id, first: captured + 1, context: '' },
        // By the wall's clock, like whatever it is compared with.
        createdAt: at - aheadMs,
        ...(priority && { priority }),
      };
      setting.whenKnown(() => {
        facts.context = context.read();
      });
      open = { facts, key, lines: [], units: 0 };
    }
    open.lines.push(line);
    open.units += line.length + 1;
    captured++;
    unwritten++;
    schedule();
    emit('captured', { lane: id, seq: captured, type, at, event: fields.event });
  }

  function isFull({ lines, units }: OpenSegment, line: string): boolean {
    return lines.length >= maxBatchEvents || (units + line.length) * BYTES_PER_UNIT > maxBatchBytes;
  }

  function leaveOut(reason: DropReason, waits?: boolean): void {
    leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
    if (!waits) schedule();
  }

  /**
   * What was left out since the last write gets its numbers in one run for each reason, so that the ledger counts it. A
   * segment has no holes: numbers given in between would cost one for each.
   */
  function numberLeftOut(): void {
    if (leftOut.size === 0) return;
    cut();
    const runs = [...leftOut].map(([reason, count]) => {
      const range = { lane: id, first: captured + 1, count };
      captured += count;
      return [reason, [range]] as const;
    });
    leftOut.clear();
    for (const run of runs) note(...run);
  }

  function note(reason: DropReason, ranges: readonly LaneRange[]): void {
    const lanes = new Map<string, [number, number][]>();
    for (const { lane, first, count } of ranges) {
      const runs = lanes.get(lane) ?? [];
      lanes.set(lane, runs);
      runs.push([first, count]);
      // These two were told when they were decided.
      if (reason !== 'rejected' && reason !== 'consent') {
        emit('dropped', { lane, first, count, reason });
      }
    }
    for (const [lane, runs] of lanes) {
      for (let from = 0; from < runs.length; from += MAX_DROP_RANGES) {
        const ranges = runs.slice(from, from + MAX_DROP_RANGES);
        if (reason === 'rejected') rejections.add(captured + 1);
        add('drop', { properties: { lane, ranges, reason } satisfies DropProperties }, 'high');
      }
    }
  }

  function declare(reason: DropReason, ranges: readonly LaneRange[]): Promise<void> {
    // A rejected declaration of a rejection is not declared: that would have no end.
    const news = ranges.filter((range) => reason !== 'rejected' || !isRejection(range));
    note(reason, news);
    return write();
  }

  /** Whether the range declares rejections and nothing else. */
  function isRejection({ lane, first, count }: LaneRange): boolean {
    for (let seq = first; seq < first + count; seq++) {
      if (lane !== id || !rejections.has(seq)) return false;
    }
    return true;
  }

  function cut(): void {
    if (!open) return;
    const { facts, lines } = open;
    const body = joinBytes(lines.join('\n'));
    // The same object: its context may come later.
    waiting.push(Object.assign(facts, { count: lines.length, body }));
    open = undefined;
  }

  function schedule(): void {
    if (scheduled || pending) return;
    const waitMs = isLeaving() ? 0 : writtenAt + WRITE_INTERVAL_MS - runtime.monotonic();
    if (waitMs > 0) {
      scheduled = runtime.delay(write, waitMs);
    } else {
      scheduled = () => {};
      // A microtask: on disk before anything else that this task began.
      Promise.resolve().then(write);
    }
  }

  function write(): Promise<void> {
    if (pending) return pending.then(write);
    numberLeftOut();
    scheduled?.();
    scheduled = undefined;
    cut();
    if (waiting.length === 0) return lastWrite;
    const segments = waiting;
    waiting = [];
    writtenAt = runtime.monotonic();
    apartMs = clock() - writtenAt;
    // The log counts what it was handed.
    unwritten = 0;
    const written = setting.log.append(segments).then(() => segments.forEach(setting.onLogged));
    setting.onHandOver(segments);
    lastWrite = Promise.all([lastWrite, written]).then(() => {});
    return lastWrite;
  }

  return {
    id,
    captured: () => captured,
    unwritten: () => unwritten,
    add,
    leaveOut,
    cut,
    declare,
    write,
    aheadMs() {
      clock();
      return aheadMs;
    },
  };
}
