import type { ConsumedEvent } from '../types.ts';
import type { Measure, Measures, Values, WindowGroup } from './types.ts';

/** The tallies of one group, one for each measure. */
export interface Group {
  events: number;
  readonly tallies: readonly unknown[];
}

/** What a slide has counted: each window is so many of them. */
export interface Pane {
  readonly start: number;
  readonly groups: Map<string, Group>;
  /** Events that have no key. */
  rest: Group | undefined;
  /** Events of keys for which there was no room. From then on no further key gets any: a group has all of its events. */
  other: Group | undefined;
}

/** Hears what a measure could not count. */
export type Fail = (record: ConsumedEvent, measure: string, error: unknown) => void;

/** The measures of all windows, in the order of their names. */
export interface Tallying<M extends Measures> {
  readonly open: () => Group;
  readonly count: (group: Group, record: ConsumedEvent, fail: Fail) => void;
  readonly merge: (group: Group, other: Group) => void;
  readonly read: (group: Group) => WindowGroup<M>;
}

export function createTallying<M extends Measures>(sizeMs: number, measures: M): Tallying<M> {
  const all: readonly (readonly [name: string, Measure<unknown>])[] = Object.entries(measures);
  return {
    open: () => ({ events: 0, tallies: all.map(([, measure]) => measure.create()) }),
    count(group, record, fail) {
      group.events++;
      for (let at = 0; at < all.length; at++) {
        const [name, measure] = all[at] as (typeof all)[number];
        try {
          measure.add(group.tallies[at], record);
        } catch (error) {
          fail(record, name, error);
        }
      }
    },
    merge(group, other) {
      group.events += other.events;
      for (const [at, [, measure]] of all.entries()) {
        measure.merge(group.tallies[at], other.tallies[at]);
      }
    },
    read: ({ events, tallies }) => {
      const values = all.map(([name, measure], at) => [name, measure.read(tallies[at], sizeMs)]);
      return { events, values: Object.fromEntries(values) as Values<M> };
    },
  };
}

export function openPane(start: number): Pane {
  return { start, groups: new Map(), rest: undefined, other: undefined };
}

/** How many groups it holds. */
export function sizeOf({ groups, rest, other }: Pane): number {
  return groups.size + (rest ? 1 : 0) + (other ? 1 : 0);
}

/** What the panes come to together, as a window. None of them changes. */
export function sumUp<M extends Measures>(
  panes: readonly Pane[],
  tallying: Tallying<M>,
): WindowGroup<M> & {
  readonly groups: ReadonlyMap<string, WindowGroup<M>>;
  readonly other: WindowGroup<M> | undefined;
} {
  const full = panes.filter(({ other }) => other);
  const byKey = new Map<string, Group[]>();
  const others = full.flatMap(({ other }) => other ?? []);
  for (const { groups } of panes) {
    for (const [key, group] of groups) {
      const parts = byKey.get(key);
      if (parts) parts.push(group);
      else byKey.set(key, [group]);
    }
  }
  const complete = new Map<string, Group>();
  for (const [key, parts] of byKey) {
    // Where a pane had no room for it, some of its events may be among the others.
    if (full.every(({ groups }) => groups.has(key))) complete.set(key, merged(parts));
    else others.push(...parts);
  }
  const other = others.length > 0 ? merged(others) : undefined;
  const rest = panes.flatMap((pane) => pane.rest ?? []);
  const total = merged([...rest, ...complete.values(), ...(other ? [other] : [])]);

  function merged(parts: readonly Group[]): Group {
    const [only, ...more] = parts;
    if (only && more.length === 0) return only;
    const sum = tallying.open();
    for (const part of parts) tallying.merge(sum, part);
    return sum;
  }

  return {
    ...tallying.read(total),
    groups: new Map([...complete].map(([key, group]) => [key, tallying.read(group)])),
    other: other && tallying.read(other),
  };
}
