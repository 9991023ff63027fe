/** Finds a write key's source: in the store, so that it can be changed without a deploy, else in the variables. */

import * as v from 'valibot';
import { Refusal } from '../http/answer.ts';
import type { RelayRuntime } from '../runtime.ts';
import { completeSource, problemsOfSource } from './complete-source.ts';
import { rememberAnswers } from './remembered.ts';
import type { Settings } from './settings.ts';
import { describeIssue, type Source, sourceSchema, writeKeySchema } from './source.ts';

/** A setting does not mend itself. */
const MISCONFIGURED_AFTER_MS = 60_000;

const PREFIX = 'source/';

export interface Sources {
  /** Rejects with a `Refusal` when nobody knows: the store cannot be asked, or holds something that is no source. */
  readonly find: (writeKey: string) => Promise<Source | undefined>;
}

export function createSources(
  settings: Pick<Settings, 'sources' | 'turnstileSecret'>,
  { store, now, log }: Pick<RelayRuntime, 'store' | 'now' | 'log'>,
): Sources {
  const { sources } = settings;
  if (!store) return { find: async (writeKey) => sources.get(writeKey) };
  const keysByName = new Map([...sources.values()].map(({ name, writeKey }) => [name, writeKey]));
  const ownSource = (key: string): Source | undefined => sources.get(key.slice(PREFIX.length));

  function parse(key: string, text: string | null): Source | undefined {
    if (text === null) return ownSource(key);
    const writeKey = key.slice(PREFIX.length);
    const parsed = parseStoredSource(writeKey, text);
    const problems = parsed.ok
      ? [
          ...problemsOfSource(parsed.value, settings),
          ...(writeKey === (keysByName.get(parsed.value.name) ?? writeKey)
            ? []
            : ['name: expected one that no other source of SOURCES has']),
        ]
      : parsed.problems;
    if (parsed.ok && problems.length === 0) return parsed.value;
    throw new Refusal(
      'relay_misconfigured',
      'source: the store holds none under this write key, but something else; see the log',
      { after: MISCONFIGURED_AFTER_MS },
      { cause: new Error(`${key}: ${problems.join('; ')}`) },
    );
  }

  const find = rememberAnswers(store, { parse, otherwise: ownSource }, { now, log });
  return {
    // A store has rules of its own for keys: what can name no source is not asked for.
    find: async (writeKey) =>
      v.is(writeKeySchema, writeKey) ? find(`${PREFIX}${writeKey}`) : undefined,
  };
}

export type StoredSource =
  | { readonly ok: true; readonly value: Source }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A source as the store holds it: JSON. */
export function parseStoredSource(writeKey: string, text: string): StoredSource {
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), sourceSchema),
    text,
  );
  return parsed.success
    ? { ok: true, value: completeSource(writeKey, parsed.output) }
    : { ok: false, problems: parsed.issues.map(describeIssue) };
}
