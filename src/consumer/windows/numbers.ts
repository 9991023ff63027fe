import type { ConsumedEvent } from '../types.ts';
import { describe, finderOf } from './field.ts';
import { parseReading, type Reading } from './reading.ts';
import type { Field } from './types.ts';

/** Finds what the field reads; `undefined` where the event has none. Throws where it is no finite number. */
export function readingsOf(field: Field): (record: ConsumedEvent) => number | Reading | undefined {
  const find = finderOf(field);
  return (record) => {
    const value = find(record);
    if (value === undefined || value === null) return undefined;
    const reading = parseReading(value);
    if (reading !== undefined) return reading;
    throw new TypeError(`expected a finite number, got ${describe(value)}`);
  };
}

export function countOf(reading: number | Reading): number {
  return typeof reading === 'number' ? 1 : reading.count;
}

export function sumOf(reading: number | Reading): number {
  return typeof reading === 'number' ? reading : reading.sum;
}
