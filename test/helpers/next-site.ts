import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { build } from 'vite';
import { RECIPES, type RecipeSite, settle } from './recipe-site.ts';
import type { World } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NEXT = resolve(ROOT, 'node_modules/next/dist/bin/next');

/** Its types are checked with those of the other recipes, against the sources. */
const CONFIG = 'export default { typescript: { ignoreBuildErrors: true } };';

/** Builds and starts the Next application of the recipes, with the package as it would be installed. */
export async function startNext(world: World): Promise<RecipeSite> {
  // Below the project's root, where Next and React are found.
  const folder = await mkdtemp(resolve(ROOT, 'test/.output-next-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    await cp(join(RECIPES, 'next'), folder, { recursive: true });
    for (const name of await readdir(folder, { recursive: true })) {
      if (!/\.tsx?$/.test(name)) continue;
      const file = join(folder, name);
      await writeFile(file, settle(world, await readFile(file, 'utf8')));
    }
    await writeFile(join(folder, 'package.json'), '{ "name": "shop", "private": true }');
    await writeFile(join(folder, 'next.config.mjs'), CONFIG);
    await installPackage(join(folder, 'node_modules/rivulet'));
    await buildNext(folder);
    const server = runNext(folder, ['start', '--hostname', '127.0.0.1', '--port', '0']);
    const origin = await originOf(server);
    return {
      origin,
      async stop() {
        const ended = once(server, 'exit');
        server.kill();
        await ended;
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function installPackage(folder: string): Promise<void> {
  await build({
    configFile: resolve(ROOT, 'vite.config.ts'),
    root: ROOT,
    mode: 'library',
    logLevel: 'error',
    build: { outDir: join(folder, 'dist') },
  });
  await copyFile(resolve(ROOT, 'package.json'), join(folder, 'package.json'));
}

function runNext(
  folder: string,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [NEXT, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function buildNext(folder: string): Promise<void> {
  const building = runNext(folder, ['build']);
  const [said, problem] = await Promise.all([
    text(building.stdout),
    text(building.stderr),
    once(building, 'exit'),
  ]);
  if (building.exitCode !== 0)
    throw new Error(`next build: ${building.exitCode}\n${said}${problem}`);
}

/** It prints its address when it listens. */
async function originOf({
  stdout,
  stderr,
}: {
  stdout: Readable;
  stderr: Readable;
}): Promise<string> {
  let said = '';
  stderr.on('data', (part) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    stdout.on('data', (part) => {
      said += part;
      const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (origin) resolve(origin);
    });
    stdout.on('end', () => reject(new Error(`next start: expected an address\n${said}`)));
  });
}
