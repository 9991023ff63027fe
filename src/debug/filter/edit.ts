/** Changes of a filter's text that a press makes. */

import { parse, print, type Statement, splitPath, type Term, type Wanted } from './parse.ts';

export type Value = string | number | boolean;

/** Adds a value to what is shown, or to what is hidden; takes it away where it is there already. */
export function toggleValue(text: string, field: string, value: Value, negated: boolean): string {
  const path = splitPath(field);
  const name = path.length === 1 ? path[0] : '';
  const isTime = name === 'after' || name === 'before';
  const wanted = isTime && typeof value === 'number' ? new Date(value).toISOString() : `${value}`;
  const own: Statement = {
    negated,
    path,
    operator: ':',
    values: [{ kind: 'text', text: wanted }],
  };
  const terms = parse(text);
  const isSame = (term: Statement): boolean =>
    /^[:=]$/.test(term.operator) &&
    term.values.length > 0 &&
    term.path.join('\n') === path.join('\n');
  const isWanted = (other: Wanted): boolean => other.kind === 'text' && other.text === wanted;
  const has = (term: Statement): boolean => term.values.some(isWanted);

  let isDone = terms.some((term) => isSame(term) && has(term) && term.negated === negated);
  const next = terms.flatMap((term): readonly Statement[] => {
    if (!isSame(term)) return [term];
    // Of two times one is enough.
    if (isTime && term.negated === negated) return [];
    if (has(term)) {
      const values = term.values.filter((other) => !isWanted(other));
      return values.length > 0 ? [{ ...term, values }] : [];
    }
    // States may be true together: what is mine, and a problem. Other values exclude each other.
    if (isDone || term.negated !== negated || name === 'is') return [term];
    isDone = true;
    return [{ ...term, values: [...term.values, ...own.values] }];
  });
  return print(isDone ? next : [...next, own]);
}

/** The text without one of its terms. */
export function withoutTerm(text: string, term: Term): string {
  return print(parse(text).filter(({ start }) => start !== term.start));
}

/** Whether the text has all that another filter says. */
export function hasAll(text: string, filter: string): boolean {
  const own = new Set(printEach(text));
  const asked = printEach(filter);
  return asked.length > 0 && asked.every((term) => own.has(term));
}

/** Adds what a filter says, or takes it away where all of it is there. */
export function toggleFilter(text: string, filter: string): string {
  const asked = new Set(printEach(filter));
  const others = parse(text).filter((term) => !asked.has(print([term])));
  return print(hasAll(text, filter) ? others : [...others, ...parse(filter)]);
}

function printEach(text: string): readonly string[] {
  return parse(text).map((term) => print([term]));
}
