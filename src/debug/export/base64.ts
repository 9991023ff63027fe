/** As many as a call takes arguments, of which every engine takes this many. */
const CHUNK_BYTES = 8_190;

/** Platforms that have it encode ten times as fast by themselves. */
type Native = Uint8Array & { readonly toBase64?: () => string };

export function encodeBase64(bytes: Uint8Array): string {
  const native = (bytes as Native).toBase64?.();
  if (native !== undefined) return native;
  let text = '';
  // Whole groups of three bytes, so that the pieces are one text.
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES)));
  }
  return text;
}

/** The bytes, or `undefined` where the text is no base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    // Not base64.
    return undefined;
  }
}
