import { describe, expect, test } from 'vitest';
import { planTypes } from '../../../worker/command/typescript/plan-types.ts';
import { readPlan } from '../../../worker/command/typescript/read-plan.ts';

function typesOf(events: object): string {
  return planTypes(readPlan('plan', JSON.stringify({ events })));
}

/** The type of a member with this schema, in one line. */
function typeOf(schema: unknown, more: object = {}): string {
  const text = typesOf({ Seen: { properties: { it: schema }, required: ['it'], ...more } });
  const [, type = ''] = /^ {4}it: ([\s\S]*?);\n {2}};\n}$/m.exec(text) ?? [];
  return type.replace(/\s+/g, ' ');
}

describe('the type of', () => {
  const text = { type: 'string' };
  const number = { type: 'number' };

  test.each<[string, unknown, string]>([
    ['anything', true, 'unknown'],
    ['anything, without a word', {}, 'unknown'],
    ['nothing', false, 'never'],
    ['one value', { const: 5 }, '5'],
    ['one value that is an object', { const: { a: [1, 'x'] } }, "{ a: readonly [1, 'x']; }"],
    ['some values of a type', { type: 'string', enum: ['a', 1, null] }, "'a'"],
    ['no value of a type', { type: 'string', enum: [1] }, 'never'],
    ['a text or nothing', { type: ['string', 'null'] }, 'string | null'],
    ['what has a pattern', { pattern: '^S' }, 'string'],
    ['what has a bound', { maximum: 5 }, 'number'],
    ['what is in a list', { items: text }, 'readonly string[]'],
    ['a list of some', { items: { type: ['string', 'number'] } }, 'readonly (string | number)[]'],
    ['a list of lists', { items: { items: text } }, 'readonly (readonly string[])[]'],
    ['a list of anything', { type: 'array' }, 'readonly unknown[]'],
    [
      'a pair',
      { prefixItems: [text, number], items: false, minItems: 2 },
      'readonly [string, number]',
    ],
    [
      'half a pair',
      { prefixItems: [text, number], items: false, minItems: 1 },
      'readonly [string, number?]',
    ],
    ['a pair and more', { prefixItems: [text], items: number }, 'readonly [string?, ...number[]]'],
    [
      'a pair of draft 7',
      { items: [text], additionalItems: false, minItems: 1 },
      'readonly [string]',
    ],
    ['an open object', { type: 'object' }, '{ [name: string]: unknown }'],
    ['an empty one', { additionalProperties: false }, 'Record<string, never>'],
    ['a map', { additionalProperties: number }, '{ [name: string]: number; }'],
    [
      'a map by pattern',
      { patternProperties: { '^a': number, '^b': text } },
      '{ [name: string]: number | string; }',
    ],
    [
      'names beside a map',
      { properties: { a: text }, additionalProperties: number },
      '{ a?: string; [name: string]: unknown; }',
    ],
    ['a name that is only required', { required: ['a'] }, '{ a: unknown; }'],
    ['one of two', { oneOf: [text, { type: 'null' }] }, 'string | null'],
    [
      'both of two',
      { allOf: [{ required: ['a'] }, { properties: { a: text } }] },
      '{ a: unknown; } & { a?: string; }',
    ],
    ['an object that is more', { type: 'object', allOf: [{ required: ['a'] }] }, '{ a: unknown; }'],
    [
      'a text that is some',
      { type: 'string', anyOf: [{ const: 'a' }, { const: 'b' }] },
      "string & ('a' | 'b')",
    ],
    [
      'what types cannot say',
      { not: { type: 'null' }, if: {}, type: 'string', minLength: 2 },
      'string',
    ],
  ])('%s', (_, schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });
});

describe('a reference', () => {
  test('is a type of its own, whose name tells the event', () => {
    const text = typesOf({
      Seen: {
        properties: { a: { $ref: '#/$defs/line~1item' }, b: { $ref: '#/$defs/line~1item' } },
        $defs: { 'line/item': { type: ['string', 'null'] } },
      },
    });

    expect(text).toContain('    a?: SeenLineItem;\n    b?: SeenLineItem;\n');
    expect(text).toContain('export type SeenLineItem = string | null;\n');
  });

  test('has a number where two would have one name', () => {
    const text = typesOf({
      'Seen Line': {
        properties: { a: { $ref: '#/$defs/item' } },
        $defs: { item: { type: 'string' } },
      },
      Seen: {
        properties: { a: { $ref: '#/$defs/lineItem' } },
        $defs: { lineItem: { type: 'number' } },
      },
    });

    expect(text).toContain('export type SeenLineItem = string;\n');
    expect(text).toContain('export type SeenLineItem2 = number;\n');
  });

  test('to itself is one within an object or a list, and anything where nothing is between', () => {
    const $defs = {
      tree: { items: { $ref: '#/$defs/tree' } },
      loop: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/other' }] },
      other: { $ref: '#/$defs/loop' },
    };

    const text = typesOf({
      Seen: { properties: { a: { $ref: '#/$defs/tree' }, b: { $ref: '#/$defs/loop' } }, $defs },
    });

    expect(text).toContain('export type SeenTree = readonly SeenTree[];\n');
    expect(text).toContain('export type SeenOther = unknown;\n');
  });

  test('by an anchor is anything', () => {
    const $defs = { a: { $anchor: 'there', type: 'string' } };

    expect(typeOf({ $ref: '#there' }, { $defs })).toBe('unknown');
  });
});

describe('a name', () => {
  test.each([
    ['plain', 'plain'],
    ['größe', 'größe'],
    ['two words', "'two words'"],
    ["it's", "'it\\'s'"],
    ['"said"', `'"said"'`],
    ['1st', "'1st'"],
    ['a\nb', "'a\\nb'"],
    ['back\\slash', "'back\\\\slash'"],
    ['\u2028', "'\\u2028'"],
    ['', "''"],
  ])('%j is written as %s', (name, written) => {
    expect(typesOf({ Seen: { required: [name] } })).toContain(`    ${written}: unknown;\n`);
  });

  test('of an event that is one of a type stands apart', () => {
    const text = typesOf({ page: {}, Seen: {}, identify: {}, track: {} });

    expect(text).toMatch(/interface Events \{\n {2}Seen: .*\n {2}track: .*\n\}/);
    expect(text).toMatch(/interface EventsByType \{\n {2}page: .*\n {2}identify: .*\n\}/);
  });
});

describe('a comment', () => {
  test('says what the schema does, and ends where it ends', () => {
    const text = typesOf({
      Seen: {
        description: 'Once */ alert(1)\n\n  a visit.',
        properties: { a: { description: 'One.', type: 'string' }, b: { deprecated: true } },
      },
    });

    expect(text).toContain('  /**\n   * Once * / alert(1)\n   * a visit.\n   */\n  Seen: {\n');
    expect(text).toContain(
      '    /** One. */\n    a?: string;\n    /** @deprecated */\n    b?: unknown;\n',
    );
  });
});
