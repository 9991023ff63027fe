/** The format in which a filter of duplicates is kept: JSON, read back with distrust. */

import { isObject } from '../../protocol/parsed.ts';
import { areApart, encodeRuns, expectSnapshot, parseRuns } from './flat-runs.ts';
import type { Runs } from './runs.ts';

const VERSION = 1;

export interface FilterSnapshot {
  readonly version: typeof VERSION;
  /** What was done of each lane: `first, last` of one run after the other. The lane that was quiet for the longest time first. */
  readonly lanes: readonly (readonly [lane: string, runs: readonly number[]])[];
}

/** What is remembered of a lane. */
export interface LaneMemory {
  readonly id: string;
  readonly runs: Runs;
}

export function encodeFilter(lanes: readonly LaneMemory[]): FilterSnapshot {
  return { version: VERSION, lanes: lanes.map(({ id, runs }) => [id, encodeRuns(runs, false)]) };
}

/** Throws `invalid_option` for what is no snapshot. */
export function parseFilter(value: unknown): LaneMemory[] {
  const { version, lanes } = isObject(value) ? value : {};
  expectSnapshot(version === VERSION, `version ${VERSION}`, version);
  expectSnapshot(Array.isArray(lanes), 'lanes', lanes);
  const known = lanes.map((lane: unknown) => {
    const [id, runs] = Array.isArray(lane) ? lane : [];
    expectSnapshot(typeof id === 'string', 'a lane', lane);
    return { id, runs: parseRuns(runs, false) };
  });
  expectSnapshot(areApart(known), 'each lane once', lanes.length);
  return known;
}
