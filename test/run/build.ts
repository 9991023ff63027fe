import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runProgram } from './program.ts';

/** What a build is made from. */
const SOURCES = [
  'src',
  'worker',
  'demo',
  'vite.config.ts',
  'package.json',
  'tsconfig.json',
] as const;

/** One file of each step of `npm run build`. */
const OUTPUTS = [
  'dist/index.js',
  'dist/rivulet.js',
  'dist/rivulet-small.js',
  'dist/rivulet-loader.js',
  'dist/rivulet-debug.js',
  'dist/rivulet-command.js',
  'dist/node-relay.js',
  'dist/demo/index.html',
  'dist/types/index.d.ts',
  'dist/types-node/worker/node/index.d.ts',
] as const;

/** Builds when a part of the build is missing or older than what it is made from. */
export async function ensureBuild(root: string): Promise<void> {
  const sources = await Promise.all(SOURCES.map((path) => newestIn(resolve(root, path))));
  const outputs = await Promise.all(OUTPUTS.map((path) => modifiedAt(resolve(root, path))));
  if (Math.min(...outputs) >= Math.max(...sources)) return;
  console.log('Building …');
  const exitCode = await runProgram('npm', ['--prefix', root, 'run', '--silent', 'build']);
  if (exitCode !== 0) throw new Error(`npm run build: expected exit code 0, got ${exitCode}`);
}

async function newestIn(path: string): Promise<number> {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.mtimeMs;
  const entries = await readdir(path, { recursive: true });
  const times = await Promise.all(entries.map((entry) => modifiedAt(join(path, entry))));
  return Math.max(0, ...times);
}

/** 0 for a file that is not there: older than everything. */
async function modifiedAt(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.mtimeMs ?? 0;
}
