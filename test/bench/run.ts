/**
 * Runs the benchmarks: all of them, or those whose names are given.
 *
 *     npm run bench
 *     npm run bench -- segment-log capture --strict
 *
 * `relay-memory` takes five minutes, so it runs only when it is named. A missed target is printed and, with `--strict`, fails the run. A benchmark that cannot run always does.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Measurement } from './bench.ts';
import { formatMeasurements, isMet } from './report.ts';

const SUFFIX = '.bench.ts';
const ONLY_BY_NAME = ['relay-memory'];

const { values: options, positionals: wanted } = parseArgs({
  options: { strict: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const files = await readdir(import.meta.dirname);
const known = files
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`bench: expected one of ${known.join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}

const missed: string[] = [];
let isBroken = false;
for (const name of known.toSorted()) {
  if (wanted.length > 0 ? !wanted.includes(name) : ONLY_BY_NAME.includes(name)) continue;
  try {
    const { bench } = (await import(join(import.meta.dirname, name + SUFFIX))) as { bench: Bench };
    console.log(`\n${bench.name}`);
    const measurements = await bench.run();
    console.log(formatMeasurements(measurements));
    missed.push(...measurements.filter(isMissed).map((measurement) => measurement.name));
  } catch (error) {
    isBroken = true;
    console.error(`\n${name}: could not run`, error);
  }
}

if (missed.length > 0) console.log(`\nShort of the target: ${missed.join('; ')}`);
process.exitCode = isBroken || (options.strict && missed.length > 0) ? 1 : 0;

function isMissed(measurement: Measurement): boolean {
  return isMet(measurement) === false;
}
