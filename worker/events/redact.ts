/** Takes personal data out of what people typed, before it leaves the edge. */

import type { Redaction } from '../configuration/source.ts';

/** JSON in, the same JSON out: values that hold what is looked for are changed, keys and everything else stay as they are. */
export type Redact = (json: string) => string;

interface Rule {
  /** Whether a JSON text may hold a match. Cheap; most do not. */
  readonly mayMatch: (json: string) => boolean;
  readonly edit: (text: string) => string;
  /** Whether it looks at numbers too. */
  readonly readsNumbers?: boolean;
}

/**
 * Characters of one text that a pattern of the operator's own is tried on. JavaScript has no bound for the time that a
 * pattern takes, and one with nested repetition may take for ever on few characters; one with a repetition in a sequence
 * takes the square of them.
 */
const MAX_PATTERN_TEXT = 8192;

/**
 * `jane@shop.example`, also as a URL writes it. Begins where no other could, so that no text is tried more than once;
 * `/ ? & =` end it, or the whole address of a page would go with one parameter.
 */
const EMAIL =
  /(?<![\p{L}\p{M}\p{N}._%+'-])[\p{L}\p{M}\p{N}._%+'-]+(?:@|%40)(?:[\p{L}\p{M}\p{N}-]+\.)+\p{L}[\p{L}\p{M}\p{N}-]+/gu;

/** Digits in one run, whole or in groups. Not the decimals of a fraction. */
const DIGITS = /(?<!\d|\d\.)\d(?:(?:[ +-]|%20)?\d){12,}/g;
const SEPARATOR = /[ +-]|%20/;

/** Lengths of card numbers: ISO/IEC 7812-1. */
const CARD_DIGITS = [13, 19] as const;

/** 4-4-4-4-3 is the longest way to write one. */
const MAX_CARD_GROUPS = 5;

/** Any string, with the colon that makes it a key, or any number. In JSON nothing else looks so. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*/g;

export function createRedaction(redactions: readonly Redaction[]): Redact | undefined {
  if (redactions.length === 0) return undefined;
  const rules = redactions.map(ruleOf);

  return (json) => {
    const due = rules.filter(({ mayMatch }) => mayMatch(json));
    if (due.length === 0) return json;
    return json.replace(TOKEN, (token: string, colon: string | undefined) => {
      if (colon !== undefined) return token;
      return token.startsWith('"') ? editText(token, due) : editNumber(token, due);
    });
  };
}

function editText(token: string, rules: readonly Rule[]): string {
  const text: string = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  const edited = rules.reduce((before, { edit }) => edit(before), text);
  return edited === text ? token : JSON.stringify(edited);
}

function editNumber(token: string, rules: readonly Rule[]): string {
  for (const { readsNumbers, edit } of rules) {
    const edited = readsNumbers ? edit(token) : token;
    if (edited !== token) return JSON.stringify(edited);
  }
  return token;
}

function ruleOf(redaction: Redaction): Rule {
  // An escape may stand for any letter.
  const orEscaped = (isFound: (json: string) => boolean) => (json: string) =>
    isFound(json) || json.includes('\\u');
  switch (redaction) {
    case 'email':
      return {
        mayMatch: orEscaped((json) => json.includes('@') || json.includes('%40')),
        edit: (text) => text.replace(EMAIL, '[redacted:email]'),
      };
    case 'card':
      return {
        mayMatch: orEscaped((json) => json.search(DIGITS) >= 0),
        edit: (text) => text.replace(DIGITS, (run: string) => redactCards(run)),
        readsNumbers: true,
      };
    default: {
      const pattern = new RegExp(redaction.pattern, 'gu');
      const mark = `[redacted:${redaction.name}]`;
      return {
        mayMatch: () => true,
        edit: (text) =>
          // Whole, as it cannot be looked through: what is asked for is that nothing leaves.
          text.length > MAX_PATTERN_TEXT
            ? mark
            : text.replace(pattern, (match: string) => (match === '' ? '' : mark)),
      };
    }
  }
}

/** Takes the card numbers out of a run of digits, which may be several numbers with blanks between them. */
function redactCards(run: string): string {
  const parts = run.split(/([ +-]|%20)/);
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    const length = SEPARATOR.test(parts[at] as string) ? 0 : cardAt(parts, at);
    kept.push(length > 0 ? '[redacted:card]' : (parts[at] as string));
    at += Math.max(0, length - 1);
  }
  return kept.join('');
}

/** How many parts, digits and what stands between them, make a card number from here on; 0 where none do. */
function cardAt(parts: readonly string[], at: number): number {
  const [least, most] = CARD_DIGITS;
  let digits = '';
  for (let group = 0; group < MAX_CARD_GROUPS && at + 2 * group < parts.length; group++) {
    digits += parts[at + 2 * group];
    if (digits.length > most) return 0;
    if (digits.length >= least && isCard(digits)) return 2 * group + 1;
  }
  return 0;
}

/** By its first digit, which is that of a bank or a shop, and its last, which is Luhn's: ISO/IEC 7812-1, annex B. */
function isCard(digits: string): boolean {
  if (!/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const weighted = place % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
