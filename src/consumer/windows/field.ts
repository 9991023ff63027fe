import { RivuletError } from '../../errors.ts';
import { isObject } from '../../protocol/parsed.ts';
import type { ConsumedEvent } from '../types.ts';
import { metricValue } from './reading.ts';
import type { Field } from './types.ts';

/** The path of what `client.metric` reads. */
const METRIC_VALUE = 'properties.value';

/** Values that name groups and ranks are kept: of longer ones so many characters. */
const MAX_TEXT_CHARACTERS = 256;

/** Finds the field's value. Throws a {@link RivuletError} where the field is none. */
export function finderOf(field: Field): (record: ConsumedEvent) => unknown {
  if (typeof field === 'function') return field;
  const names = typeof field === 'string' ? field.split('.') : [''];
  if (names.includes('')) {
    const expected = 'a path such as properties.total, or a function';
    throw new RivuletError('invalid_option', `field: expected ${expected}, got ${String(field)}`);
  }
  const find = ({ event }: ConsumedEvent): unknown => {
    let value: unknown = event;
    for (const name of names) {
      if (!isObject(value)) return undefined;
      value = value[name];
    }
    return value;
  };
  if (field !== METRIC_VALUE) return find;
  return (record) => (record.event.type === 'metric' ? metricValue(record.event) : find(record));
}

/** Finds the field's value as a text; `undefined` where the event has none. Throws where it can be none. */
export function textOf(field: Field): (record: ConsumedEvent) => string | undefined {
  const find = finderOf(field);
  return (record) => {
    const value = find(record);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new TypeError(`expected a text, a number or a boolean, got ${describe(value)}`);
  };
}

/** The same, and no longer than what may be kept by the thousand. */
export function labelOf(field: Field): (record: ConsumedEvent) => string | undefined {
  const find = textOf(field);
  return (record) => {
    const text = find(record);
    return text !== undefined && text.length > MAX_TEXT_CHARACTERS ? cut(text) : text;
  };
}

/** By characters, so that none is cut in two; and joined anew: a slice would hold the whole text in memory. */
function cut(text: string): string {
  return [...text.slice(0, MAX_TEXT_CHARACTERS), '…'].join('');
}

/** For people. */
export function describe(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
