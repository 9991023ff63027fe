import type { Properties } from '../protocol/event.ts';
import type { AnalyticsOptions, Callback } from './types.ts';

/** The arguments of one of Segment's calls, each of which may be left out. */
export interface Arguments {
  /** Texts, and numbers as texts. */
  readonly texts: readonly string[];
  /** Properties or traits. */
  readonly given: Properties | undefined;
  readonly options: AnalyticsOptions | undefined;
  readonly callback: Callback | undefined;
}

/** Tells arguments apart by their kinds, as Segment does: texts come first, `null` and `undefined` hold a place. */
export function resolveArguments(args: readonly unknown[]): Arguments {
  const texts = args.filter((value) => /string|number/.test(typeof value));
  const start = texts.length > 0 ? args.lastIndexOf(texts.at(-1)) + 1 : args.findIndex(Boolean);
  const [given, options] = args
    .slice(start)
    .map((value) => (typeof value === 'object' && value ? (value as Properties) : undefined));
  return {
    texts: texts.map(String),
    given,
    options,
    callback: args.find((value) => typeof value === 'function') as Callback | undefined,
  };
}
