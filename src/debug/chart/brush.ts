/** A range of seconds that a person draws over the chart, with a pointer or with keys. */

import type { RowList } from '../reading/row-list.ts';
import type { Row } from '../reading/rows.ts';

/** Seconds since 1970, both included. */
export type SecondRange = readonly [from: number, to: number];

export interface Brush {
  /** The second that is read out. */
  readonly cursor: () => number | undefined;
  /** What is selected; one second is no range yet. */
  readonly range: () => SecondRange | undefined;
  /** Goes to a second; `extend` keeps where the range began. */
  readonly moveTo: (second: number, extend: boolean) => void;
  readonly clear: () => void;
}

export function createBrush(): Brush {
  let cursor: number | undefined;
  let anchor: number | undefined;
  return {
    cursor: () => cursor,
    range: () =>
      cursor === undefined || anchor === undefined || anchor === cursor
        ? undefined
        : [Math.min(anchor, cursor), Math.max(anchor, cursor)],
    moveTo: (second, extend) => {
      anchor = extend ? (anchor ?? cursor ?? second) : undefined;
      cursor = second;
    },
    clear: () => {
      cursor = undefined;
      anchor = undefined;
    },
  };
}

/** How far a key moves the cursor, over `all` columns; `undefined` for a key that moves nothing. */
export function stepOf(key: string, all: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    // A slider's other keys.
    ArrowDown: -1,
    ArrowUp: 1,
    PageDown: -30,
    PageUp: 30,
    Home: -all,
    End: all,
  };
  return Object.hasOwn(steps, key) ? steps[key] : undefined;
}

/**
 * When the records that were read in these seconds arrived, in whole seconds: the columns are of the time of reading, the
 * filter and the table of the time of arrival, and of a stream that is read back the two are far apart.
 */
export function arrivalsIn(
  rows: Pick<RowList<Row>, 'first' | 'end' | 'at'>,
  [from, to]: SecondRange,
): SecondRange {
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (let position = rows.first(); position < rows.end(); position++) {
    const row = rows.at(position);
    if (row?.kind !== 'record') continue;
    const { readAt, arrivedAt = readAt } = row.record;
    if (readAt < from * 1000 || readAt >= (to + 1) * 1000) continue;
    earliest = Math.min(earliest, arrivedAt);
    latest = Math.max(latest, arrivedAt);
  }
  if (earliest > latest) return [from, to];
  return [Math.floor(earliest / 1000), Math.floor(latest / 1000)];
}

/** The time of day, to the second. */
export function clockOf(second: number): string {
  return new Date(second * 1000).toTimeString().slice(0, 8);
}
