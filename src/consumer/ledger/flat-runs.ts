/** Runs as JSON: one list of numbers, with the marks or without. */

import { RivuletError } from '../../errors.ts';
import { addRun } from './edit-runs.ts';
import { createRuns, flatten, type Runs } from './runs.ts';

export function encodeRuns(runs: Runs, isMarked: boolean): number[] {
  const flat = flatten(runs);
  return isMarked ? flat : flat.filter((_, at) => at % 3 < 2);
}

/** Throws `invalid_option` for what is no list of runs, each above the one before. */
export function parseRuns(flat: unknown, isMarked: boolean): Runs {
  const width = isMarked ? 3 : 2;
  const runs = createRuns();
  const isList = Array.isArray(flat) && flat.length % width === 0 && flat.every(isAmount);
  expectSnapshot(isList, 'runs of numbers', flat);
  for (let at = 0; at < flat.length; at += width) {
    const [first = 0, last = 0, mark = 0] = flat.slice(at, at + width);
    expectSnapshot(first > runs.last && last >= first, 'runs that ascend', flat);
    addRun(runs, first, last, mark);
  }
  return runs;
}

/** Of events, or of milliseconds. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function areApart(lanes: readonly { readonly id: string }[]): boolean {
  return new Set(lanes.map(({ id }) => id)).size === lanes.length;
}

export function expectSnapshot(holds: boolean, expected: string, got: unknown): asserts holds {
  if (holds) return;
  const text = JSON.stringify(got) ?? 'nothing';
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  throw new RivuletError(
    'invalid_option',
    `from: expected a snapshot with ${expected}, got ${shown}`,
  );
}

/** Characters of what was wrong. */
const MAX_SHOWN = 80;
