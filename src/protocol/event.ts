/** What an event is, as captured, and what it becomes on the stream. Field names are the Segment spec's. */

/** `drop` declares events that were left out on purpose, `erase` asks for the removal of a subject's data. */
export const EVENT_TYPES = [
  'track',
  'page',
  'identify',
  'group',
  'alias',
  'metric',
  'log',
  'error',
  'erase',
  'drop',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Anything that `JSON.stringify` takes: dates become text, functions and `undefined` vanish. */
export type Properties = Readonly<Record<string, unknown>>;

/** One line of a segment: an event as its lane captured it. Its number comes from its place, its identity from the segment. */
export interface CapturedEvent {
  readonly type: EventType;
  /** The client's own clock at capture, in milliseconds since 1970. */
  readonly timestamp: number;
  /** The name: of a `track`, a `metric`, a named `page`. */
  readonly event?: string;
  readonly properties?: Properties;
  /** Of an `identify` or a `group`. */
  readonly traits?: Properties;
  /** Of a `group`. */
  readonly groupId?: string;
  /** Of an `alias`: who the user was before. */
  readonly previousId?: string;
  /** Merged over the segment's context in the record. */
  readonly context?: Properties;
  /** A route of the source that is meant, whatever the event's name: not part of the record. */
  readonly route?: string;
}

/** What holds for every event of a segment, as it was when they were captured. */
export interface SegmentContext {
  /** The client id. Absent where the client keeps none: then it is the one of its session. */
  readonly anonymousId?: string;
  readonly userId?: string;
  readonly groupId?: string;
  readonly sessionId?: string;
  readonly page?: Properties;
  readonly screen?: Properties;
  readonly locale?: string;
  readonly timezone?: string;
  /**
   * Milliseconds to add to the client's clock to get the relay's, as known at capture: a clock that is set later does not
   * move what was captured before. Absent where no session was known yet: then the batch's holds.
   */
  readonly clockOffset?: number;
  readonly [field: string]: unknown;
}

/** Where an event stands: which lane, and its number there, counted from 1 without a hole. */
export interface Position {
  readonly lane: string;
  readonly seq: number;
}

/** A run of consecutive events of one lane: `first`, `first + 1`, … , `first + count - 1`. */
export interface LaneRange {
  readonly lane: string;
  readonly first: number;
  readonly count: number;
}

/** Which events a full queue gives up last: an alarm is `high`, a heartbeat `low`. */
export type Priority = 'low' | 'normal' | 'high';

/** Why events were left out on purpose. */
export const DROP_REASONS = [
  'queue_full',
  'too_old',
  'too_large',
  'not_serialisable',
  'sampled',
  'rate_limited',
  'consent',
  'middleware',
  'rejected',
  'storage_lost',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** The properties of a `drop` event: what is missing from a lane, and by whose decision. */
export interface DropProperties {
  readonly lane: string;
  /** Runs of consecutive numbers: the first, and how many. At most `MAX_DROP_RANGES`. */
  readonly ranges: readonly (readonly [first: number, count: number])[];
  readonly reason: DropReason;
}

/** Whose data an `erase` event asks to remove: by one of both ids, or by both where they are the same person's. */
export interface ErasureSubject {
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
}

/** The properties of an `erase` event. */
export interface EraseProperties {
  readonly subject: ErasureSubject;
  /** Names of the systems that are meant, at most `MAX_ERASE_PRODUCTS`. Absent: every one. */
  readonly products?: readonly string[] | undefined;
}

/** One event on the stream: self-contained JSON. Times are ISO 8601. */
export interface StreamRecord {
  readonly type: EventType;
  /** `<lane>.<seq>`: the same for every copy of the event. */
  readonly messageId: string;
  readonly anonymousId: string;
  readonly userId: string | null;
  readonly groupId?: string;
  readonly previousId?: string;
  readonly event?: string;
  readonly properties?: Properties;
  readonly traits?: Properties;
  readonly context: Properties;
  /** The client's own clock at capture. */
  readonly originalTimestamp: string;
  /** The same moment on the relay's clock: `originalTimestamp` and the client's measured offset. */
  readonly timestamp: string;
  /** When the client sent the batch, on the relay's clock. */
  readonly sentAt: string;
  /** When the relay received it. */
  readonly receivedAt: string;
  readonly rivulet: {
    readonly lane: string;
    readonly seq: number;
    readonly source: string;
    /** Where the event is not as the source's tracking plan has it, when the plan only observes. */
    readonly violations?: readonly string[];
  };
}

export function messageIdOf({ lane, seq }: Position): string {
  return `${lane}.${seq}`;
}

/** Lane ids are random base64url. The bounds keep a message id short and a lane unguessable. */
const LANE = /^[A-Za-z0-9_-]{8,32}$/;

export function isLane(value: unknown): value is string {
  return typeof value === 'string' && LANE.test(value);
}

export function isEventType(value: unknown): value is EventType {
  return EVENT_TYPES.includes(value as EventType);
}
