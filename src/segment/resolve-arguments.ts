import type { Properties } from '../protocol/event.ts';

/** Arguments of one of Segment's calls, each of which may be left out. */
export interface Arguments<Callback> {
  /** Texts, and numbers as texts. */
  readonly texts: readonly string[];
  /** What follows them: properties or traits, then options. */
  readonly objects: readonly (Properties | undefined)[];
  readonly callback: Callback | undefined;
}

/** Tells arguments apart by their kinds, as Segment does: texts come first, `null` and `undefined` hold a place. */
export function resolveArguments<Callback>(args: readonly unknown[]): Arguments<Callback> {
  const texts: string[] = [];
  let rest = args;
  for (; rest.length > 0; rest = rest.slice(1)) {
    const [first] = rest;
    if (typeof first === 'string' || typeof first === 'number') texts.push(`${first}`);
    else if (texts.length > 0 || (first ?? undefined) !== undefined) break;
  }
  const isCallback = (value: unknown): boolean => typeof value === 'function';
  return {
    texts,
    objects: rest.map((value) =>
      Object(value) === value && !isCallback(value) ? value : undefined,
    ) as [],
    callback: args.find(isCallback) as Callback | undefined,
  };
}
