import { expectOption } from '../../errors.ts';
import type { FilterSnapshot } from './filter-snapshot.ts';
import type { LedgerSnapshot } from './snapshot.ts';

export interface LedgerOptions {
  /**
   * When the reading begins, where it does not begin with the stream: milliseconds since 1970. What lanes had before is
   * then not missing: the account of a lane begins with the first number that comes, and goes down from there as far as
   * nothing is absent, or to the lowest that was captured since. Without it every lane begins with its number 1, and what the
   * stream no longer keeps of a long one is missing.
   */
  readonly since?: number;
  /** An event that arrives so long after its own time is late. @default 60000 */
  readonly lateAfterMs?: number;
  /**
   * Lanes that are remembered, at about 0.4 KB each, twice that with a gap. Beyond it those are forgotten that were quiet for
   * the longest time, the complete ones first until half of all have gaps. Their sums stay. A lane that comes again, and any
   * later one, begins as if the reading had begun when the forgotten one was last heard of.
   * @default 100000
   */
  readonly maxLanes?: number;
  /** Gaps and runs of declared events that are remembered, over all lanes, at about 40 bytes each. Beyond it lanes are forgotten. @default 1000000 */
  readonly maxGaps?: number;
  /** What `snapshot()` gave: this ledger goes on with it. Its `since` then holds. */
  readonly from?: LedgerSnapshot | undefined;
}

export interface DuplicateFilterOptions {
  /** Lanes that are remembered, at about 0.3 KB each. Beyond it those are forgotten that were quiet for the longest time. @default 100000 */
  readonly maxLanes?: number;
  /**
   * Runs of numbers that are remembered, over all lanes, at about 40 bytes each: a lane without a hole is one. Beyond it the
   * lowest run goes of the lane that was quiet for the longest time.
   * @default 1000000
   */
  readonly maxRuns?: number;
  /** What `snapshot()` gave: this filter goes on with it. */
  readonly from?: FilterSnapshot | undefined;
}

const LEDGER_DEFAULTS = { lateAfterMs: 60_000, maxLanes: 100_000, maxGaps: 1_000_000 } as const;
const FILTER_DEFAULTS = { maxLanes: 100_000, maxRuns: 1_000_000 } as const;

export function resolveLedgerOptions(
  options: LedgerOptions,
): typeof options & Required<Omit<LedgerOptions, 'since' | 'from'>> {
  const resolved = { ...LEDGER_DEFAULTS, ...options };
  const { since = 0, lateAfterMs, maxLanes, maxGaps } = resolved;
  expectOption('since', Number.isFinite(since) && since >= 0, 'milliseconds since 1970', since);
  expectOption('lateAfterMs', lateAfterMs >= 0, 'a number from 0', lateAfterMs);
  expectCount('maxLanes', maxLanes);
  expectCount('maxGaps', maxGaps);
  return resolved;
}

export function resolveFilterOptions(
  options: DuplicateFilterOptions,
): typeof options & Required<Omit<DuplicateFilterOptions, 'from'>> {
  const resolved = { ...FILTER_DEFAULTS, ...options };
  expectCount('maxLanes', resolved.maxLanes);
  expectCount('maxRuns', resolved.maxRuns);
  return resolved;
}

function expectCount(option: string, value: number): void {
  const isCount = value === Number.POSITIVE_INFINITY || Number.isSafeInteger(value);
  expectOption(option, isCount && value > 0, 'a whole number from 1', value);
}
