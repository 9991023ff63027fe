/** Why a filter shows nothing: how many rows would show without each of its terms. */

import type { Model } from '../reading/model.ts';
import type { CompiledFilter } from './types.ts';

export interface Without {
  /** Goes on counting, for at most so long. True when it has looked at every row. */
  readonly advance: (budgetMs: number) => boolean;
  /** The term without which most rows would show, by its place, and how many. */
  readonly best: () => { readonly term: number; readonly count: number } | undefined;
}

/** How many rows are looked at between two looks at the clock. */
const SLICE = 256;

export function createWithout(
  { hiderOf }: Pick<CompiledFilter, 'hiderOf'>,
  { rows }: Pick<Model, 'rows'>,
  monotonic: () => number,
): Without {
  const counts: number[] = [];
  let next = rows.first();
  return {
    advance: (budgetMs) => {
      const until = monotonic() + budgetMs;
      next = Math.max(next, rows.first());
      while (next < rows.end() && monotonic() < until) {
        for (const stop = Math.min(rows.end(), next + SLICE); next < stop; next++) {
          const row = rows.at(next);
          const hider = row && hiderOf ? hiderOf(row) : -1;
          if (hider !== -1) counts[hider] = (counts[hider] ?? 0) + 1;
        }
      }
      return next >= rows.end();
    },
    best: () => {
      const count = Math.max(0, ...counts.filter(Number));
      return count > 0 ? { term: counts.indexOf(count), count } : undefined;
    },
  };
}
