/** `npm test`: makes sure of a browser and of a fresh build, runs the test projects, and counts. Arguments go to vitest. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ensureBuild } from './run/build.ts';
import { ensureChromium } from './run/chromium.ts';
import { runProgram } from './run/program.ts';
import { formatCounts, sumOf, type TestResults } from './run/results.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUTPUT = resolve(ROOT, 'test/.output');
const VITEST = resolve(ROOT, 'node_modules/vitest/vitest.mjs');

const args = process.argv.slice(2);

/** Whether a project may run: without `--project` all do. */
function includesProject(name: string): boolean {
  const asked = args.filter((argument, index) => {
    return argument.startsWith('--project=') || args[index - 1] === '--project';
  });
  return asked.length === 0 || asked.some((project) => project.endsWith(name));
}

/** Tests that run after each other. */
interface Lane {
  readonly name: string;
  readonly args: readonly string[];
  /** Takes only the processor time that nobody else wants. */
  readonly isNice: boolean;
}

/**
 * Browsers wait most of their time, and the other tests can have it; but a browser's test looks at the clock, so it goes first.
 */
function lanesOf(): readonly Lane[] {
  if (args.length > 0) return [{ name: 'tests', args, isNice: false }];
  return [
    { name: 'browser', args: ['--project', 'browser'], isNice: false },
    { name: 'others', args: ['--project', '!browser'], isNice: true },
  ];
}

async function run({ name, args, isNice }: Lane): Promise<[TestResults, number]> {
  const results = resolve(OUTPUT, `${name}.json`);
  await rm(results, { force: true });
  const program = [
    VITEST,
    ...['run', '--config', resolve(ROOT, 'test/vitest.config.ts')],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ...args,
  ];
  // Two demos that start at once would prepare their packages in one place.
  const env = { DEMO_CACHE: name };
  const exitCode = await runProgram(process.execPath, program, { isNice, env });
  return [JSON.parse(await readFile(results, 'utf8').catch(() => '{}')), exitCode];
}

async function main(): Promise<number> {
  if (includesProject('browser')) process.env.CHROME_PATH = await ensureChromium();
  if (includesProject('build')) await ensureBuild(ROOT);
  await mkdir(OUTPUT, { recursive: true });
  const ended = await Promise.all(lanesOf().map(run));
  const exitCode = Math.max(...ended.map(([, exitCode]) => exitCode));
  console.log(`\n${formatCounts(sumOf(ended.map(([results]) => results)), exitCode)}`);
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  // Whoever reads only the last line must not take this for success.
  console.error(error instanceof Error ? error.message : error);
  console.log(`\n${formatCounts({}, 1)}`);
  process.exitCode = 1;
}
