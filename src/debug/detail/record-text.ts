/** A record's data as somebody can read it. */

import type { ConsumedRecord } from '../../consumer/types.ts';

/** Bytes of binary data shown as hexadecimal. */
const MAX_HEX_BYTES = 1024;

const BYTES_A_LINE = 16;

/** Pretty JSON where it is JSON, the text where it is text, hexadecimal where it is neither. */
export function textOf({ data }: Pick<ConsumedRecord, 'data'>): string {
  const text = decodeText(data);
  if (text === undefined) return hexOf(data);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it came.
    return text;
  }
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    // Not UTF-8.
    return undefined;
  }
}

function hexOf(data: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(data.length, MAX_HEX_BYTES); at += BYTES_A_LINE) {
    const bytes = [...data.subarray(at, at + BYTES_A_LINE)];
    lines.push(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  }
  if (data.length > MAX_HEX_BYTES) lines.push(`… ${data.length - MAX_HEX_BYTES} more bytes`);
  return lines.join('\n');
}
