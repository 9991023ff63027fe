/** The most UTF-8 bytes that one UTF-16 unit becomes. Units are counted for nothing, bytes cost an encoding. */
export const BYTES_PER_UNIT = 3;

export function isLongerThan(text: string, maxBytes: number): boolean {
  return text.length * BYTES_PER_UNIT > maxBytes && joinBytes(text).length > maxBytes;
}

/** One run of bytes out of texts, as UTF-8, and bytes. */
export function joinBytes(...parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const joined = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
