/** base64 as Lambda writes it: of megabytes, so by the platform's fastest way. */

/** The part of Node's `Buffer` that is used. */
interface NodeBuffer {
  readonly from: ((text: string, encoding: 'base64') => Uint8Array) &
    ((
      bytes: ArrayBufferLike,
      start: number,
      length: number,
    ) => { readonly toString: (encoding: 'base64') => string });
}

function nodeBuffer(): NodeBuffer | undefined {
  return (globalThis as { readonly Buffer?: NodeBuffer }).Buffer;
}

export function decodeBase64(text: string): Uint8Array {
  const bytes = nodeBuffer()?.from(text, 'base64');
  if (bytes) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** No more than a call takes arguments. */
const SLICE_BYTES = 8192;

export function encodeBase64(bytes: Uint8Array): string {
  const buffer = nodeBuffer()?.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer) return buffer.toString('base64');
  let characters = '';
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    characters += String.fromCharCode(...bytes.subarray(at, at + SLICE_BYTES));
  }
  return btoa(characters);
}
