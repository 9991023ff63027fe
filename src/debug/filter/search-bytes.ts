/** Looks for text in UTF-8 without decoding it: a filter asks this of every record of the window. */

const LETTER_A = 65;
const LETTER_Z = 90;
const LOWER = 32;

/** Where every byte goes when case does not count. */
const FOLD: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= LETTER_A && byte <= LETTER_Z ? byte + LOWER : byte,
);

/**
 * Whether bytes have the text, without regard to case. ASCII is looked for as bytes (Horspool: what cannot be is passed over by the
 * text's length); other scripts fold in ways of their own, so that they are decoded.
 */
export function createByteSearch(text: string): (bytes: Uint8Array) => boolean {
  const wanted = text.toLowerCase();
  const needle = new TextEncoder().encode(wanted);
  const { length } = needle;
  if (length !== wanted.length) {
    const decoder = new TextDecoder();
    return (bytes) => decoder.decode(bytes).toLowerCase().includes(wanted);
  }
  const last = length - 1;
  const skips = new Uint32Array(256).fill(Math.max(1, length));
  for (let at = 0; at < last; at++) {
    const byte = needle[at] ?? 0;
    for (let other = 0; other < skips.length; other++) {
      if (FOLD[other] === byte) skips[other] = last - at;
    }
  }
  return (bytes) => {
    const end = bytes.length;
    for (let at = last; at < end; ) {
      const byte = bytes[at] as number;
      if (FOLD[byte] === needle[last]) {
        let back = 1;
        while (back <= last && FOLD[bytes[at - back] as number] === needle[last - back]) back++;
        if (back > last) return true;
      }
      at += skips[byte] as number;
    }
    return length === 0;
  };
}
