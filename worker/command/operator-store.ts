/** The relay's store, as an operator writes it. */

import { createFileStore } from '../node/file-store.ts';
import type { Store } from '../runtime.ts';
import { CommandError } from './command-error.ts';
import { createKvStore } from './kv-store.ts';

export interface OperatorStore extends Store {
  readonly list: (prefix: string) => Promise<readonly StoredName[]>;
  readonly put: (key: string, value: string, options?: PutOptions) => Promise<void>;
  /** Whether there was one. */
  readonly delete: (key: string) => Promise<boolean>;
}

export interface StoredName {
  readonly key: string;
  /** What {@link PutOptions.note} said, where the store keeps it. */
  readonly note?: Note | undefined;
}

/** What a list shows of a source. */
export interface Note {
  readonly name: string;
  readonly disabled: boolean;
}

export interface PutOptions {
  /** When the entry may vanish, in milliseconds since 1970. */
  readonly expires?: number | undefined;
  readonly note?: Note;
}

export interface StoreFlags {
  readonly 'store-file'?: string | undefined;
  readonly binding?: string | undefined;
  readonly local?: boolean | undefined;
  readonly remote?: boolean | undefined;
  readonly env?: string | undefined;
  readonly config?: string | undefined;
  readonly 'persist-to'?: string | undefined;
}

const WRANGLER_FLAGS = ['local', 'remote', 'env', 'config', 'persist-to'] as const;

/** The store that the flags name, or none. */
export async function openStore(flags: StoreFlags): Promise<OperatorStore | undefined> {
  const { 'store-file': file, binding, ...more } = flags;
  if (file !== undefined && binding !== undefined) {
    throw new CommandError('--binding, --store-file: expected one of them, got both', 2);
  }
  if (binding !== undefined) return createKvStore(binding, more);
  const stray = WRANGLER_FLAGS.find((name) => more[name] !== undefined);
  if (stray) throw new CommandError(`--${stray}: expected --binding NAME with it`, 2);
  if (file === undefined) return undefined;
  const store = createFileStore(file);
  return {
    ...store,
    list: async (prefix) => (await store.list(prefix)).map((key) => ({ key })),
  };
}

export async function requireStore(flags: StoreFlags): Promise<OperatorStore> {
  const store = await openStore(flags);
  if (store) return store;
  throw new CommandError('store: expected --binding NAME or --store-file FILE', 2);
}
