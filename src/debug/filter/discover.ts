/** What could be typed next: names of the grammar, and what the rows of the window have. */

import { isObject } from '../../protocol/parsed.ts';
import type { Model } from '../reading/model.ts';
import { FIELDS, STATES } from './fields.ts';
import { joinPath, parse, print, splitPath, type Term } from './parse.ts';

export interface Suggestion {
  /** Takes the place of the term that is being typed. One that ends with `:` is to be gone on with. */
  readonly text: string;
  /** Rows of the sample that have it; absent for names. */
  readonly count?: number;
}

/** The newest rows are enough to know what the stream is about. */
const SAMPLE_ROWS = 1_000;
const MAX_SUGGESTIONS = 8;
/** Of them, so that values have room. */
const MAX_NAMES = 3;
const MAX_DEPTH = 5;
/** Values of a field that are told apart: an id has another one in each row. */
const MAX_VALUES = 500;
/** Longer ones are texts, which nobody filters by. */
const MAX_VALUE_LENGTH = 60;

/** Fields with values that many rows share. */
const SHARED = ['type', 'event', 'key', 'shard', 'lane', 'client', 'user'] as const;

const NAMES: readonly string[] = [...Object.keys(FIELDS), 'after', 'before', 'is', 'fn'];

/** How many rows have each value, by field and path. */
export type Index = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function indexOf({ rows }: Pick<Model, 'rows'>): Index {
  const index = new Map<string, Map<string, number>>();
  const add = (field: string, value: unknown): void => {
    const text = String(value);
    if (value === undefined || text.length > MAX_VALUE_LENGTH) return;
    const values = index.get(field) ?? new Map<string, number>();
    index.set(field, values);
    const count = values.get(text) ?? 0;
    if (count > 0 || values.size < MAX_VALUES) values.set(text, count + 1);
  };
  const addLeaves = (path: readonly string[], value: unknown): void => {
    if (path.length > MAX_DEPTH) return;
    if (Array.isArray(value)) addLeaves(path, value[0]);
    else if (!isObject(value)) add(joinPath(path), value);
    else for (const [name, inner] of Object.entries(value)) addLeaves([...path, name], inner);
  };
  const oldest = Math.max(rows.first(), rows.end() - SAMPLE_ROWS);
  for (let at = rows.end() - 1; at >= oldest; at--) {
    const row = rows.at(at);
    if (row?.kind !== 'record') continue;
    for (const field of SHARED) add(field, [FIELDS[field]?.of(row)].flat()[0]);
    const { properties, traits, context } = row.record.event ?? {};
    addLeaves(['properties'], properties);
    addLeaves(['traits'], traits);
    addLeaves(['context'], context);
  }
  return index;
}

/** The term that the caret stands in, or right behind. */
export function termAt(text: string, caret: number): Term | undefined {
  return parse(text).find(({ start, end }) => start < caret && caret <= end);
}

interface Found {
  readonly field: string;
  readonly value: string;
  readonly count: number;
}

/** What the term may become: names that begin as it does, then values that have it, the most frequent first. */
export function suggest(term: Term | undefined, index: Index): readonly Suggestion[] {
  const { path = [], negated = false, operator = ':', values = [] } = term ?? {};
  const field = joinPath(path);
  const typed = (values.at(-1)?.text ?? '').toLowerCase();
  const sign = negated ? '-' : '';
  const find = (field: string, values = index.get(field)): Found[] =>
    [...(values ?? [])]
      .filter(([value]) => value.toLowerCase().includes(typed))
      .map(([value, count]) => ({ field, value, count }));
  const write = ({ field, value, count }: Found): Suggestion => {
    const wanted = { kind: 'text', text: value } as const;
    const all = path.length > 0 ? [...values.slice(0, -1), wanted] : [wanted];
    const text = print([{ negated, path: splitPath(field), operator, values: all }]);
    return count > 0 ? { text, count } : { text };
  };

  if (/[<>]/.test(operator)) return [];
  if (field === 'is') {
    return find(field, new Map(Object.keys(STATES).map((state) => [state, 0]))).map(write);
  }
  if (path.length > 0) {
    const own = index.get(field) ?? index.get(joinPath(['properties', ...path]));
    return mostFrequent(find(field, own), MAX_SUGGESTIONS).map(write);
  }
  const names = NAMES.filter((name) => name.startsWith(typed));
  const paths = [...index.keys()].filter((name) =>
    name.toLowerCase().replaceAll('"', '').includes(`.${typed}`),
  );
  const fields = [...names, ...paths].map((name) => ({ text: `${sign}${name}:` }));
  if (typed === '') return fields;
  const first = fields.slice(0, MAX_NAMES);
  const found = [...index.keys()].flatMap((name) => find(name));
  return [...first, ...mostFrequent(found, MAX_SUGGESTIONS - first.length).map(write)];
}

function mostFrequent(found: readonly Found[], limit: number): readonly Found[] {
  return [...found].sort((a, b) => b.count - a.count).slice(0, limit);
}
