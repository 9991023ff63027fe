/** Texts as UTF-8, one behind the other in few large buffers: a buffer for each costs several times what its bytes cost. */

const encoder = new TextEncoder();
const MIN_BUFFER_BYTES = 64 * 1024;

/** Gives a text's bytes, which nobody else writes to. */
export type Arena = (text: string) => Uint8Array<ArrayBuffer>;

/** `expectedBytes`: of all texts together, roughly. */
export function createArena(expectedBytes: number): Arena {
  let buffer = new Uint8Array(Math.max(MIN_BUFFER_BYTES, expectedBytes));
  let at = 0;

  return (text) => {
    let { read, written } = encoder.encodeInto(text, buffer.subarray(at));
    if (read < text.length) {
      // No UTF-16 unit makes more than three bytes.
      buffer = new Uint8Array(Math.max(MIN_BUFFER_BYTES, text.length * 3));
      at = 0;
      ({ read, written } = encoder.encodeInto(text, buffer));
    }
    const bytes = buffer.subarray(at, at + written);
    at += written;
    return bytes;
  };
}
