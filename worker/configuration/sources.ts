/** Finds a write key's source: in the store, so that it can be changed without a deploy, else in the variables. */

import * as v from 'valibot';
import type { RelayRuntime } from '../runtime.ts';
import type { Settings } from './settings.ts';
import { describeIssue, type Source, sourceSchema } from './source.ts';

/** How long what the store said is believed: how long a key that was switched off still works. */
const FRESH_MS = 60_000;

/** How long it is believed while the store cannot be asked. */
const STALE_MS = 24 * 3600_000;

/** Write keys that a stranger made up are remembered too, so that they cost one look each. */
const MAX_REMEMBERED = 1000;

export interface Sources {
  /** Rejects when nobody knows: the store cannot be asked, or holds something that is no source. */
  readonly find: (writeKey: string) => Promise<Source | undefined>;
}

interface Remembered {
  readonly source: Source | undefined;
  readonly at: number;
}

export function createSources(
  { sources }: Pick<Settings, 'sources'>,
  { store, now, log }: Pick<RelayRuntime, 'store' | 'now' | 'log'>,
): Sources {
  const remembered = new Map<string, Remembered>();
  if (!store) return { find: async (writeKey) => sources.get(writeKey) };

  async function find(writeKey: string): Promise<Source | undefined> {
    const known = remembered.get(writeKey);
    if (known && now() - known.at < FRESH_MS) return known.source;
    try {
      const text = await store?.get(`source/${writeKey}`);
      const source = text ? parseSource(writeKey, text) : sources.get(writeKey);
      remembered.delete(writeKey);
      remembered.set(writeKey, { source, at: now() });
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_REMEMBERED && oldest) remembered.delete(oldest);
      return source;
    } catch (error) {
      log(JSON.stringify({ at: 'store', reason: String(error) }));
      if (known && now() - known.at < STALE_MS) return known.source;
      const own = sources.get(writeKey);
      if (own) return own;
      throw error;
    }
  }

  return { find };
}

function parseSource(writeKey: string, text: string): Source {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), sourceSchema), text);
  if (parsed.success) return { ...parsed.output, writeKey };
  throw new Error(parsed.issues.map(describeIssue).join('; '));
}
