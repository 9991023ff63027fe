/** A term of the filter as a question to a row. */

import type { Row } from '../reading/rows.ts';
import {
  FIELDS,
  type FieldKind,
  isWhole,
  laneOf,
  STATES,
  someAt,
  timeOf,
  UNTOLD,
} from './fields.ts';
import type { Operator, Term, Wanted } from './parse.ts';
import { parseAmount, parseTime } from './quantities.ts';
import { createByteSearch } from './search-bytes.ts';
import type { FilterContext } from './types.ts';

export type RowTest = (row: Row) => boolean;

/** How long a question takes: the quick ones are asked first. */
export type Cost = 0 | 1 | 2;

export interface Question {
  readonly test: RowTest;
  readonly cost: Cost;
  readonly problem?: string | undefined;
}

type ValueTest = (value: unknown) => boolean;

const NUMBERS: Readonly<Partial<Record<FieldKind, string>>> = {
  number: 'a number',
  bytes: 'a size such as 900 or 10kB',
  time: 'a length of time such as 250 or 2s',
};

/** @param source the term as it was typed, which is looked for where it says nothing else */
export function askTerm(term: Term, source: string, context: FilterContext): Question {
  const { negated, values, problem } = term;
  // Its value is still being typed.
  if (values.length === 0) return { test: () => true, cost: 0 };
  const { test, ...rest } = askPositive(term, source.slice(negated ? 1 : 0), context);
  return { problem, ...rest, test: negated ? (row) => !test(row) : test };
}

function askPositive(term: Term, source: string, context: FilterContext): Question {
  const { path, operator, values } = term;
  const [first] = values;
  if (path.length === 0 && first) return { test: searchFor(first), cost: 2 };
  const name = path.length === 1 ? (path[0] ?? '') : '';
  const asText = (problem: string): Question => ({
    test: searchFor({ kind: 'text', text: source }),
    cost: 2,
    problem: `${problem}; it is looked for as text.`,
  });

  if (name === 'after' || name === 'before') {
    const at =
      values.length === 1 && isEqual(operator) && parseTime(first?.text ?? '', context.now);
    if (!at && at !== 0) {
      return asText(
        `${name}: expected a time such as -5m, 21:20 or 2026-01-31T21:20Z, got "${source}"`,
      );
    }
    return { cost: 0, test: (row) => (name === 'after' ? timeOf(row) >= at : timeOf(row) < at) };
  }
  if (name === 'is') {
    const names = values.map(({ text }) => text.toLowerCase());
    const unknown = names.find((state) => !Object.hasOwn(STATES, state));
    if (unknown !== undefined) {
      return asText(`is: expected ${Object.keys(STATES).join(', ')}, got "${unknown}"`);
    }
    const untold = names.flatMap((state) => UNTOLD[state] ?? []);
    return {
      cost: 0,
      test: (row) => names.some((state) => STATES[state]?.(row, context)),
      problem: untold.join(' ') || undefined,
    };
  }
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field) {
    const { kind, of } = field;
    const test = matchAny(values, operator, kind);
    if (!test) return asText(`${name}: expected ${NUMBERS[kind]}, got "${source}"`);
    return { cost: kind === 'time' ? 1 : 0, test: (row) => someAt(of(row), [], test) };
  }
  // A name takes any value.
  const test = matchAny(values, operator, 'name') as ValueTest;
  if (isWhole(path)) return { cost: 1, test: (row) => someAt(eventOf(row), path, test) };
  // What is no field may be one of the properties, and else is text: an address, or a piece of JSON.
  const inProperties = ['properties', ...path];
  const search = searchFor({ kind: 'text', text: source });
  return {
    cost: 2,
    test: (row) => {
      let isThere = false;
      const matches = someAt(eventOf(row), inProperties, (value) => {
        isThere = true;
        return test(value);
      });
      return matches || (!isThere && search(row));
    },
  };
}

