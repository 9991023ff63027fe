/** Types of TypeScript as text. */

/** What holds a type together on its outside, the loosest first. */
const BINDINGS = ['|', '&', 'readonly', 'atom'] as const;
type Binding = (typeof BINDINGS)[number];

export interface TypeText {
  readonly text: string;
  readonly binding: Binding;
}

export const UNKNOWN: TypeText = atom('unknown');
export const NEVER: TypeText = atom('never');

export function atom(text: string): TypeText {
  return { text, binding: 'atom' };
}

export function union(types: readonly TypeText[]): TypeText {
  const parts = withoutDoubles(types).filter(({ text }) => text !== 'never');
  if (parts.some(({ text }) => text === 'unknown')) return UNKNOWN;
  return joined(parts, '|') ?? NEVER;
}

export function intersection(types: readonly TypeText[]): TypeText {
  const parts = withoutDoubles(types).filter(({ text }) => text !== 'unknown');
  return joined(parts, '&') ?? UNKNOWN;
}

/** Of `readonly` lists: what a caller holds may be one. */
export function listOf(item: TypeText): TypeText {
  return { text: `readonly ${tight(item, 'atom')}[]`, binding: 'readonly' };
}

/** The first `least` elements have to be there. */
export function tupleOf(first: readonly TypeText[], least: number, rest: TypeText): TypeText {
  const elements = first.map((item, index) =>
    index < least ? item.text : `${tight(item, 'atom')}?`,
  );
  const more = rest.text === 'never' ? [] : [`...${tight(rest, 'atom')}[]`];
  return { text: `readonly [${[...elements, ...more].join(', ')}]`, binding: 'readonly' };
}

/** Each member in lines of its own. */
export function objectOf(members: readonly string[]): TypeText {
  return atom(`{\n${members.map((member) => `${indented(member)}\n`).join('')}}`);
}

/** The type of one value alone. */
export function literal(value: unknown): TypeText {
  if (typeof value === 'string') return atom(quoted(value));
  if (Array.isArray(value)) return tupleOf(value.map(literal), value.length, NEVER);
  if (typeof value !== 'object' || value === null) return atom(String(value));
  const members = Object.entries(value);
  if (members.length === 0) return atom('Record<string, never>');
  return objectOf(members.map(([name, member]) => `${nameOf(name)}: ${literal(member).text};`));
}

/** A name of a member, in quotes where it needs them. */
export function nameOf(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : quoted(name);
}

/** `order completed` → `OrderCompleted`. */
export function typeNameOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const name = words.map((word) => word.replace(/^./u, (first) => first.toUpperCase())).join('');
  return /^\p{N}/u.test(name) ? `N${name}` : name;
}

/** A comment in lines of its own; none without lines. */
export function commentOf(lines: readonly string[]): string {
  const texts = lines.map((line) => line.trim().replaceAll('*/', '* /')).filter(Boolean);
  if (texts.length < 2) return texts.map((text) => `/** ${text} */\n`).join('');
  return `/**\n${texts.map((text) => ` * ${text}\n`).join('')} */\n`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  // JSON lets these two stand, which end a line elsewhere.
  return `'${inside.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

function joined(parts: readonly TypeText[], binding: '|' | '&'): TypeText | undefined {
  if (parts.length < 2) return parts[0];
  const least = binding === '|' ? '|' : 'readonly';
  return { text: parts.map((part) => tight(part, least)).join(` ${binding} `), binding };
}

/** In parentheses where it is held together more loosely. */
function tight({ text, binding }: TypeText, least: Binding): string {
  return BINDINGS.indexOf(binding) < BINDINGS.indexOf(least) ? `(${text})` : text;
}

function withoutDoubles(types: readonly TypeText[]): readonly TypeText[] {
  return [...new Map(types.map((type) => [type.text, type])).values()];
}
