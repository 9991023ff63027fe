import { textOf } from './field.ts';
import {
  addToRegisters,
  createRegisters,
  estimate,
  hash53,
  mergeRegisters,
  type Registers,
} from './hyper-log-log.ts';
import { createMeasure } from './measure.ts';
import type { Field, Measure } from './types.ts';

/** Up to so many different values are counted exactly; then they would need more memory than the registers. */
const MAX_EXACT = 256;

interface Tally {
  /** The hashes, while there are few. */
  exact: Set<number>;
  registers: Registers | undefined;
}

/**
 * How many different values a field has, such as `distinct('anonymousId')`: exactly up to 256, and beyond that by a
 * HyperLogLog of 4 kB, whose standard error is 1.6 % (two of three results are nearer, 99.7 of 100 nearer than 4.9 %).
 */
export function distinct(field: Field): Measure<number> {
  const find = textOf(field);
  return createMeasure({
    create: (): Tally => ({ exact: new Set(), registers: undefined }),
    add(tally, record) {
      const text = find(record);
      if (text !== undefined) addHash(tally, hash53(text));
    },
    merge(tally, other) {
      if (!other.registers) {
        for (const hash of other.exact) addHash(tally, hash);
      } else mergeRegisters(registersOf(tally), other.registers);
    },
    read: ({ exact, registers }) => (registers ? Math.round(estimate(registers)) : exact.size),
  });
}

function addHash(tally: Tally, hash: number): void {
  if (tally.registers) {
    addToRegisters(tally.registers, hash);
    return;
  }
  tally.exact.add(hash);
  if (tally.exact.size > MAX_EXACT) registersOf(tally);
}

function registersOf(tally: Tally): Registers {
  if (tally.registers) return tally.registers;
  const registers = createRegisters();
  for (const hash of tally.exact) addToRegisters(registers, hash);
  tally.exact = new Set();
  tally.registers = registers;
  return registers;
}
