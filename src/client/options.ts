import type { CaptureSource } from '../capture/types.ts';
import { RivuletError } from '../errors.ts';
import { DEFAULT_BATCH_BYTES, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../protocol/limits.ts';
import { isSessionAnswer } from '../protocol/session.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import { MAX_WAIT_MS } from '../transport/retry.ts';
import { DEFAULT_ALLOWED_QUERY } from './scrub.ts';
import type { ClientOptions, VisitorStorage } from './types.ts';

/** Options whose default is not known before the client has started, or that have none. */
type Optional = 'maxQueueBytes' | 'clientId' | 'session' | 'challenge' | 'cipher';

/** {@link ClientOptions} with every default in its place. */
export interface ResolvedOptions
  extends Required<Omit<ClientOptions, Optional | 'visitorStorage'>>,
    Pick<ClientOptions, Optional> {
  /** None where nothing may be stored, or can be. */
  readonly visitorStorage: VisitorStorage | undefined;
  readonly runtime: Runtime;
}

/** What an option has to be, how to tell, and what it is when it is absent. */
type Rule = readonly [expected: string, isValid: (value: unknown) => unknown, fallback?: unknown];

const number = (fallback: number, least: number, most: number = Number.POSITIVE_INFINITY): Rule => [
  `a number from ${least} to ${most}`,
  // A text is compared as a number too, so the type is asked for.
  (value) => typeof value === 'number' && value >= least && value <= most,
  fallback,
];

const text = (fallback?: string, expected = 'a text', pattern = /./s): Rule => [
  expected,
  (value) => typeof value === 'string' && pattern.test(value),
  fallback,
];

const oneOf = (...choices: [fallback: string, ...string[]]): Rule => [
  choices.map((choice) => JSON.stringify(choice)).join(' or '),
  (value) => choices.includes(value as string),
  choices[0],
];

const listOf = ([expected, isValid]: Rule, fallback: unknown[]): Rule => [
  `an array of ${expected}`,
  // Not handed over as it is: that would give it the place and the list too.
  (value) => Array.isArray(value) && value.every((part) => isValid(part)),
  fallback,
];

const optional = ([expected, isValid]: Rule): Rule => [
  expected,
  (value) => value === undefined || isValid(value),
];

const isFunction = (value: unknown): boolean => typeof value === 'function';

const isSource = (source: unknown): boolean => isFunction((source as CaptureSource | null)?.start);

export const rules: { readonly [Name in keyof Required<ClientOptions>]: Rule } = {
  endpoint: text(undefined, 'an http(s) URL without a query', /^https?:\/\/[^\s/?#]+[^\s?#]*$/),
  writeKey: text(),
  capture: listOf(['capture sources', isSource], []),
  flushIntervalMs: number(5000, 0, MAX_WAIT_MS),
  maxBatchEvents: number(MAX_BATCH_EVENTS, 1, MAX_BATCH_EVENTS),
  maxBatchBytes: number(DEFAULT_BATCH_BYTES, 1024, MAX_BATCH_BYTES),
  compressAboveBytes: number(2048, 0),
  requestTimeoutMs: number(15_000, 1, MAX_WAIT_MS),
  retryBaseMs: number(1000, 1, MAX_WAIT_MS),
  retryMaxMs: number(300_000, 1, MAX_WAIT_MS),
  maxQueueBytes: optional(number(0, 1024)),
  maxQueueEvents: number(Number.POSITIVE_INFINITY, 1),
  maxQueueAgeMs: number(7 * 86_400_000, 1),
  dropPolicy: oneOf('drop-oldest', 'drop-newest'),
  sampleAbove: number(1, 0, 1),
  sampleRate: number(0.1, 0, 1),
  maxEventsPerSecond: number(1000, 1),
  consent: oneOf('granted', 'pending', 'denied'),
  pendingIn: oneOf('memory', 'log'),
  privacySignals: listOf(oneOf('gpc', 'dnt'), ['gpc']),
  allowedQuery: listOf(text(), [...DEFAULT_ALLOWED_QUERY]),
  cookieless: ['true or false', (value) => typeof value === 'boolean', false],
  visitorStorage: optional([
    'a storage',
    (value) => isFunction((value as Storage | null)?.getItem),
  ]),
  sessionIdleMs: number(30 * 60_000, 1),
  sessionRules: listOf(['functions', isFunction], []),
  // The relay takes no more.
  clientId: optional(text(undefined, 'a text of 1 to 128 characters', /^.{1,128}$/s)),
  session: optional([
    'a session or a function',
    (value) => isFunction(value) || isSessionAnswer(value),
  ]),
  challenge: optional(['a function', isFunction]),
  cipher: optional(['a cipher', isFunction]),
  databaseName: text('rivulet'),
  runtime: ['an object', (value) => Object(value) === value, {}],
};

/** Fills in the defaults. Throws one error that names every option that is wrong, what it should be and what it is. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const given: Record<string, unknown> = { ...options };
  const problems: string[] = [];
  const resolved: Record<string, unknown> = {};
  for (const name in { ...rules, ...given }) {
    const [expected, isValid, fallback]: Rule = Object.hasOwn(rules, name)
      ? rules[name as keyof ClientOptions]
      : ['no such option', () => false];
    const value = given[name] ?? fallback;
    if (!isValid(value)) problems.push(`${name}: expected ${expected}, got ${show(value)}`);
    resolved[name] = value;
  }
  if (problems.length > 0) throw new RivuletError('invalid_option', problems.join('; '));
  const settings = resolved as unknown as ResolvedOptions;
  const runtime = { ...platformRuntime(), ...settings.runtime };
  return {
    ...settings,
    endpoint: settings.endpoint.replace(/\/+$/, ''),
    // None at all, whatever else is asked for.
    visitorStorage: settings.cookieless ? undefined : (settings.visitorStorage ?? runtime.storage),
    runtime,
  };
}

/** A value, as an error's message names it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object(value) === value ? `a value of type ${typeof value}` : String(value);
}