/** `undefined` where a number is expected and none came. */
function matchAny(
  values: readonly Wanted[],
  operator: Operator,
  kind: FieldKind,
): ValueTest | undefined {
  const tests = values.map((value) => match(value, operator, kind));
  if (tests.some((test) => !test)) return undefined;
  const [only, ...others] = tests;
  return others.length === 0 ? only : (value) => tests.some((test) => test?.(value));
}

function match(wanted: Wanted, operator: Operator, kind: FieldKind): ValueTest | undefined {
  const { text } = wanted;
  if (NUMBERS[kind]) {
    const number = wanted.kind === 'text' ? parseAmount(text, kind) : undefined;
    return number === undefined ? undefined : compareNumbers(operator, number);
  }
  if (!isEqual(operator)) return compare(operator, text);
  if (wanted.kind !== 'text') {
    const pattern = patternOf(wanted, kind);
    return (value) =>
      typeof value === 'object' && value !== null ? text === '*' : pattern.test(String(value));
  }
  if (kind === 'start') return (value) => typeof value === 'string' && value.startsWith(text);
  if (kind === 'id') return (value) => value === text;
  const lower = text.toLowerCase();
  const number = parseAmount(text);
  return (value) =>
    typeof value === 'string'
      ? value === text || value.toLowerCase() === lower
      : value === number ||
        ((typeof value !== 'object' || value === null) && String(value) === lower);
}

/** Numbers as numbers, everything else as text, in which ISO times are in order too. */
function compare(operator: Operator, text: string): ValueTest {
  const number = parseAmount(text);
  const asNumber = number === undefined ? undefined : compareNumbers(operator, number);
  return (value) => {
    if (asNumber) {
      const own = typeof value === 'string' ? parseAmount(value) : value;
      return typeof own === 'number' && asNumber(own);
    }
    return typeof value === 'string' && isIn(operator, value < text ? -1 : value > text ? 1 : 0);
  };
}

/** Of a run of numbers, as a gap has, one is enough. */
function compareNumbers(operator: Operator, wanted: number): ValueTest {
  return (value) => {
    if (typeof value === 'number') return isIn(operator, value - wanted);
    const { first, last } = value as { first: number; last: number };
    if (isEqual(operator)) return first <= wanted && wanted <= last;
    return isIn(operator, (operator.startsWith('>') ? last : first) - wanted);
  };
}

function isIn(operator: Operator, difference: number): boolean {
  if (operator === '>') return difference > 0;
  if (operator === '<') return difference < 0;
  if (operator === '>=') return difference >= 0;
  return operator === '<=' ? difference <= 0 : difference === 0;
}

function isEqual(operator: Operator): boolean {
  return operator === ':' || operator === '=';
}

function patternOf({ kind, text, flags }: Wanted, field: FieldKind): RegExp {
  if (kind === 'regex') return new RegExp(text, flags);
  const source = text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replace(/\*+/g, '.*');
  return new RegExp(`^${source}$`, field === 'name' ? 'is' : 's');
}

function eventOf(row: Row): unknown {
  return row.kind === 'record' ? row.record.event : undefined;
}

/** Looks in all that a row says. Inside JSON, text with quotes stands in another way. */
function searchFor({ kind, text, flags }: Wanted): RowTest {
  const decoder = new TextDecoder();
  const lower = text.toLowerCase();
  const pattern = kind === 'regex' ? new RegExp(text, flags) : undefined;
  const inText = (own: string): boolean =>
    pattern ? pattern.test(own) : own.toLowerCase().includes(lower);
  const inBytes = [text, JSON.stringify(text).slice(1, -1)]
    .filter((written, index) => index === 0 || written !== text)
    .map(createByteSearch);
  return (row) => {
    if (row.kind !== 'record') {
      return inText(laneOf(row) ?? '') || (row.kind === 'note' && inText(row.text));
    }
    const { partitionKey, data } = row.record;
    return (
      inText(partitionKey) ||
      (pattern ? inText(decoder.decode(data)) : inBytes.some((search) => search(data)))
    );
  };
}
