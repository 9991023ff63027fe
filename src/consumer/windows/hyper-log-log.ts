/** So many bits of a hash choose a register: 4096 of them, and a standard error of 1.04 / √4096 = 1.6 %. */
const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of a hash that are left for the register's value. */
const RANK_BITS = 53 - INDEX_BITS;

/** How many different hashes there were, in 4 kB: one byte for each register, the longest run of zeros that it has seen. */
export type Registers = Uint8Array<ArrayBuffer>;

export function createRegisters(): Registers {
  return new Uint8Array(REGISTERS);
}

export function addToRegisters(registers: Registers, hash: number): void {
  const low = hash >>> 0;
  const high = Math.floor(hash / 2 ** 32);
  const index = low & (REGISTERS - 1);
  // 21 bits above, 20 below them: the place of the first that is set.
  const rank = high > 0 ? Math.clz32(high) - 10 : Math.clz32(low >>> INDEX_BITS) + 10;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

export function mergeRegisters(registers: Registers, other: Registers): void {
  for (let index = 0; index < REGISTERS; index++) {
    const theirs = other[index] ?? 0;
    if (theirs > (registers[index] ?? 0)) registers[index] = theirs;
  }
}

/** Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6: right from none to 2 ** 41. */
export function estimate(registers: Registers): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  const shareOf = (rank: number): number => (counts[rank] ?? 0) / REGISTERS;
  let sum = REGISTERS * tau(1 - shareOf(RANK_BITS + 1));
  for (let rank = RANK_BITS; rank > 0; rank--) sum = (sum + (counts[rank] ?? 0)) / 2;
  sum += REGISTERS * sigma(shareOf(0));
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let factor = 1;
  let sum = share;
  for (let before = -1; before !== sum; ) {
    before = sum;
    power *= power;
    sum += power * factor;
    factor *= 2;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let factor = 1;
  let sum = 1 - share;
  for (let before = -1; before !== sum; ) {
    before = sum;
    root = Math.sqrt(root);
    factor /= 2;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}

/** 53 bits of a text, every bit of which depends on every character: two lanes of multiplications, mixed as MurmurHash3 ends. */
export function hash53(text: string): number {
  let one = 0x9e3779b9;
  let other = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    other = Math.imul(other ^ unit, 0x5f356495);
  }
  one = mixed(one ^ (other >>> 13));
  other = mixed(other ^ (one >>> 16));
  return (other >>> 11) * 2 ** 32 + (one >>> 0);
}

function mixed(value: number): number {
  const half = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const rest = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return rest ^ (rest >>> 16);
}
