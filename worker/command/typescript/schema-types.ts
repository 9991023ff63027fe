/**
 * TypeScript of a JSON Schema. The type takes whatever the schema takes, but for two things that it says to help: where
 * `additionalProperties` is absent, a name that is not planned is a typing error; and a schema without `type` means the type
 * that its keywords speak of. What types cannot say (patterns, bounds, `not`, `if`) they leave to the relay.
 */

import { isObject } from '../../../src/protocol/parsed.ts';
import {
  atom,
  commentOf,
  intersection,
  listOf,
  literal,
  NEVER,
  nameOf,
  objectOf,
  type TypeText,
  tupleOf,
  typeNameOf,
  UNKNOWN,
  union,
} from './type-text.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface SchemaTypesOptions {
  /** What `$ref` points into. Checked: each points to something. */
  readonly root: Schema;
  /** Declares a type under this name, or one like it that is free. `body` is given the name. */
  readonly declare: (wanted: string, body: (name: string) => string) => string;
  /** Begins the names of what is declared. */
  readonly prefix: string;
}

const PRIMITIVES: Readonly<Record<string, TypeText>> = {
  string: atom('string'),
  number: atom('number'),
  integer: atom('number'),
  boolean: atom('boolean'),
  null: atom('null'),
};

const ANY_OBJECT = atom('{ [name: string]: unknown }');
const NO_MEMBERS = atom('Record<string, never>');

/** The types that keywords speak of, where `type` is absent. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'patternProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['pattern', 'minLength', 'maxLength', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};
const APPLICATORS = ['$ref', 'allOf', 'anyOf', 'oneOf'];

/** The type of an event's properties, which are always an object. */
export function objectTypeOf(schema: Schema, options: SchemaTypesOptions): string {
  const type = createTypes(options)(schema, true);
  return type === UNKNOWN ? ANY_OBJECT.text : type.text;
}

/** The comment of a member; none where its schema says nothing about it. */
export function docOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  const { description, deprecated } = schema;
  const lines = typeof description === 'string' ? description.split('\n') : [];
  return commentOf(deprecated === true ? [...lines, '@deprecated'] : lines);
}

function createTypes({ root, declare, prefix }: SchemaTypesOptions) {
  const declared = new Map<string, TypeText>();
  /** What is being declared, with nothing between it and a reference to itself. */
  let open: readonly string[] = [];

  function typeOf(schema: unknown, isOfObject = false): TypeText {
    if (schema === false) return NEVER;
    if (!isObject(schema)) return UNKNOWN;
    const { $ref, allOf, anyOf, oneOf } = schema;
    const choices = [anyOf, oneOf].filter((choice) => choice !== undefined);
    return intersection([
      ownType(schema, isOfObject),
      ...($ref === undefined ? [] : [declaredType(String($ref))]),
      ...items(allOf).map((part) => typeOf(part, isOfObject)),
      ...choices.map((choice) => union(items(choice).map((part) => typeOf(part, isOfObject)))),
    ]);
  }

  function ownType(schema: Schema, isOfObject: boolean): TypeText {
    const types = typesOf(schema, isOfObject);
    if ('const' in schema) return literal(schema.const);
    if ('enum' in schema) {
      const values = items(schema.enum).filter((value) => types?.some(isOf(value)) ?? true);
      return union(values.map(literal));
    }
    return types ? union(types.map((type) => typeAs(type, schema))) : UNKNOWN;
  }

  function typeAs(type: string, schema: Schema): TypeText {
    if (type === 'object') return objectType(schema);
    if (type === 'array') return arrayType(schema);
    return PRIMITIVES[type] ?? UNKNOWN;
  }

  function objectType({ properties, required, patternProperties, ...rest }: Schema): TypeText {
    const known = isObject(properties) ? properties : {};
    const needed = items(required).map(String);
    const { additionalProperties: others = false } = rest;
    const members = [...new Set([...Object.keys(known), ...needed])].map((name) => {
      const schema = Object.hasOwn(known, name) ? known[name] : true;
      const mark = needed.includes(name) ? '' : '?';
      return `${docOf(schema)}${nameOf(name)}${mark}: ${inner(schema).text};`;
    });
    const patterns = isObject(patternProperties) ? Object.values(patternProperties) : [];
    const unnamed = union([...patterns, others].map(inner));
    // An index signature has to hold for the named ones too.
    const index = members.length > 0 ? UNKNOWN : unnamed;
    if (unnamed !== NEVER) members.push(`[name: string]: ${index.text};`);
    if (members.length > 0) return objectOf(members);
    return rest.additionalProperties === false ? NO_MEMBERS : ANY_OBJECT;
  }

  function arrayType({ items: each, prefixItems, additionalItems, minItems }: Schema): TypeText {
    // Until draft 7 a list under `items` was what `prefixItems` is now.
    const [first, rest] = Array.isArray(each) ? [each, additionalItems] : [prefixItems, each];
    const elements = items(first).map(inner);
    if (elements.length === 0) return listOf(inner(rest));
    return tupleOf(elements, Number(minItems ?? 0), inner(rest));
  }

  /** Inside of an object or a list, where a type may name itself. */
  function inner(schema: unknown): TypeText {
    const before = open;
    open = [];
    const type = typeOf(schema);
    open = before;
    return type;
  }

  function declaredType(ref: string): TypeText {
    // An anchor, or a schema's own URI.
    if (!/^#(\/|$)/.test(ref)) return UNKNOWN;
    if (open.includes(ref)) return UNKNOWN;
    const known = declared.get(ref);
    if (known) return known;
    const [, ...steps] = decodeURIComponent(ref)
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const target = steps.reduce<unknown>(
      (part, step) => (part as Schema | undefined)?.[step],
      root,
    );
    const name = declare(`${prefix}${typeNameOf(steps.at(-1) ?? '')}`, (name) => {
      declared.set(ref, atom(name));
      const before = open;
      open = [...open, ref];
      const { text } = typeOf(target, steps.length === 0);
      open = before;
      return text;
    });
    return atom(name);
  }

  return typeOf;
}

function typesOf(schema: Schema, isOfObject: boolean): readonly string[] | undefined {
  const speaks = (type: string): boolean =>
    (KEYWORDS[type] ?? []).some((keyword) => keyword in schema);
  // What its parts say is enough; an open object beside them would take every name.
  const isInParts = !speaks('object') && APPLICATORS.some((keyword) => keyword in schema);
  if (isOfObject) return isInParts ? undefined : ['object'];
  if (schema.type === undefined) {
    const types = Object.keys(KEYWORDS).filter(speaks);
    return types.length > 0 ? types : undefined;
  }
  const types = [schema.type].flat().map(String);
  return isInParts && types.join() === 'object' ? undefined : types;
}

function isOf(value: unknown): (type: string) => boolean {
  return (type) => {
    if (type === 'null') return value === null;
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return isObject(value);
    return typeof value === (type === 'integer' ? 'number' : type);
  };
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
