import type { ConsumedEvent } from '../types.ts';
import { labelOf } from './field.ts';
import { resolveOptions } from './options.ts';
import { createTallying, type Group, openPane, type Pane, sizeOf, sumUp } from './panes.ts';
import type {
  ClosedWindow,
  Measures,
  TimeWindow,
  WindowOptions,
  Windows,
  WindowVerdict,
} from './types.ts';
import { createWatermark } from './watermark.ts';

/**
 * Counts events into windows of time, and gives each window once, when nothing that counts can come any more.
 *
 * An event counts in the windows of its own time, if it arrived no later than `latenessMs` after its slide: so it is decided
 * by the event alone, and a stream that is read again gives the same windows. They live in memory: whoever begins again reads
 * from where a window begins, by `since`, and not from a checkpoint. They have what their own consumer reads: of one that
 * shares its shards, a part. See {@link windowed} for a loop that needs no more than the consumer.
 *
 * @example
 * const windows = createWindows({ sizeMs: 60_000, measures: { views: count(), pages: topK('context.page.path') } });
 * consumer.onShards(() => {
 *   for (const { end, values } of windows.take(consumer.shards())) keep(end, values.views, values.pages);
 *   draw(windows.current()?.values.views);
 * });
 * for await (const record of consumer) windows.add(record);
 */
export function createWindows<M extends Measures>(options: WindowOptions<M>): Windows<M> {
  const { sizeMs, slideMs, latenessMs, by, measures, time, since, maxKeys, maxGroups, ...rest } =
    resolveOptions(options);
  const tallying = createTallying(sizeMs, measures);
  const watermark = createWatermark(rest.patienceMs, rest.runtime);
  const keyOf = by === undefined ? undefined : labelOf(by);
  /** The oldest first. */
  const panes: Pane[] = [];
  const paneOf = new Map<number, Pane>();
  let groups = 0;
  /** The end of the window that was closed last. */
  let closedTo = Number.NEGATIVE_INFINITY;
  /** Closed for want of memory, and not taken yet. */
  let due: ClosedWindow<M>[] = [];
  const verdicts = { counted: 0, late: 0, before: 0, untimed: 0, not_an_event: 0 };
  let unreadable = 0;
  let firstUnreadable: string | undefined;
  let ahead = 0;
  let closedEarly = 0;
  let lateToldOf = 0;

  function fail({ event }: ConsumedEvent, what: string, error: unknown): void {
    unreadable++;
    firstUnreadable ??= `${what} of event ${event.messageId}: ${error instanceof Error ? error.message : error}`;
  }

  function count(record: ConsumedEvent, arrivedAt: number): WindowVerdict {
    const captured = timeOf(record);
    if (!Number.isFinite(captured)) return 'untimed';
    if (captured > arrivedAt) ahead++;
    const start = Math.floor(Math.min(captured, arrivedAt) / slideMs) * slideMs;
    if (start < since) return 'before';
    if (arrivedAt > start + slideMs + latenessMs || start < closedTo) return 'late';
    const pane = paneAt(start);
    if (!pane) return 'late';
    tallying.count(groupIn(pane, record), record, fail);
    return 'counted';
  }

  function timeOf(record: ConsumedEvent): number {
    try {
      return time(record);
    } catch (error) {
      fail(record, 'time', error);
      return Number.NaN;
    }
  }

  function paneAt(start: number): Pane | undefined {
    const known = paneOf.get(start);
    if (known) return known;
    makeRoom();
    // It would have been the oldest, and its windows are closed now.
    if (start < closedTo) return undefined;
    const pane = openPane(start);
    panes.splice(panes.findLastIndex((other) => other.start < start) + 1, 0, pane);
    paneOf.set(start, pane);
    return pane;
  }

  function groupIn(pane: Pane, record: ConsumedEvent): Group {
    const key = keyIn(record);
    if (key === undefined) {
      pane.rest ??= opened();
      return pane.rest;
    }
    const known = pane.groups.get(key);
    if (known) return known;
    if (pane.other || pane.groups.size >= maxKeys || groups >= maxGroups) {
      pane.other ??= opened();
      return pane.other;
    }
    const group = opened();
    pane.groups.set(key, group);
    return group;
  }

  function keyIn(record: ConsumedEvent): string | undefined {
    try {
      return keyOf?.(record);
    } catch (error) {
      fail(record, 'by', error);
      return undefined;
    }
  }

  function opened(): Group {
    groups++;
    return tallying.open();
  }

  function makeRoom(): void {
    while (groups >= maxGroups && panes.length > 0) {
      closedEarly++;
      due.push(closeOldest('memory'));
    }
  }

  /** The end of the oldest window that holds something. */
  function nextEnd(): number {
    return Math.max(closedTo, panes[0]?.start ?? Number.POSITIVE_INFINITY) + slideMs;
  }

  function closeOldest(closedBy: ClosedWindow<M>['closedBy']): ClosedWindow<M> {
    const end = nextEnd();
    const later = panes.findIndex(({ start }) => start >= end);
    const late = verdicts.late - lateToldOf;
    lateToldOf = verdicts.late;
    const within = panes.slice(0, later < 0 ? panes.length : later);
    const closed = { ...windowTo(end, within), late, closedBy };
    closedTo = end;
    for (const pane of within) {
      if (pane.start + sizeMs > end) break;
      groups -= sizeOf(pane);
      panes.shift();
      paneOf.delete(pane.start);
    }
    return closed;
  }

  function windowTo(end: number, within: readonly Pane[]): TimeWindow<M> {
    return { start: end - sizeMs, end, ...sumUp(within, tallying) };
  }

  function close(closedBy: ClosedWindow<M>['closedBy'], upTo: number): readonly ClosedWindow<M>[] {
    const closed = due;
    due = [];
    while (panes.length > 0 && nextEnd() + latenessMs <= upTo) closed.push(closeOldest(closedBy));
    return closed.filter(({ start }) => start >= since);
  }

  return {
    add(record) {
      const arrivedAt = record.arrivedAt ?? record.readAt;
      watermark.note(record.shardId, arrivedAt, record.readAt);
      const verdict = record.event ? count(record as ConsumedEvent, arrivedAt) : 'not_an_event';
      verdicts[verdict]++;
      return verdict;
    },
    take: (shards) => close('watermark', watermark.advance(shards)),
    current: () => {
      const end = (panes.at(-1)?.start ?? Number.NaN) + slideMs;
      const before = panes.findLastIndex(({ start }) => start < end - sizeMs);
      return panes.length > 0 ? windowTo(end, panes.slice(before + 1)) : undefined;
    },
    finish: () => close('end', Number.POSITIVE_INFINITY),
    stats: () => ({
      ...verdicts,
      unreadable,
      firstUnreadable,
      ahead,
      closedEarly,
      groups,
      watermark: Number.isFinite(watermark.upTo()) ? watermark.upTo() : undefined,
      leftBehind: watermark.leftBehind(),
    }),
  };
}
