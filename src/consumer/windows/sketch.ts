import type { BucketRun, Buckets } from '../../protocol/histogram.ts';

/** 32 buckets for each doubling, as the client's histograms have at their finest: those merge without a further error. */
export const FINEST_SCALE = 5;
/** Of one sign: 13 powers of ten at the finest scale, and of the buckets only those that hold something are kept. */
const MAX_BUCKETS = 1440;

/**
 * Numbers, by the exponential bucket that each falls into: bucket `i` has what is above `base ** i` and at most
 * `base ** (i + 1)`, where `base` is `2 ** (2 ** -scale)`. Too many different ones halve the scale.
 */
export interface Sketch {
  scale: number;
  /** The coarsest scale of the buckets that came as buckets: no finer than that is what they say. */
  coarsest: number;
  zeroCount: number;
  positive: Map<number, number>;
  /** Of what is below zero, without its sign. */
  negative: Map<number, number>;
}

export function createSketch(): Sketch {
  return {
    scale: FINEST_SCALE,
    coarsest: FINEST_SCALE,
    zeroCount: 0,
    positive: new Map(),
    negative: new Map(),
  };
}

export function addToSketch(sketch: Sketch, value: number, times: number): void {
  if (value === 0) {
    sketch.zeroCount += times;
    return;
  }
  const index = Math.ceil(Math.log2(Math.abs(value)) * 2 ** sketch.scale) - 1;
  grow(value > 0 ? sketch.positive : sketch.negative, index, times);
  coarsenWhereFull(sketch);
}

export function mergeSketch(sketch: Sketch, other: Sketch): void {
  sketch.zeroCount += other.zeroCount;
  sketch.coarsest = Math.min(sketch.coarsest, other.coarsest);
  while (sketch.scale > other.scale) coarsen(sketch);
  const shift = other.scale - sketch.scale;
  for (const [index, times] of other.positive) grow(sketch.positive, index >> shift, times);
  for (const [index, times] of other.negative) grow(sketch.negative, index >> shift, times);
  coarsenWhereFull(sketch);
}

/** Adds a client's buckets. Each of them counts at its middle, which no reading of the client may lie beyond. */
export function addBuckets(sketch: Sketch, buckets: Buckets, min: number, max: number): void {
  const { scale, zeroCount, positive, negative } = buckets;
  sketch.zeroCount += zeroCount;
  sketch.coarsest = Math.min(sketch.coarsest, scale);
  addRun(sketch, positive, (index) => clamp(middleOf(index, scale), min, max));
  addRun(sketch, negative, (index) => clamp(-middleOf(index, scale), min, max));
}

/** The value of the one with this number among all, counted from 1, the least first. */
export function valueAt(sketch: Sketch, rank: number): number {
  const { scale, zeroCount, positive, negative } = sketch;
  let passed = 0;
  for (const index of [...negative.keys()].sort((one, other) => other - one)) {
    passed += negative.get(index) ?? 0;
    if (passed >= rank) return -middleOf(index, scale);
  }
  passed += zeroCount;
  if (passed >= rank) return 0;
  let last = 0;
  for (const index of [...positive.keys()].sort((one, other) => one - other)) {
    last = index;
    passed += positive.get(index) ?? 0;
    if (passed >= rank) break;
  }
  return middleOf(last, scale);
}

/** How far a value may be from the true one, as a part of it. */
export function relativeErrorOf({ scale, coarsest }: Sketch): number {
  const own = errorAt(scale);
  return coarsest >= scale ? own : (1 + errorAt(coarsest)) * (1 + own) - 1;
}

function errorAt(scale: number): number {
  const base = 2 ** (2 ** -scale);
  return (base - 1) / (base + 1);
}

/** The value whose relative distance to either bound of the bucket is the same. */
function middleOf(index: number, scale: number): number {
  const width = 2 ** -scale;
  // Divided before it grows: the last bucket's upper bound is beyond the greatest number.
  return 2 ** (index * width) * (2 / (1 + 2 ** -width));
}

function addRun(sketch: Sketch, run: BucketRun | undefined, at: (index: number) => number): void {
  if (!run) return;
  for (const [place, times] of run.bucketCounts.entries()) {
    if (times > 0) addToSketch(sketch, at(run.offset + place), times);
  }
}

function grow(counts: Map<number, number>, index: number, times: number): void {
  counts.set(index, (counts.get(index) ?? 0) + times);
}

function coarsenWhereFull(sketch: Sketch): void {
  while (Math.max(sketch.positive.size, sketch.negative.size) > MAX_BUCKETS) coarsen(sketch);
}

function coarsen(sketch: Sketch): void {
  sketch.scale--;
  sketch.positive = halved(sketch.positive);
  sketch.negative = halved(sketch.negative);
}

function halved(counts: ReadonlyMap<number, number>): Map<number, number> {
  const coarser = new Map<number, number>();
  for (const [index, times] of counts) grow(coarser, index >> 1, times);
  return coarser;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
