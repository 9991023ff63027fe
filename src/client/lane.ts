import { encodeBase64url } from '../protocol/base64url.ts';
import type { CapturedEvent, DropReason, EventType, LaneRange } from '../protocol/event.ts';
import { MAX_EVENT_BYTES } from '../protocol/limits.ts';
import type { Segment } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Emitter } from './emitter.ts';

/** Each write is a transaction: ten a second at most, or the page pays more for the writes than for the events. */
const WRITE_INTERVAL_MS = 100;
/** After a refused write: a full disk or a lost handle does not mend in 100 ms. */
const WRITE_RETRY_MS = 1000;
/** The most UTF-8 bytes that one UTF-16 unit becomes. Units are counted for nothing, bytes cost an encoding. */
const BYTES_PER_UNIT = 3;
/** 60 bits: no two page loads of a client share a lane. */
const LANE_LENGTH = 10;

type Fields = Omit<CapturedEvent, 'type' | 'timestamp'>;
/** What is `undefined` is left out. */
export type EventFields = { readonly [Name in keyof Fields]: Fields[Name] | undefined };

/** The numbered sequence of one page load: serialises events into the open segment, and writes segments to the log. */
export interface Lane {
  readonly id: string;
  /** The last number given. */
  readonly captured: () => number;
  /** Events that are not in the log yet. */
  readonly unwritten: () => number;
  readonly add: (type: EventType, fields: EventFields) => void;
  /** Ends the open segment: what follows has another context. */
  readonly cut: () => void;
  /** Says on the stream that a range was rejected. Resolves when that is in the log. */
  readonly declareRejected: (range: LaneRange) => Promise<void>;
  /** Hands over everything in this very turn. Resolves when it is in the log, or when the log has refused it. */
  readonly write: () => Promise<void>;
}

export interface LaneSetting {
  readonly runtime: Runtime;
  /** What a segment may hold. */
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly context: {
    /** Changes when the page does. */
    readonly key: () => unknown;
    readonly read: () => string;
  };
  readonly append: (segments: readonly Segment[]) => Promise<void>;
  /** Whether the page may end with this task, or a timer may never fire. */
  readonly isLeaving: () => unknown;
  readonly onLogged: (segment: Segment) => void;
  readonly emitter: Emitter;
}

interface OpenSegment {
  readonly facts: Omit<Segment, 'count' | 'body'>;
  readonly key: unknown;
  readonly lines: string[];
  units: number;
}

export function createLane(setting: LaneSetting): Lane {
  const { runtime, maxBatchEvents, maxBatchBytes, context, append, isLeaving, onLogged } = setting;
  const { emit, fail } = setting.emitter;
  const id = encodeBase64url(runtime.randomBytes(LANE_LENGTH)).slice(0, LANE_LENGTH);
  const encoder = new TextEncoder();
  const declarations = new Set<number>();
  let captured = 0;
  let unwritten = 0;
  let open: OpenSegment | undefined;
  let waiting: Segment[] = [];
  let writes = 0;
  let lastWrite = Promise.resolve();
  let writtenAt = Number.NEGATIVE_INFINITY;
  let failing = false;
  let scheduled: (() => void) | undefined;

  function add(type: EventType, fields: EventFields): void {
    const at = runtime.now();
    let line: string;
    try {
      line = JSON.stringify({ type, timestamp: at, ...fields });
    } catch {
      // A circle, a BigInt or a getter that throws.
      lose('not_serialisable');
      return;
    }
    if (isTooLarge(line)) {
      lose('too_large');
      return;
    }
    const key = context.key();
    if (open && (open.key !== key || isFull(open, line))) cut();
    open ??= {
      facts: { lane: id, first: captured + 1, createdAt: at, context: context.read() },
      key,
      lines: [],
      units: 0,
    };
    open.lines.push(line);
    open.units += line.length + 1;
    captured++;
    unwritten++;
    schedule();
    emit('captured', { lane: id, seq: captured, type, at, event: fields.event });
  }

  function isTooLarge(line: string): boolean {
    return (
      line.length * BYTES_PER_UNIT > MAX_EVENT_BYTES &&
      encoder.encode(line).length > MAX_EVENT_BYTES
    );
  }

  function isFull({ lines, units }: OpenSegment, line: string): boolean {
    return lines.length >= maxBatchEvents || (units + line.length) * BYTES_PER_UNIT > maxBatchBytes;
  }

  /** The lost event keeps its number, so that the ledger counts it; a segment has no holes, so that one ends here. */
  function lose(reason: DropReason): void {
    cut();
    captured++;
    const range = { lane: id, first: captured, count: 1 };
    declare(range, reason);
    emit('dropped', { ...range, reason });
  }

  function declare(range: LaneRange, reason: DropReason): void {
    declarations.add(captured + 1);
    add('drop', { properties: { ...range, reason } });
  }

  async function declareRejected(range: LaneRange): Promise<void> {
    // A declaration that is itself rejected is not declared: that would have no end.
    if (isDeclared(range)) return;
    declare(range, 'rejected');
    await write();
  }

  /** Whether the range holds declarations and nothing else. */
  function isDeclared({ lane, first, count }: LaneRange): boolean {
    for (let seq = first; seq < first + count; seq++) {
      if (lane !== id || !declarations.has(seq)) return false;
    }
    return true;
  }

  function cut(): void {
    if (!open) return;
    const { facts, lines } = open;
    waiting.push({ ...facts, count: lines.length, body: encoder.encode(lines.join('\n')) });
    open = undefined;
  }

  function schedule(): void {
    if (scheduled) return;
    const dueAt = writtenAt + (failing ? WRITE_RETRY_MS : WRITE_INTERVAL_MS);
    const waitMs = isLeaving() ? 0 : dueAt - runtime.monotonic();
    if (waitMs > 0) {
      scheduled = runtime.delay(writeScheduled, waitMs);
    } else {
      scheduled = () => {};
      // A microtask: on disk before anything else that this task began.
      Promise.resolve().then(writeScheduled);
    }
  }

  function writeScheduled(): void {
    scheduled = undefined;
    // One write after the other keeps the lane's order when the first fails; a page that ends cannot wait for that.
    if (writes === 0 || isLeaving()) write();
  }

  function write(): Promise<void> {
    scheduled?.();
    scheduled = undefined;
    cut();
    if (waiting.length === 0) return lastWrite;
    const segments = waiting;
    waiting = [];
    writes++;
    writtenAt = runtime.monotonic();
    lastWrite = append(segments)
      .then(
        () => {
          failing = false;
          for (const segment of segments) {
            unwritten -= segment.count;
            onLogged(segment);
          }
        },
        (cause: unknown) => {
          waiting = segments.concat(waiting);
          if (!failing) fail('storage_failed', 'log: refused a write', cause);
          failing = true;
        },
      )
      .then(() => {
        writes--;
        if (unwritten > 0) schedule();
      });
    return lastWrite;
  }

  return {
    id,
    captured: () => captured,
    unwritten: () => unwritten,
    add,
    cut,
    declareRejected,
    write,
  };
}
