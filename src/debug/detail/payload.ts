/** A record's data as somebody can read it, decoded when it is asked for. */

import { MAX_EVENT_BYTES } from '../../protocol/limits.ts';
import { isObject } from '../../protocol/parsed.ts';
import { hexPage } from './bytes.ts';

/**
 * Any event of ours fits, with its context. More is not parsed, nor put into the page in one piece: that would be a task which a
 * person feels.
 */
export const MAX_PARSED_BYTES: number = MAX_EVENT_BYTES + 64 * 1024;

export type Payload =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' | 'large' };

/** Numbers as they stand in the text: tc39.es/proposal-json-parse-with-source. Browsers without it give what a double holds. */
const EXACT = JSON as typeof JSON & {
  readonly rawJSON?: (text: string) => unknown;
  readonly isRawJSON?: (value: unknown) => boolean;
};

export function readPayload(data: Uint8Array): Payload {
  if (data.length > MAX_PARSED_BYTES) return { kind: 'large' };
  const text = decodeText(data);
  if (text === undefined) return { kind: 'binary' };
  const value = parseExact(text);
  return value === undefined ? { kind: 'text', text } : { kind: 'json', value };
}

/** Pretty JSON where it is JSON, the text where it is text, the first bytes of what is neither. */
export function textOf(data: Uint8Array): string {
  const payload = readPayload(data);
  if (payload.kind === 'json') return JSON.stringify(payload.value, null, 2);
  if (payload.kind === 'binary') return hexPage(data, 0);
  return payload.kind === 'text' ? payload.text : new TextDecoder().decode(data);
}

/** The event in it: a CloudEvent is an envelope around one. */
export function eventIn(payload: Payload): unknown {
  if (payload.kind !== 'json') return undefined;
  const { value } = payload;
  return isObject(value) && value.specversion === '1.0' ? value.data : value;
}

/** JSON without loss: `12345678901234567890` stays what it is. `undefined` where it is none. */
export function parseExact(text: string): unknown {
  try {
    // The reviver takes several times as long as all the rest.
    return /\d{16}|\d\.\d*0\b|\d[eE][-+]?\d/.test(text)
      ? JSON.parse(text, keepNumber)
      : JSON.parse(text);
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** A value of {@link parseExact} for the eye: a text as it is, a number as it was written. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

/** Whether it has something inside: a list, or an object that is no number kept as text. */
export function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && EXACT.isRawJSON?.(value) !== true;
}

function keepNumber(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return EXACT.rawJSON?.(source) ?? value;
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    // Not UTF-8.
    return undefined;
  }
}
