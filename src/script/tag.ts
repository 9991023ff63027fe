import type { CaptureSource } from '../capture/types.ts';
import type { ClientOptions, SessionRule } from '../client/types.ts';
import { RivuletError } from '../errors.ts';
import { cookies } from '../identity/cookies.ts';
import { attempt } from '../runtime.ts';

/** What attributes can name: the sources by their own names, the rules of sessions by ours. */
export interface Names {
  readonly sources: readonly SourceFactory[];
  readonly sessionRules: Readonly<Record<string, () => SessionRule>>;
}

export type SourceFactory = (options?: never) => CaptureSource;

/** The simple options, which have an attribute each, such as `data-pending-in`. Others of the page's own are passed over. */
const texts = [
  'endpoint',
  'writeKey',
  'clientId',
  'consent',
  'databaseName',
  'dropPolicy',
  'pendingIn',
] as const;
const numbers = [
  'compressAboveBytes',
  'flushIntervalMs',
  'maxBatchBytes',
  'maxBatchEvents',
  'maxEventsPerSecond',
  'maxQueueAgeMs',
  'maxQueueBytes',
  'maxQueueEvents',
  'requestTimeoutMs',
  'retryBaseMs',
  'retryMaxMs',
  'sampleAbove',
  'sampleRate',
  'sessionIdleMs',
] as const;
const lists = ['allowedQuery', 'privacySignals'] as const;

/** The client's options, from the attributes of the tag. What is missing or wrong in them, the client says. */
export function readTag(dataset: DOMStringMap, { sources, sessionRules }: Names): ClientOptions {
  const read = (names: readonly string[], parse: (text: string) => unknown): [string, unknown][] =>
    names.flatMap((name) => {
      const text = dataset[name];
      return text === undefined ? [] : [[name, parse(text)]];
    });
  const byName = new Map(sources.map((create) => [create().name, create]));

  return Object.fromEntries([
    ...read(texts, String),
    ...read(numbers, Number),
    ...read(lists, wordsOf),
    ...read(['cookieless'], (text) => text !== 'false'),
    ...read(['cookieDomain'], (domain) => cookies({ ...(domain && { domain }) })).map(
      ([, storage]) => ['visitorStorage', storage],
    ),
    ...read(['sessionRules'], (text) =>
      wordsOf(text).map((name) => known('data-session-rules', sessionRules, name)()),
    ),
    ...read(['capture'], (text) =>
      wordsOf(text).map((name) =>
        known('data-capture', Object.fromEntries(byName), name)(optionsOf(dataset, name) as never),
      ),
    ),
  ]);
}

function known<Value>(
  attribute: string,
  values: Readonly<Record<string, Value>>,
  name: string,
): Value {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value) return value;
  throw new RivuletError(
    'invalid_option',
    `${attribute}: expected ${Object.keys(values).join(' ')}, got "${name}"`,
  );
}

/** A source's own options: JSON in the attribute of its name, such as `data-pages='{"hash":true}'`. */
function optionsOf(dataset: DOMStringMap, source: string): unknown {
  const text = dataset[source.replace(/-./g, ([, letter = '']) => letter.toUpperCase())];
  if (!text) return undefined;
  const options = attempt(() => JSON.parse(text));
  if (Object(options) === options) return options;
  throw new RivuletError('invalid_option', `data-${source}: expected JSON, got ${text}`);
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
