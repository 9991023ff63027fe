/** The relay's configuration: read once per isolate, checked whole, so that an operator sees every problem at once. */

import * as v from 'valibot';
import { DEFAULT_AGGREGATE_BYTES, MAX_RECORD_BYTES } from '../src/protocol/limits.ts';
import type { PartitionRule } from '../src/protocol/partition-key.ts';
import type { RemoteConfig } from '../src/protocol/session.ts';
import type { Env } from './env.ts';

/** What a write key names. */
export interface Source {
  /** Stands in tokens, records and logs. */
  readonly name: string;
  readonly stream: string;
  readonly origins: '*' | readonly string[];
  readonly partition: PartitionRule;
  /** 1: keys as they are. */
  readonly spread: number;
  readonly aggregate: boolean;
  readonly aggregateBytes: number;
  readonly ip: IpPolicy;
  readonly config: RemoteConfig;
  readonly disabled: boolean;
}

export type IpPolicy = 'truncated' | 'none' | 'full';

export interface KinesisSettings {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export interface Configuration {
  /** The current one first. */
  readonly secrets: readonly string[];
  readonly byWriteKey: ReadonlyMap<string, Source>;
  readonly byName: ReadonlyMap<string, Source>;
  /** Every stream that a source writes to: what the read door may show. */
  readonly streams: ReadonlySet<string>;
  readonly kinesis: KinesisSettings;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly value: Configuration }
  | { readonly ok: false; readonly problems: readonly string[] };

// Messages say what was expected and never what was found: the problems are shown to anyone who asks for the relay's health.
const text = v.string('expected text, got none');
const secret = v.pipe(text, v.minLength(32, 'expected at least 32 characters'));
const filled = v.pipe(text, v.minLength(1, 'expected text, got none'));
// A variable that is set to nothing is a variable that is not set.
const optional = v.pipe(
  v.optional(text, ''),
  v.transform((value) => value || undefined),
);

const origin = v.pipe(
  text,
  v.check(isOrigin, 'expected an origin without a path, such as "https://shop.example"'),
);

const positive = (most: number) =>
  v.pipe(
    v.number('expected a number'),
    v.check(
      (value) => Number.isInteger(value) && value >= 1 && value <= most,
      `expected a whole number from 1 to ${most}`,
    ),
  );

const sourceSchema = v.strictObject({
  name: v.pipe(text, v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _ . -')),
  stream: v.pipe(text, v.regex(/^[\w.-]{1,128}$/, 'expected the name of a Kinesis data stream')),
  origins: v.union(
    [v.literal('*'), v.pipe(v.array(origin), v.minLength(1))],
    'expected "*" or a list of origins such as "https://shop.example"',
  ),
  partition: v.optional(
    v.custom<PartitionRule>(
      isPartitionRule,
      'expected client, session, user, lane, random, or a path such as properties.deviceId',
    ),
    'client',
  ),
  spread: v.optional(positive(1000), 1),
  aggregate: v.optional(v.boolean('expected true or false'), true),
  aggregateBytes: v.optional(positive(MAX_RECORD_BYTES / 2), DEFAULT_AGGREGATE_BYTES),
  ip: v.optional(
    v.picklist(['truncated', 'none', 'full'], 'expected truncated, none or full'),
    'truncated',
  ),
  config: v.optional(
    v.strictObject({
      maxBatchEvents: v.exactOptional(positive(500)),
      maxBatchBytes: v.exactOptional(positive(2 ** 20)),
      flushIntervalMs: v.exactOptional(positive(86_400_000)),
      pauseMs: v.exactOptional(positive(86_400_000)),
    }),
    {},
  ),
  disabled: v.optional(v.boolean('expected true or false'), false),
});

const sourcesSchema = v.pipe(
  text,
  v.parseJson(undefined, 'expected JSON'),
  v.record(
    v.pipe(v.string(), v.regex(/^\S{1,128}$/, 'expected a write key of 1 to 128 characters')),
    sourceSchema,
    'expected an object of sources by write key',
  ),
  v.check((sources) => Object.keys(sources).length > 0, 'expected at least one source'),
  v.check((sources) => {
    const names = Object.values(sources).map((source) => source.name);
    return new Set(names).size === names.length;
  }, 'expected every source to have a name of its own'),
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
  RELAY_AWS_REGION: v.pipe(text, v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region')),
  RELAY_KINESIS_ENDPOINT: v.pipe(
    optional,
    v.check((value) => value === undefined || isHttpUrl(value), 'expected an http(s) URL'),
  ),
  SOURCES: sourcesSchema,
});

export function parseConfiguration(env: Env): ConfigurationResult {
  const parsed = v.safeParse(envSchema, env);
  if (!parsed.success) return { ok: false, problems: parsed.issues.flatMap(describeIssue) };
  const settings = parsed.output;
  const byWriteKey = new Map<string, Source>(Object.entries(settings.SOURCES));
  const sources = [...byWriteKey.values()];
  const { RELAY_SECRET_PREVIOUS: previous, RELAY_AWS_SESSION_TOKEN: sessionToken } = settings;
  return {
    ok: true,
    value: {
      secrets: previous ? [settings.RELAY_SECRET, previous] : [settings.RELAY_SECRET],
      byWriteKey,
      byName: new Map(sources.map((source) => [source.name, source])),
      streams: new Set(sources.map((source) => source.stream)),
      kinesis: {
        region: settings.RELAY_AWS_REGION,
        endpoint: settings.RELAY_KINESIS_ENDPOINT,
        credentials: {
          accessKeyId: settings.RELAY_AWS_ACCESS_KEY_ID,
          secretAccessKey: settings.RELAY_AWS_SECRET_ACCESS_KEY,
          ...(sessionToken ? { sessionToken } : {}),
        },
      },
    },
  };
}

function describeIssue(issue: v.BaseIssue<unknown>): string[] {
  const message = issue.type === 'strict_object' ? 'expected no such field' : issue.message;
  return [`${v.getDotPath(issue) ?? 'configuration'}: ${message}`];
}

function isOrigin(value: string): boolean {
  return isHttpUrl(value) && new URL(value).origin === value;
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isPartitionRule(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(client|session|user|lane|random|(properties|context|traits)(\.[^.]+)+)$/.test(value)
  );
}
