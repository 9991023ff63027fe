/** MD5 where the platform has none: WebCrypto leaves it out, and neither aggregates nor partition keys can do without. RFC 1321. */

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** MD5 in JavaScript alone: 16 bytes. */
export function portableMd5(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const rest = length % BLOCK_BYTES;
  const isRoomForLength = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES;
  const tail = new Uint8Array(isRoomForLength ? BLOCK_BYTES : 2 * BLOCK_BYTES);
  tail.set(bytes.subarray(length - rest));
  tail[rest] = 0x80;
  const end = new DataView(tail.buffer);
  end.setUint32(tail.length - LENGTH_BYTES, length << 3, true);
  end.setUint32(tail.length - LENGTH_BYTES / 2, Math.floor(length / 2 ** 29), true);

  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  digest(state, new DataView(bytes.buffer, bytes.byteOffset, length - rest));
  digest(state, end);

  const digested = new DataView(new ArrayBuffer(16));
  for (const [index, word] of state.entries()) digested.setInt32(4 * index, word, true);
  return new Uint8Array(digested.buffer);
}

/** What is added in each step. Made when it is first needed: an import does nothing. */
let sines: Int32Array | undefined;

/**
 * Takes whole blocks into the state: four rounds, four steps a turn. Written out, without functions for what repeats: the
 * compiler inlines only so much, and calls would take five times as long.
 */
function digest(state: Int32Array, blocks: DataView): void {
  sines ??= Int32Array.from({ length: 64 }, (_, step) =>
    Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32),
  );
  const added = sines;
  // The bitwise or is what makes them 32-bit integers for the compiler from the start: half the time.
  let a = (state[0] ?? 0) | 0;
  let b = (state[1] ?? 0) | 0;
  let c = (state[2] ?? 0) | 0;
  let d = (state[3] ?? 0) | 0;
  const end = blocks.byteLength;
  for (let at = 0; at < end; at += BLOCK_BYTES) {
    const a0 = a;
    const b0 = b;
    const c0 = c;
    const d0 = d;
    let i = 0;
    for (; i < 16; i += 4) {
      a =
        (((a + blocks.getInt32(at + 4 * i, true) + (added[i] ?? 0)) | 0) + (d ^ (b & (c ^ d)))) | 0;
      a = (((a << 7) | (a >>> 25)) + b) | 0;
      d =
        (((d + blocks.getInt32(at + 4 * i + 4, true) + (added[i + 1] ?? 0)) | 0) +
          (c ^ (a & (b ^ c)))) |
        0;
      d = (((d << 12) | (d >>> 20)) + a) | 0;
      c =
        (((c + blocks.getInt32(at + 4 * i + 8, true) + (added[i + 2] ?? 0)) | 0) +
          (b ^ (d & (a ^ b)))) |
        0;
      c = (((c << 17) | (c >>> 15)) + d) | 0;
      b =
        (((b + blocks.getInt32(at + 4 * i + 12, true) + (added[i + 3] ?? 0)) | 0) +
          (a ^ (c & (d ^ a)))) |
        0;
      b = (((b << 22) | (b >>> 10)) + c) | 0;
    }
    for (; i < 32; i += 4) {
      a =
        (((a + blocks.getInt32(at + 4 * ((5 * i + 1) & 15), true) + (added[i] ?? 0)) | 0) +
          (c & ~d) +
          (b & d)) |
        0;
      a = (((a << 5) | (a >>> 27)) + b) | 0;
      d =
        (((d + blocks.getInt32(at + 4 * ((5 * i + 6) & 15), true) + (added[i + 1] ?? 0)) | 0) +
          (b & ~c) +
          (a & c)) |
        0;
      d = (((d << 9) | (d >>> 23)) + a) | 0;
      c =
        (((c + blocks.getInt32(at + 4 * ((5 * i + 11) & 15), true) + (added[i + 2] ?? 0)) | 0) +
          (a & ~b) +
          (d & b)) |
        0;
      c = (((c << 14) | (c >>> 18)) + d) | 0;
      b =
        (((b + blocks.getInt32(at + 4 * ((5 * i) & 15), true) + (added[i + 3] ?? 0)) | 0) +
          (d & ~a) +
          (c & a)) |
        0;
      b = (((b << 20) | (b >>> 12)) + c) | 0;
    }
    for (; i < 48; i += 4) {
      a =
        (((a + blocks.getInt32(at + 4 * ((3 * i + 5) & 15), true) + (added[i] ?? 0)) | 0) +
          (b ^ c ^ d)) |
        0;
      a = (((a << 4) | (a >>> 28)) + b) | 0;
      d =
        (((d + blocks.getInt32(at + 4 * ((3 * i + 8) & 15), true) + (added[i + 1] ?? 0)) | 0) +
          (a ^ b ^ c)) |
        0;
      d = (((d << 11) | (d >>> 21)) + a) | 0;
      c =
        (((c + blocks.getInt32(at + 4 * ((3 * i + 11) & 15), true) + (added[i + 2] ?? 0)) | 0) +
          (d ^ a ^ b)) |
        0;
      c = (((c << 16) | (c >>> 16)) + d) | 0;
      b =
        (((b + blocks.getInt32(at + 4 * ((3 * i + 14) & 15), true) + (added[i + 3] ?? 0)) | 0) +
          (c ^ d ^ a)) |
        0;
      b = (((b << 23) | (b >>> 9)) + c) | 0;
    }
    for (; i < 64; i += 4) {
      a =
        (((a + blocks.getInt32(at + 4 * ((7 * i) & 15), true) + (added[i] ?? 0)) | 0) +
          (c ^ (b | ~d))) |
        0;
      a = (((a << 6) | (a >>> 26)) + b) | 0;
      d =
        (((d + blocks.getInt32(at + 4 * ((7 * i + 7) & 15), true) + (added[i + 1] ?? 0)) | 0) +
          (b ^ (a | ~c))) |
        0;
      d = (((d << 10) | (d >>> 22)) + a) | 0;
      c =
        (((c + blocks.getInt32(at + 4 * ((7 * i + 14) & 15), true) + (added[i + 2] ?? 0)) | 0) +
          (a ^ (d | ~b))) |
        0;
      c = (((c << 15) | (c >>> 17)) + d) | 0;
      b =
        (((b + blocks.getInt32(at + 4 * ((7 * i + 5) & 15), true) + (added[i + 3] ?? 0)) | 0) +
          (d ^ (c | ~a))) |
        0;
      b = (((b << 21) | (b >>> 11)) + c) | 0;
    }
    a = (a + a0) | 0;
    b = (b + b0) | 0;
    c = (c + c0) | 0;
    d = (d + d0) | 0;
  }
  state.set([a, b, c, d]);
}
