/** Whether a JSON Schema is one: what is wrong in it would otherwise come out with the first event that reaches it. */

import { dereference, type Schema } from '@cfworker/json-schema';
import { isObject } from '../../src/protocol/parsed.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

type Rule = readonly [expected: string, isValid: (value: unknown) => boolean];

const list: Rule = ['a list', Array.isArray];
const schemas: Rule = ['schemas by name', isObject];
const number: Rule = ['a number', (value) => typeof value === 'number'];
const count: Rule = ['a whole number', (value) => Number.isInteger(value) && Number(value) >= 0];

/** The keywords that a typing error makes useless, or worse: a validator throws at some of them. */
const rules: Readonly<Record<string, Rule>> = {
  type: [TYPES.join(', '), (value) => [value].flat().every((type) => TYPES.includes(`${type}`))],
  properties: schemas,
  patternProperties: ['schemas by pattern', hasPatterns],
  $defs: schemas,
  definitions: schemas,
  dependentSchemas: schemas,
  required: list,
  enum: list,
  allOf: list,
  anyOf: list,
  oneOf: list,
  pattern: ['a regular expression', isPattern],
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: number,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
};

/** What is wrong with a schema, by the place in it; nothing where nothing is. */
export function problemsOfSchema(schema: object): string[] {
  let found: Record<string, Schema | boolean>;
  try {
    // It leaves marks in what it looks at.
    found = dereference(structuredClone(schema) as Schema);
  } catch {
    return ['#: expected $id and $ref to be URIs, each $id once'];
  }
  return Object.entries(found).flatMap(([uri, part]) => {
    if (typeof part === 'boolean') return [];
    const place = uri.includes('#') ? uri.slice(uri.indexOf('#')) : '#';
    const { $ref, __absolute_ref__: target = $ref } = part;
    return [
      ...($ref === undefined || (target && target in found)
        ? []
        : [`${place}/$ref: expected a schema within this one`]),
      ...Object.entries(rules)
        .filter(([keyword, [, isValid]]) => keyword in part && !isValid(part[keyword]))
        .map(([keyword, [expected]]) => `${place}/${keyword}: expected ${expected}`),
    ];
  });
}

function hasPatterns(value: unknown): boolean {
  return isObject(value) && Object.keys(value).every(isPattern);
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== undefined;
  } catch {
    return false;
  }
}
