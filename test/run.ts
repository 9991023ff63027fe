/** `npm test`: makes sure of a browser and of a fresh build, runs the test projects, and counts. Arguments go to vitest. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ensureBuild } from './run/build.ts';
import { ensureChromium } from './run/chromium.ts';
import { runProgram } from './run/program.ts';
import { formatCounts } from './run/results.ts';

const ROOT = resolve(import.meta.dirname, '..');
const RESULTS = resolve(ROOT, 'test/.output/results.json');

const args = process.argv.slice(2);

/** Whether a project may run: without `--project` all do. */
function includesProject(name: string): boolean {
  const asked = args.filter((argument, index) => {
    return argument.startsWith('--project=') || args[index - 1] === '--project';
  });
  return asked.length === 0 || asked.some((project) => project.endsWith(name));
}

async function main(): Promise<number> {
  if (includesProject('browser')) process.env.CHROME_PATH = await ensureChromium();
  if (includesProject('build')) await ensureBuild(ROOT);
  await mkdir(resolve(RESULTS, '..'), { recursive: true });
  await rm(RESULTS, { force: true });
  const exitCode = await runProgram(process.execPath, [
    resolve(ROOT, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--config', resolve(ROOT, 'test/vitest.config.ts')],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`],
    ...args,
  ]);
  const results = await readFile(RESULTS, 'utf8').catch(() => '{}');
  console.log(`\n${formatCounts(JSON.parse(results), exitCode)}`);
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
