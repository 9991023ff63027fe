/** A KV namespace of Cloudflare, by the project's own wrangler, which knows the account and the namespace's id. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isObject } from '../../src/protocol/parsed.ts';
import { CommandError } from './command-error.ts';
import type { Note, OperatorStore, StoreFlags } from './operator-store.ts';

type WranglerFlags = Omit<StoreFlags, 'binding' | 'store-file'>;

/** An entry may stay a day longer than it has to: two clocks need not agree. */
const SPARE_SECONDS = 86_400;

export function createKvStore(binding: string, flags: WranglerFlags): OperatorStore {
  const { local, remote, env, config, 'persist-to': persistTo } = flags;
  if (local && remote) {
    throw new CommandError('--local, --remote: expected one of them, got both', 2);
  }
  const where = [
    ...['--binding', binding, local ? '--local' : '--remote'],
    ...(env === undefined ? [] : ['--env', env]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(persistTo === undefined ? [] : ['--persist-to', persistTo]),
  ];
  const kv = (...args: string[]): Promise<string> => runWrangler(['kv', 'key', ...args, ...where]);

  async function list(prefix: string) {
    return parseList(await kv('list', '--prefix', prefix));
  }
  // Of a key that is not there, wrangler says so in words of its own, in the place of a value.
  const has = async (key: string): Promise<boolean> =>
    (await list(key)).some((entry) => entry.key === key);

  return {
    list,
    get: async (key) => ((await has(key)) ? kv('get', key, '--text') : null),
    async put(key, value, { expires, note } = {}) {
      const folder = await mkdtemp(join(tmpdir(), 'rivulet-'));
      const file = join(folder, 'value');
      try {
        await writeFile(file, value, { mode: 0o600 });
        const until = Math.ceil((expires ?? 0) / 1000) + SPARE_SECONDS;
        await kv(
          ...['put', key, '--path', file],
          ...(expires === undefined ? [] : ['--expiration', `${until}`]),
          ...(note === undefined ? [] : ['--metadata', JSON.stringify(note)]),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    async delete(key) {
      const isThere = await has(key);
      if (isThere) await kv('delete', key);
      return isThere;
    },
  };
}

function parseList(answer: string): { key: string; note?: Note | undefined }[] {
  const entries: unknown = JSON.parse(answer);
  if (!Array.isArray(entries)) throw new CommandError('wrangler: expected a list of keys');
  return entries.map(({ name, metadata }) => ({
    key: String(name),
    note: isObject(metadata)
      ? { name: `${metadata.name}`, disabled: !!metadata.disabled }
      : undefined,
  }));
}

/** What it printed. Its own words where it fails: it knows best what to do about an account. */
async function runWrangler(args: readonly string[]): Promise<string> {
  const wrangler = spawn(process.execPath, [findWrangler(), ...args], {
    // It may have to ask, such as to log in.
    stdio: ['inherit', 'pipe', 'pipe'],
    // Its banner asks a registry for a newer version of itself.
    env: { ...process.env, WRANGLER_HIDE_BANNER: 'true' },
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    wrangler.on('error', reject);
    wrangler.on('close', resolve);
  });
  const [exitCode, out, problem] = await Promise.all([
    exit,
    text(wrangler.stdout),
    text(wrangler.stderr),
  ]);
  if (exitCode === 0) return out.trim();
  throw new CommandError(
    `wrangler ${args.slice(0, 4).join(' ')}: failed\n${(problem || out).trim()}`,
  );
}

/** That of the folder's own project. */
function findWrangler(): string {
  try {
    const manifest = createRequire(resolve('package.json')).resolve('wrangler/package.json');
    return join(dirname(manifest), 'bin/wrangler.js');
  } catch (cause) {
    throw new CommandError(
      '--binding: expected wrangler beside the relay; npm install --save-dev wrangler',
      1,
      { cause },
    );
  }
}
