/** Bytes page by page: no page of a large record costs more than one of a small one. */

/** Bytes a page, as hexadecimal and as text. */
export const PAGE_BYTES = { hex: 2_048, text: 16_384 } as const;

/** So few that a line with its characters fits a phone. */
const BYTES_A_LINE = 8;

/** `000000  7b 22 74 79 70 65 22 3a  {"type":` */
export function hexPage(data: Uint8Array, from: number): string {
  const end = Math.min(data.length, from + PAGE_BYTES.hex);
  const digits = Math.max(4, data.length.toString(16).length);
  const lines: string[] = [];
  for (let at = from; at < end; at += BYTES_A_LINE) {
    const bytes = [...data.subarray(at, Math.min(end, at + BYTES_A_LINE))];
    const hex = bytes
      .map(hexOf)
      .join(' ')
      .padEnd(BYTES_A_LINE * 3 - 1);
    const text = bytes.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·'));
    lines.push(`${at.toString(16).padStart(digits, '0')}  ${hex}  ${text.join('')}`);
  }
  return lines.join('\n');
}

/** The text of a page. A character that begins in it is whole; one that began before it is not repeated. */
export function textPage(data: Uint8Array, from: number): string {
  const end = Math.min(data.length, from + PAGE_BYTES.text);
  return new TextDecoder().decode(data.subarray(beginAt(data, from), beginAt(data, end)));
}

/** The place itself, or the end of the character that it is in the middle of. */
function beginAt(data: Uint8Array, place: number): number {
  let at = place;
  // A character of UTF-8 has three more bytes at most; longer runs are no text.
  while (at > 0 && at < place + 3 && ((data[at] ?? 0) & 0xc0) === 0x80) at++;
  return at;
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
