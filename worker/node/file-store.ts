/**
 * The relay's store in Node: one JSON file, an object of what `Store` describes. A value may be text, or JSON that a person
 * can read: `{ "source/wk_shop": { "name": "shop", "stream": "clickstream", "origins": "*" } }`.
 */

import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isObject } from '../../src/protocol/parsed.ts';
import type { Store } from '../runtime.ts';

export interface FileStore extends Store {
  readonly list: (prefix: string) => Promise<readonly string[]>;
  /** JSON is kept as JSON, everything else as text. */
  readonly put: (key: string, value: string) => Promise<void>;
  /** Whether there was one. */
  readonly delete: (key: string) => Promise<boolean>;
}

type Values = Readonly<Record<string, unknown>>;

/** Reads the file again whenever it was changed. A file that is not there is an empty store. */
export function createFileStore(path: string): FileStore {
  let known: { readonly version: string; readonly values: Promise<Values> } | undefined;

  async function values(): Promise<Values> {
    const version = await versionOf(path);
    if (known?.version !== version) known = { version, values: readValues(path) };
    return known.values;
  }

  /** A reader sees the file before or after, and never half of it. */
  async function write(changed: Values): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify(changed, null, 2)}\n`, { mode: 0o600 });
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }

  return {
    async get(key) {
      const own = await values();
      if (!Object.hasOwn(own, key)) return null;
      const value = own[key];
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    async list(prefix) {
      return Object.keys(await values()).filter((key) => key.startsWith(prefix));
    },
    async put(key, value) {
      await write({ ...(await values()), [key]: parseJson(value) });
    },
    async delete(key) {
      const { [key]: gone, ...rest } = await values();
      if (gone === undefined) return false;
      await write(rest);
      return true;
    },
  };
}

/** Changes with every write: an editor's keeps the inode, a rename's need not change the size. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

async function readValues(path: string): Promise<Values> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    // Its own message quotes the file.
  }
  if (isObject(values)) return values;
  throw new Error('store: expected a file with a JSON object');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
