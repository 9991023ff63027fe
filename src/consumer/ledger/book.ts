import { completeTo, holesOf, type Lane, missingOf, openLane } from './lane.ts';
import { createRecency } from './recency.ts';
import type { LedgerState } from './snapshot.ts';

/** What the remembered lanes come to. */
export interface Figures {
  missing: number;
  incomplete: number;
  partial: number;
  holes: number;
}

/** The lanes, as many as may be remembered, and what they come to. */
export interface Book {
  /** Opens the lane where it is not known. */
  readonly change: <Result>(id: string, client: string, make: (lane: Lane) => Result) => Result;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly figures: Readonly<Figures>;
  readonly gapped: () => Lane[];
  /** Those that were quiet for the longest time first: complete ones, then those with gaps. */
  readonly inOrder: () => Lane[];
}

export interface BookLimits {
  readonly maxLanes: number;
  readonly maxGaps: number;
}

export function createBook(
  state: LedgerState,
  known: readonly Lane[],
  { maxLanes, maxGaps }: BookLimits,
): Book {
  const lanes = new Map<string, Lane>();
  const figures: Figures = { missing: 0, incomplete: 0, partial: 0, holes: 0 };
  // Apart, because a lane without a gap can be forgotten at no loss: its sums say it all.
  const whole = createRecency<Lane>();
  const gapped = createRecency<Lane>();
  for (const lane of known) enter(lane);
  forgetBeyond();

  function change<Result>(id: string, client: string, make: (lane: Lane) => Result): Result {
    const lane = lanes.get(id) ?? enter(openLane(id, client, state.since === undefined ? 1 : 0));
    count(lane, -1);
    const result = make(lane);
    count(lane, 1);
    place(lane);
    forgetBeyond();
    return result;
  }

  function enter(lane: Lane): Lane {
    lanes.set(lane.id, lane);
    lane.isGapped = missingOf(lane) > 0;
    listOf(lane).touch(lane);
    count(lane, 1);
    return lane;
  }

  function place(lane: Lane): void {
    if (missingOf(lane) > 0 !== lane.isGapped) {
      listOf(lane).remove(lane);
      lane.isGapped = !lane.isGapped;
    }
    listOf(lane).touch(lane);
  }

  function listOf({ isGapped }: Lane): typeof whole {
    return isGapped ? gapped : whole;
  }

  function count(lane: Lane, sign: 1 | -1): void {
    const missing = missingOf(lane);
    if (missing > 0) {
      figures.missing += sign * missing;
      figures.incomplete += sign;
    }
    if (lane.first !== 1) figures.partial += sign;
    figures.holes += sign * holesOf(lane);
  }

  function forgetBeyond(): void {
    while (lanes.size > maxLanes) {
      // Or a complete lane that begins would have no time to become another's evidence.
      const isCrowded = figures.incomplete > maxLanes / 2;
      forget(isCrowded ? gapped.oldest() : whole.oldest());
    }
    while (figures.holes > maxGaps && lanes.size > 0) forget(gapped.oldest() ?? whole.oldest());
  }

  function forget(lane: Lane | undefined): void {
    if (!lane) return;
    const { forgotten } = state;
    lanes.delete(lane.id);
    listOf(lane).remove(lane);
    count(lane, -1);
    forgotten.lanes++;
    if (lane.first !== 1) forgotten.partial++;
    if (lane.isGapped) {
      forgotten.incomplete++;
      forgotten.missing += missingOf(lane);
      forgotten.completeUpTo = Math.min(
        forgotten.completeUpTo ?? Number.POSITIVE_INFINITY,
        completeTo(lane)[1],
      );
    }
    // A lane that comes from now on may be this one.
    state.since = Math.max(state.since ?? 0, lane.lastAt);
  }

  return {
    change,
    lanes,
    figures,
    gapped: () => [...lanes.values()].filter(({ isGapped }) => isGapped),
    inOrder: () => [...whole.items(), ...gapped.items()],
  };
}
