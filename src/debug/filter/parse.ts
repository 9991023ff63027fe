/** The filter's grammar: text to terms, and terms to text. It takes any text: what is no term of another kind is looked for. */

/** `:` and `=` say the same. */
export type Operator = ':' | '=' | '>' | '>=' | '<' | '<=';

/** A value as it is, one with `*` for anything, or a regular expression. */
export interface Wanted {
  readonly kind: 'text' | 'glob' | 'regex';
  readonly text: string;
  /** Of a regular expression. */
  readonly flags?: string;
}

export interface Term {
  /** Where it stands in the text, its sign included. */
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  /** The field's name or path, by its segments. None: it is looked for everywhere. */
  readonly path: readonly string[];
  readonly operator: Operator;
  /** One of them is enough. None: the value is not typed yet. */
  readonly values: readonly Wanted[];
  /** What is wrong with it. */
  readonly problem?: string;
}

/** What a term says, wherever it stands. */
export type Statement = Omit<Term, 'start' | 'end' | 'problem'>;

const QUOTED = /"((?:[^"\\]|\\.)*)"/.source;
const PATH = new RegExp(
  String.raw`(?:${QUOTED}|[\p{L}_$@][^\s".:<>=|]*)(?:\.(?:${QUOTED}|[^\s".:<>=|]+))*(?=[:<>=])`,
  'suy',
);
const SEGMENT = new RegExp(`${QUOTED}|[^.]+`, 'gs');
const OPERATOR = /[<>]=?|[:=]/y;
/** A space would make a path of two words one: in an expression it is written `\s`. The flags `g` and `y` mean nothing here. */
const REGEX = /\/(?!\/)((?:[^\s\\/[]|\\\S|\[(?:[^\s\\\]]|\\\S)*\])+)\/([dgimsuvy]*)(?=[\s|]|$)/y;
const SPACE = /\s+/y;
const WORD = /\S+/y;
const BARE = /[^\s|]*/y;

/** Code is the rest of the text: it has spaces and quotes of its own. */
export const CODE = 'fn';

export function parse(text: string): readonly Term[] {
  const terms: Term[] = [];
  let at = 0;
  /** Moves on over what the pattern matches here. */
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match ?? undefined;
  };

  const takeQuoted = (): Wanted | undefined => {
    if (text[at] !== '"') return undefined;
    const start = ++at;
    // A quotation that nobody closed is still being typed: it goes to the end.
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at = Math.min(at, text.length);
    return { kind: 'text', text: unquote(text.slice(start, at++)) };
  };

  let problem: string | undefined;
  const takeRegex = (): Wanted | undefined => {
    const start = at;
    const [whole, source = '', written = ''] = take(REGEX) ?? [];
    if (whole === undefined) return undefined;
    const flags = written.replace(/[gy]/g, '');
    try {
      new RegExp(source, flags);
    } catch (error) {
      problem = `${text.slice(start, at)}: ${(error as Error).message}; it is looked for as text.`;
      return { kind: 'text', text: whole };
    }
    return { kind: 'regex', text: source, flags };
  };

  const takeValues = (operator: Operator): readonly Wanted[] => {
    if (operator.includes('<') || operator.includes('>')) {
      const value = takeQuoted() ?? { kind: 'text', text: take(WORD)?.[0] ?? '' };
      return value.text === '' ? [] : [value];
    }
    const values: Wanted[] = [];
    do {
      const isQuoted = text[at] === '"';
      const value = takeQuoted() ?? takeRegex() ?? bare(take(BARE)?.[0] ?? '');
      if (value.text !== '' || isQuoted) values.push(value);
    } while (text[at] === '|' && ++at);
    return values;
  };

  const takeTerm = (): Omit<Term, 'start' | 'end' | 'negated'> => {
    const name = take(PATH)?.[0];
    if (name === undefined) {
      const value = takeQuoted() ?? takeRegex() ?? { kind: 'text', text: take(WORD)?.[0] ?? '' };
      return { path: [], operator: ':', values: [value] };
    }
    const path = splitPath(name);
    const operator = (take(OPERATOR)?.[0] ?? ':') as Operator;
    if (name === CODE && operator === ':') {
      const code = text.slice(at).trim();
      at = text.length;
      return { path, operator, values: code ? [{ kind: 'text', text: code }] : [] };
    }
    return { path, operator, values: takeValues(operator) };
  };

  take(SPACE);
  while (at < text.length) {
    const start = at;
    const negated = text[at] === '-' && /\S/.test(text[at + 1] ?? '');
    if (negated) at++;
    problem = undefined;
    const term = takeTerm();
    at = Math.min(at, text.length);
    terms.push({ ...term, negated, start, end: at, ...(problem ? { problem } : {}) });
    take(SPACE);
  }
  return terms;
}

/** `properties."Order Id"` by its segments. */
export function splitPath(path: string): readonly string[] {
  return [...path.matchAll(SEGMENT)].map(([segment, quoted]) =>
    quoted === undefined ? segment : unquote(quoted),
  );
}

/** Segments as the grammar writes them. */
export function joinPath(path: readonly string[]): string {
  return path
    .map((segment, index) =>
      (index ? /^[^\s".:<>=|]+$/u : /^[\p{L}_$@][^\s".:<>=|]*$/u).test(segment)
        ? segment
        : quote(segment),
    )
    .join('.');
}

/** Terms as text, which says the same when it is parsed. Code comes last, because nothing can follow it. */
export function print(terms: readonly Statement[]): string {
  const isCode = ({ path }: Statement): boolean => path[0] === CODE && path.length === 1;
  return [...terms.filter((term) => !isCode(term)), ...terms.filter(isCode)]
    .map(printTerm)
    .join(' ');
}

function printTerm({ negated, path, operator, values }: Statement): string {
  const sign = negated ? '-' : '';
  if (path.length === 0) return sign + values.map((value) => printValue('', value)).join('');
  const head = joinPath(path) + operator;
  if (head === `${CODE}:`) return `${sign}${head}${values[0]?.text ?? ''}`;
  const all = values.map((value) => printValue(head, value));
  // Between two slashes `|` would be one of an expression.
  const isList = all.length > 1;
  return (
    sign +
    head +
    all
      .map((text, at) =>
        isList && values[at]?.kind === 'text' && text[0] === '/' ? quote(text) : text,
      )
      .join('|')
  );
}

/** As short as it can be: in quotes only where it would mean something else without them. */
function printValue(head: string, { kind, text, flags = '' }: Wanted): string {
  if (kind === 'regex') return `/${text}/${flags}`;
  const [term, ...more] = parse(head + text);
  const [value, ...others] = term?.values ?? [];
  const isItself =
    // Two words with a quote each would be a quotation together.
    !(head === '' && text.includes('"')) &&
    more.length + others.length === 0 &&
    !term?.negated &&
    !term?.problem &&
    (head === '') === (term?.path.length === 0) &&
    value?.kind === kind &&
    value.text === text;
  return isItself ? text : quote(text);
}

function bare(text: string): Wanted {
  return { kind: text.includes('*') ? 'glob' : 'text', text };
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}
