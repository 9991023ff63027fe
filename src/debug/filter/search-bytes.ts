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
  if (length === 0) return () => true;
  const last = length - 1;
  const tail = needle[last];
  /** How far on the next place is by the byte at the last letter. 0 where it is that letter: then the others are looked at. */
  const skips = new Uint32Array(FOLD.length).fill(length);
  let tailSkip = length;
  for (let at = 0; at < last; at++) {
    for (const [byte, folded] of FOLD.entries()) if (folded === needle[at]) skips[byte] = last - at;
    if (needle[at] === tail) tailSkip = last - at;
  }
  for (const [byte, folded] of FOLD.entries()) if (folded === tail) skips[byte] = 0;

  const isAt = (bytes: Uint8Array, end: number): boolean => {
    for (let back = 1; back <= last; back++) {
      if (FOLD[bytes[end - back] as number] !== needle[last - back]) return false;
    }
    return true;
  };
  return (bytes) => {
    const { length: end } = bytes;
    for (let at = last; at < end; ) {
      const skip = skips[bytes[at] as number] as number;
      if (skip === 0 && isAt(bytes, at)) return true;
      at += skip || tailSkip;
    }
    return false;
  };
}
