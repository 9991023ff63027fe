/**
 * HMAC-SHA-256 in the turn of the call: what a page sends as it ends cannot wait for WebCrypto, and a page on plain http
 * has none. FIPS 180-4 for the hash, RFC 2104 for the code.
 */

import { joinBytes } from '../protocol/bytes.ts';

const BLOCK_BYTES = 64;

/** The 32 bytes of the code. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const shortKey = key.length > BLOCK_BYTES ? sha256(key) : key;
  const padded = (mask: number): Uint8Array =>
    Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (shortKey[at] ?? 0) ^ mask);
  return sha256(joinBytes(padded(0x5c), sha256(joinBytes(padded(0x36), message))));
}

/** FIPS 180-4, section 6.2. */
function sha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
  constants ??= createConstants();
  const { round, initial } = constants;
  const state = initial.slice();
  // A one bit after the message, and its length in bits at the end of the last block: in 32 bits, as no batch needs more.
  const blocks = new Uint8Array((((message.length + 8) >> 6) + 1) * BLOCK_BYTES);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setInt32(blocks.length - 4, message.length * 8);

  const words = new Int32Array(64);
  for (let block = 0; block < blocks.length; block += BLOCK_BYTES) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(block + t * 4);
    for (let t = 16; t < 64; t++) {
      const w15 = words[t - 15] as number;
      const w2 = words[t - 2] as number;
      words[t] =
        (rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)) +
        (words[t - 7] as number) +
        (rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)) +
        (words[t - 16] as number);
    }
    // By name: taking a typed array apart costs as much as the rounds.
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let t = 0; t < 64; t++) {
      const one =
        h +
        (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
        ((e & f) ^ (~e & g)) +
        (round[t] as number) +
        (words[t] as number);
      const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    const mixed = [a, b, c, d, e, f, g, h];
    for (let at = 0; at < 8; at++) (state[at] as number) += mixed[at] as number;
  }
  for (let at = 0; at < 8; at++) view.setInt32(at * 4, state[at] as number);
  return blocks.slice(0, 32);
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

let constants: ReturnType<typeof createConstants> | undefined;

/** The first 32 bits behind the point of the primes' roots: cube roots of 64, square roots of the first 8. Sections 4.2.2, 5.3.3. */
function createConstants() {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const bits = (root: number): number => (root % 1) * 2 ** 32;
  return {
    round: Int32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    initial: Int32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  };
}
