import { budgets } from '../build/budgets.ts';
import { brotliBytes, bundle } from '../build/bundle.ts';
import type { Bench, Measurement } from './bench.ts';

/** What each import costs, minified, brotli. */
export const bench: Bench = {
  name: 'size',
  run: async () => {
    const measurements: Measurement[] = [];
    for (const { name, program, external, brotliBytes: bound } of budgets) {
      const value = brotliBytes(await bundle(program, external));
      measurements.push({ name, value, unit: 'B', target: { of: 'value', at: 'most', bound } });
    }
    return measurements;
  },
};
