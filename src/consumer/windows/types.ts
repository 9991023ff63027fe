import type { Runtime } from '../../runtime.ts';
import type { ConsumedEvent, ConsumedRecord, ShardState } from '../types.ts';

/** A field of an event: its path, such as `properties.total` or `context.page.path`, or what finds it. */
export type Field = string | ((record: ConsumedEvent) => unknown);

/** What a window keeps of one figure, as `count`, `sum` or `percentiles` make it. `createMeasure` makes one of your own. */
export interface Measure<Result> {
  /** Of an empty window. */
  readonly create: () => unknown;
  /** Counts an event in. What it throws is counted as `unreadable`; the tally must then be as it was. */
  readonly add: (tally: unknown, record: ConsumedEvent) => void;
  /** Counts another tally of the same measure in. That one stays as it is. */
  readonly merge: (tally: unknown, other: unknown) => void;
  readonly read: (tally: unknown, sizeMs: number) => Result;
}

export type Measures = Readonly<Record<string, Measure<unknown>>>;

/** The figures of a window, by the names that its measures have. */
export type Values<M extends Measures> = {
  readonly [Name in keyof M]: ReturnType<M[Name]['read']>;
};

export interface WindowOptions<M extends Measures> {
  /** The length of a window, in milliseconds. They begin at its multiples since 1970, in UTC. */
  readonly sizeMs: number;
  /**
   * From the beginning of a window to the beginning of the next, in milliseconds: `sizeMs` in a whole number of parts, 1,000
   * at most.
   * @default sizeMs, so that they do not overlap
   */
  readonly slideMs?: number;
  /**
   * How long after the end of its slide an event may arrive and still count, in milliseconds: the client waits up to 5 s for
   * company, and a window is given so much later. What was captured offline is late whatever stands here.
   * @default 10000
   */
  readonly latenessMs?: number;
  /** Figures for each value of a field too: see `groups`. @default none */
  readonly by?: Field;
  readonly measures: M;
  /**
   * An event's time, in milliseconds since 1970. No event is later than its own arrival, whatever its clock says.
   * @default its `timestamp`, which is on the relay's clock
   */
  readonly time?: (record: ConsumedEvent) => number;
  /**
   * Gives no window that begins before, in milliseconds since 1970: with reading that begins `{ atTimestamp: since }`, the
   * first window is a whole one, and the windows are the same ones each time.
   * @default none
   */
  readonly since?: number;
  /** Groups of one slide, at most: events of further ones are in `other`. @default 1000 */
  readonly maxKeys?: number;
  /**
   * Groups of all open slides together, at most: windows are closed early to keep it. One holds 0.2 kB for a count, 10 kB for
   * six measures that have seen much.
   * @default 10000
   */
  readonly maxGroups?: number;
  /** A shard whose reads fail holds windows up for so long, in milliseconds; then its events may be late. @default 60000 */
  readonly patienceMs?: number;
  readonly runtime?: Pick<Runtime, 'now' | 'monotonic'>;
}

export interface WindowGroup<M extends Measures> {
  readonly events: number;
  readonly values: Values<M>;
}

/** Everything that a window has counted. */
export interface TimeWindow<M extends Measures> extends WindowGroup<M> {
  /** Included, in milliseconds since 1970. */
  readonly start: number;
  /** Not included. */
  readonly end: number;
  /** With `by`: the figures of each of its values. They are complete: what cannot be is in `other`. */
  readonly groups: ReadonlyMap<string, WindowGroup<M>>;
  /** The figures of all values of `by` for which there was no room. */
  readonly other: WindowGroup<M> | undefined;
}

/** A window that changes no more. */
export interface ClosedWindow<M extends Measures> extends TimeWindow<M> {
  /** Events that came too late for their windows since the last one was given. */
  readonly late: number;
  /**
   * - `watermark`: every shard was read past it, and the allowance for lateness too
   * - `memory`: early, because more would have been open than `maxGroups`
   * - `end`: early, because the reading ended
   */
  readonly closedBy: 'watermark' | 'memory' | 'end';
}

/**
 * - `counted`: in its windows
 * - `late`: its windows have been given, or it arrived more than `latenessMs` after its slide
 * - `before`: before `since`
 * - `untimed`: its time is no number
 * - `not_an_event`: a record of somebody else
 */
export type WindowVerdict = 'counted' | 'late' | 'before' | 'untimed' | 'not_an_event';

/** What became of all records. */
export interface WindowStats extends Readonly<Record<WindowVerdict, number>> {
  /** Values that a measure or `by` could not take, such as a text where a number belongs. The event counts for the others. */
  readonly unreadable: number;
  /** The first of them: where, what was expected, and what came. */
  readonly firstUnreadable: string | undefined;
  /** Events whose clock was ahead of their arrival: they count where they arrived. */
  readonly ahead: number;
  /** Windows that were closed before their time for want of memory. */
  readonly closedEarly: number;
  /** Groups that are held now, `other` ones included. */
  readonly groups: number;
  /** Up to where every shard was read, by the time of arrival, in milliseconds since 1970. `undefined` before anything. */
  readonly watermark: number | undefined;
  /** Shards that were not waited for any more when the watermark was asked for last. */
  readonly leftBehind: readonly string[];
}

/** What is asked of a shard. */
export type ShardProgress = Pick<
  ShardState,
  'shardId' | 'parents' | 'status' | 'isDrained' | 'lastReadAt' | 'millisBehindLatest'
>;

export interface Windows<M extends Measures> {
  /** Counts a record in. Never throws. */
  readonly add: (record: ConsumedRecord) => WindowVerdict;
  /**
   * The windows that are final by now, each given once, the oldest first. To be called again and again, with the consumer's
   * `shards()`, so that a shard to which nothing comes holds nothing up, and one that is still behind does. Without shards,
   * the records say how far reading has come, and one that is `patienceMs` behind the furthest holds nothing up.
   */
  readonly take: (shards?: readonly ShardProgress[]) => readonly ClosedWindow<M>[];
  /** The window that ends with the latest slide, as it is by now. */
  readonly current: () => TimeWindow<M> | undefined;
  /** All the rest, at the end of reading: `closedBy` is `end`. */
  readonly finish: () => readonly ClosedWindow<M>[];
  readonly stats: () => WindowStats;
}
