/** Where the fields of a JSON text stand. What nobody edits is passed on as the text it came as: exact, and for free. */

export interface Scanned {
  /** Of nesting: 1 for an object that holds no other. */
  readonly levels: number;
  /** Of all objects in it. */
  readonly keys: number;
  /** Whether its own fields were told: an escaped name may be the same as one without. */
  readonly isPlain: boolean;
}

const PROPERTIES_NAME = '"properties"';
const PROPERTIES = `${PROPERTIES_NAME}:{`;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Expects text that `JSON.parse` took: outside of strings, braces and commas then mean what they say. `onField` gets the
 * fields of the outermost object, name and value as they are written; the last of a name is the one that JSON.parse kept.
 */
export function scanJson(text: string, onField: (name: string, value: string) => void): Scanned {
  let depth = 0;
  let levels = 0;
  let keys = 0;
  let isPlain = true;
  let stringAt = 0;
  let name = '';
  let valueAt = 0;

  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        stringAt = at + 1;
        at = endOfString(text, stringAt);
        break;
      case COLON:
        keys++;
        if (depth > 1) break;
        name = text.slice(stringAt, text.lastIndexOf('"', at));
        isPlain &&= !name.includes('\\');
        valueAt = at + 1;
        break;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        levels = Math.max(levels, ++depth);
        break;
      case COMMA:
        if (depth === 1 && valueAt > 0) onField(name, text.slice(valueAt, at).trim());
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        if (depth === 1 && valueAt > 0) onField(name, text.slice(valueAt, at).trim());
        depth--;
        break;
    }
  }
  return { levels, keys, isPlain };
}

/**
 * `properties` of an event as most are written, found without looking at every character; `undefined` where it takes a scan.
 * `event` is what JSON.parse made of the text.
 *
 * Nothing is escaped and the name stands there once, so it is the key's own place and its value is the last of that key. The
 * text ends with that of an object, and no other field is one: so nothing follows it, not even a key a second time.
 */
export function plainProperties(text: string, event: object): string | undefined {
  const at = text.indexOf(PROPERTIES);
  if (at < 0 || !text.endsWith('}}') || text.includes('\\')) return undefined;
  if (text.includes(PROPERTIES_NAME, at + PROPERTIES_NAME.length)) return undefined;
  for (const [name, value] of Object.entries(event)) {
    if (name !== 'properties' && typeof value === 'object' && value !== null) return undefined;
  }
  const start = at + PROPERTIES.length - 1;
  // Flat, too: what is nested has to be counted.
  const isFlat = text.indexOf('{', start + 1) < 0 && text.indexOf('[', start + 1) < 0;
  return isFlat ? text.slice(start, -1) : undefined;
}

/** The place of the quote that ends a string: one with an even number of backslashes before it. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); ; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    // No quote at all is no JSON, and must not run for ever.
    if (end < 0 || (end - before) % 2 === 0) return end < 0 ? text.length : end;
  }
}
