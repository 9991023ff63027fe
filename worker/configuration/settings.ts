/** The relay's settings: read once per isolate, checked whole, so that an operator sees every problem at once. */

import * as v from 'valibot';
import type { Env } from '../env.ts';
import { completeSource, problemsOfSource } from './complete-source.ts';
import {
  describeIssue,
  isHttpUrl,
  REGION,
  type Source,
  STREAM,
  sourceSchema,
  TOKEN_ID,
  text,
  writeKeySchema,
} from './source.ts';

export interface KinesisSettings {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export interface Settings {
  /** The current one first. */
  readonly secrets: readonly string[];
  /** By write key: those of the variable `SOURCES`. A store may hold more. */
  readonly sources: ReadonlyMap<string, Source>;
  /** What the read door may show. */
  readonly readStreams: ReadonlySet<string>;
  /** Ids of tokens that are valid no more. A store may hold more. */
  readonly revoked: ReadonlySet<string>;
  readonly kinesis: KinesisSettings;
  readonly turnstileSecret: string | undefined;
  readonly access: AccessSettings | undefined;
}

/** Cloudflare Access before the read door. */
export interface AccessSettings {
  /** Such as `https://team.cloudflareaccess.com`. */
  readonly issuer: string;
  /** The application's audience tag. */
  readonly audience: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly value: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const secret = v.pipe(text, v.minLength(32, 'expected at least 32 characters'));
const filled = v.pipe(text, v.minLength(1, 'expected text, got none'));
// A variable that is set to nothing is a variable that is not set.
const optional = v.pipe(
  v.optional(text, ''),
  v.transform((value) => value || undefined),
);
const optionalUrl = v.pipe(
  optional,
  v.check((value) => value === undefined || isHttpUrl(value), 'expected an http(s) URL'),
);
const words = (pattern: RegExp, expected: string) =>
  v.pipe(
    v.optional(text, ''),
    v.transform((value) => value.split(/[\s,]+/).filter(Boolean)),
    v.everyItem((word) => pattern.test(word), `expected ${expected}, separated by spaces`),
  );

const sourcesSchema = v.pipe(
  v.optional(text, '{}'),
  v.transform((value) => value || '{}'),
  v.parseJson(undefined, 'expected JSON'),
  v.record(writeKeySchema, sourceSchema, 'expected an object of sources by write key'),
  v.check((sources) => {
    const names = Object.values(sources).map((source) => source.name);
    return new Set(names).size === names.length;
  }, 'expected every source to have a name of its own'),
  v.transform(
    (sources): ReadonlyMap<string, Source> =>
      new Map(
        Object.entries(sources).map(([writeKey, source]) => [
          writeKey,
          completeSource(writeKey, source),
        ]),
      ),
  ),
);

const envSchema = v.object({
  RELAY_SECRET: secret,
  RELAY_SECRET_PREVIOUS: v.pipe(
    optional,
    v.check(
      (value) => value === undefined || value.length >= 32,
      'expected at least 32 characters',
    ),
  ),
  RELAY_AWS_ACCESS_KEY_ID: filled,
  RELAY_AWS_SECRET_ACCESS_KEY: filled,
  RELAY_AWS_SESSION_TOKEN: optional,
  RELAY_AWS_REGION: v.pipe(text, v.regex(REGION, 'expected an AWS region')),
  RELAY_KINESIS_ENDPOINT: optionalUrl,
  RELAY_READ_STREAMS: words(STREAM, 'names of Kinesis data streams'),
  RELAY_REVOKED: words(TOKEN_ID, 'ids of tokens'),
  RELAY_TURNSTILE_SECRET: optional,
  RELAY_ACCESS_ISSUER: optionalUrl,
  RELAY_ACCESS_AUDIENCE: optional,
});

/** `hasStore`: whether sources may also stand in a store, so that none in the variables is no mistake. */
export function parseSettings(env: Env, hasStore: boolean): SettingsResult {
  const parsed = v.safeParse(envSchema, env);
  // Apart from the rest, so that what is wrong between them is told together with what is wrong within.
  const parsedSources = v.safeParse(v.object({ SOURCES: sourcesSchema }), env);
  const { RELAY_ACCESS_ISSUER: issuer, RELAY_ACCESS_AUDIENCE: audience } = env;
  const turnstileSecret = env.RELAY_TURNSTILE_SECRET || undefined;
  const sources = parsedSources.success ? parsedSources.output.SOURCES : undefined;
  const problems = [
    ...[...(parsed.issues ?? []), ...(parsedSources.issues ?? [])].map(describeIssue),
    ...(sources?.size === 0 && !hasStore ? ['SOURCES: expected at least one source'] : []),
    ...(Boolean(issuer) === Boolean(audience)
      ? []
      : ['RELAY_ACCESS_ISSUER, RELAY_ACCESS_AUDIENCE: expected both or none']),
    ...[...(sources?.values() ?? [])].flatMap((source) =>
      problemsOfSource(source, { turnstileSecret }).map(
        (problem) => `SOURCES.${source.writeKey}.${problem}`,
      ),
    ),
  ];
  if (!parsed.success || !sources || problems.length > 0) return { ok: false, problems };
  const given = parsed.output;
  const { RELAY_SECRET_PREVIOUS: previous, RELAY_AWS_SESSION_TOKEN: sessionToken } = given;
  const streams =
    given.RELAY_READ_STREAMS.length > 0
      ? given.RELAY_READ_STREAMS
      : [...sources.values()].flatMap(streamsOf);
  return {
    ok: true,
    value: {
      secrets: previous ? [given.RELAY_SECRET, previous] : [given.RELAY_SECRET],
      sources,
      readStreams: new Set(streams),
      revoked: new Set(given.RELAY_REVOKED),
      kinesis: {
        region: given.RELAY_AWS_REGION,
        endpoint: given.RELAY_KINESIS_ENDPOINT,
        credentials: {
          accessKeyId: given.RELAY_AWS_ACCESS_KEY_ID,
          secretAccessKey: given.RELAY_AWS_SECRET_ACCESS_KEY,
          ...(sessionToken ? { sessionToken } : {}),
        },
      },
      turnstileSecret,
      access: issuer && audience ? { issuer, audience } : undefined,
    },
  };
}

/** By stream that sources of the variables write to: its region, the relay's own where there is none. The first source's. */
export function regionsOf({
  sources,
}: Pick<Settings, 'sources'>): ReadonlyMap<string, string | undefined> {
  const streams = [...sources.values()].flatMap((source) =>
    streamsOf(source).map((stream) => [stream, source.region] as const),
  );
  return new Map(streams.toReversed());
}

/** Every stream that a source writes to. */
export function streamsOf({ stream, routes }: Source): string[] {
  return [stream, ...routes.map((route) => route.stream)];
}
