import { expectOption } from '../../errors.ts';
import { platformRuntime } from '../../runtime.ts';
import type { Measures, WindowOptions } from './types.ts';

export type ResolvedOptions<M extends Measures> = Required<Omit<WindowOptions<M>, 'by'>> &
  Pick<WindowOptions<M>, 'by'>;

const DEFAULTS = {
  latenessMs: 10_000,
  since: Number.NEGATIVE_INFINITY,
  maxKeys: 1000,
  maxGroups: 10_000,
  patienceMs: 60_000,
} as const;

/** A window is put together of its slides each time. */
const MAX_SLIDES = 1000;

export function resolveOptions<M extends Measures>(options: WindowOptions<M>): ResolvedOptions<M> {
  const resolved = {
    ...DEFAULTS,
    slideMs: options.sizeMs,
    time: ({ event }) => Date.parse(event.timestamp),
    ...options,
    runtime: options.runtime ?? platformRuntime(),
  } satisfies ResolvedOptions<M>;
  const { sizeMs, slideMs, measures, since } = resolved;
  expectOption('sizeMs', isWhole(sizeMs, 1), 'a whole number from 1', sizeMs);
  expectOption(
    'slideMs',
    isWhole(slideMs, 1) && sizeMs % slideMs === 0 && sizeMs / slideMs <= MAX_SLIDES,
    `sizeMs in 1 to ${MAX_SLIDES} equal parts`,
    slideMs,
  );
  expectOption('since', typeof since === 'number' && !Number.isNaN(since), 'a number', since);
  expectOption('time', typeof resolved.time === 'function', 'a function', resolved.time);
  for (const name of ['latenessMs', 'patienceMs'] as const) {
    expectOption(name, Number(resolved[name]) >= 0, 'a number from 0', resolved[name]);
  }
  for (const name of ['maxKeys', 'maxGroups'] as const) {
    expectOption(name, isWhole(resolved[name], 1), 'a whole number from 1', resolved[name]);
  }
  for (const [name, measure] of Object.entries(Object(measures) as M)) {
    const isMeasure = typeof Object(measure).create === 'function';
    expectOption(`measures.${name}`, isMeasure, 'a measure such as count()', measure);
  }
  expectOption(
    'measures',
    Object.keys(Object(measures)).length > 0,
    'one measure at least',
    measures,
  );
  return resolved;
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
