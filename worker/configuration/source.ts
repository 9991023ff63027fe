/** What a write key names: its settings, checked whole, with every default in its place. */

import * as v from 'valibot';
import {
  DEFAULT_AGGREGATE_BYTES,
  MAX_BATCH_EVENTS,
  MAX_EVENT_BYTES,
  MAX_LARGE_RECORD_BYTES,
  MAX_NAME_LENGTH,
  MAX_PUT_BYTES,
  MAX_RECORD_BYTES,
} from '../../src/protocol/limits.ts';
import type { PartitionRule } from '../../src/protocol/partition-key.ts';

// Messages say what was expected and never what was found: the problems are shown to anyone who asks for the relay's health.
export const text = v.string('expected text, got none');

const origin = v.pipe(
  text,
  v.check(isOrigin, 'expected an origin without a path, such as "https://shop.example"'),
);

const whole = (least: number, most: number) =>
  v.pipe(
    v.number('expected a number'),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `expected a whole number from ${least} to ${most}`,
    ),
  );

const flag = v.boolean('expected true or false');
const choice = <const Options extends readonly [string, ...string[]]>(...options: Options) =>
  v.picklist(options, `expected ${options.join(', ')}`);
const listOf = <Item extends v.GenericSchema>(item: Item, expected: string) =>
  v.array(item, `expected a list of ${expected}`);

export const REGION: RegExp = /^[a-z]{2}(-[a-z]+)+-\d$/;
export const STREAM: RegExp = /^[\w.-]{1,128}$/;
/** What names a token that can be revoked. */
export const TOKEN_ID: RegExp = /^[\w-]{8,64}$/;

const region = v.pipe(text, v.regex(REGION, 'expected an AWS region'));
const stream = v.pipe(text, v.regex(STREAM, 'expected the name of a Kinesis data stream'));
const eventName = v.pipe(text, v.minLength(1, 'expected the name of an event'));

/** What the edge may add to an event's context. */
export const EDGE_FACTS = ['country', 'region', 'colo', 'asn', 'userAgent', 'bot'] as const;

/** What redaction knows by name; others bring a pattern. */
export const REDACTIONS = ['email', 'card'] as const;

const redaction = v.union(
  [
    v.picklist(REDACTIONS),
    v.strictObject({
      name: v.pipe(text, v.regex(/^[\w-]{1,32}$/, 'expected 1 to 32 of A-Z a-z 0-9 _ -')),
      pattern: v.pipe(text, v.check(isPattern, 'expected a regular expression')),
    }),
  ],
  `expected ${REDACTIONS.join(', ')}, or { name, pattern }`,
);

const route = v.pipe(
  v.strictObject({
    /** For events that ask for it by this name. */
    route: v.exactOptional(
      v.pipe(
        text,
        v.minLength(1, 'expected a name'),
        v.maxLength(MAX_NAME_LENGTH, `expected at most ${MAX_NAME_LENGTH} characters`),
      ),
    ),
    /** For events of these names; by type for events without one. */
    events: v.optional(listOf(eventName, 'event names'), []),
    stream,
  }),
  v.check(
    ({ route, events }) => route !== undefined || events.length > 0,
    'expected a route, or events',
  ),
);

/** JSON Schema by event name; `page`, `screen`, `identify` … by their type. */
const trackingPlan = v.strictObject({
  /** `observe` marks the record, `enforce` rejects the event. */
  mode: v.optional(choice('observe', 'enforce'), 'observe'),
  /** Of `properties`, or of `traits` for `identify` and `group`. */
  events: v.record(eventName, v.looseObject({}, 'expected a JSON Schema')),
  /** What happens to events that the plan does not name. */
  others: v.optional(choice('allow', 'violate'), 'allow'),
});

const turnstile = v.union(
  [
    v.boolean(),
    // developers.cloudflare.com/turnstile/get-started/client-side-rendering/widget-configurations: `action`
    v.strictObject({ action: v.pipe(text, v.regex(/^[\w-]{1,32}$/)) }),
  ],
  'expected true, false or { action }',
);

export const sourceSchema = v.strictObject({
  /** Stands in records and logs. */
  name: v.pipe(text, v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _ . -')),
  stream,
  /** Streams of their own for some events. The first that matches. */
  routes: v.optional(listOf(route, 'routes'), []),
  /** The relay's own by default. */
  region: v.exactOptional(region),
  origins: v.union(
    [v.literal('*'), v.pipe(v.array(origin), v.minLength(1))],
    'expected "*" or a list of origins such as "https://shop.example"',
  ),
  partition: v.optional(
    v.custom<PartitionRule>(
      isPartitionRule,
      'expected client, session, user, lane, random, auto, or a path such as properties.deviceId',
    ),
    'client',
  ),
  /** 1: keys as they are. */
  spread: v.optional(whole(1, 1000), 1),
  /** `hot` salts only keys that Kinesis throttles. */
  spreadWhen: v.optional(choice('always', 'hot'), 'always'),
  /** `strict` puts one unit at a time with the sequence number of the one before it. */
  ordering: v.optional(choice('laned', 'strict'), 'laned'),
  aggregate: v.optional(flag, true),
  aggregateBytes: v.optional(whole(1, MAX_RECORD_BYTES), DEFAULT_AGGREGATE_BYTES),
  /** The stream's own limit, where it was raised by UpdateMaxRecordSize. */
  maxRecordBytes: v.optional(whole(1024, MAX_LARGE_RECORD_BYTES), MAX_RECORD_BYTES),
  /** Of one PutRecords call. */
  maxPutBytes: v.optional(whole(1024, 2 * MAX_PUT_BYTES), MAX_PUT_BYTES),
  format: v.optional(choice('segment', 'cloudevents'), 'segment'),
  /** The part of all clients whose events are kept, chosen by client id. */
  sample: v.optional(
    v.pipe(
      v.number('expected a number'),
      v.minValue(0, 'expected a number from 0 to 1'),
      v.maxValue(1, 'expected a number from 0 to 1'),
    ),
    1,
  ),
  limits: v.optional(
    v.strictObject({
      eventBytes: v.optional(whole(1, MAX_EVENT_BYTES), MAX_EVENT_BYTES),
      batchEvents: v.optional(whole(1, MAX_BATCH_EVENTS), MAX_BATCH_EVENTS),
    }),
    {},
  ),
  /** Batches without a signature, of 64 KiB at most: for senders that can do no HMAC. */
  unsignedBeacons: v.optional(flag, false),
  /** Whether a session is given only to who solved a Turnstile challenge. */
  turnstile: v.optional(turnstile, false),
  edge: v.optional(listOf(v.picklist(EDGE_FACTS), EDGE_FACTS.join(', ')), [
    'country',
    'colo',
    'asn',
  ]),
  ip: v.optional(choice('truncated', 'none', 'hashed', 'full'), 'truncated'),
  redact: v.optional(listOf(redaction, 'redactions'), []),
  plan: v.exactOptional(trackingPlan),
  config: v.optional(
    v.strictObject({
      maxBatchEvents: v.exactOptional(whole(1, MAX_BATCH_EVENTS)),
      maxBatchBytes: v.exactOptional(whole(1, 2 ** 20)),
      flushIntervalMs: v.exactOptional(whole(1, 86_400_000)),
      pauseMs: v.exactOptional(whole(1, 86_400_000)),
    }),
    {},
  ),
  disabled: v.optional(flag, false),
});

export type Source = v.InferOutput<typeof sourceSchema> & { readonly writeKey: string };
export type EdgeFact = (typeof EDGE_FACTS)[number];
export type IpPolicy = Source['ip'];
export type Redaction = Source['redact'][number];
export type TrackingPlan = NonNullable<Source['plan']>;

// A store's key is made of it, whose bytes are counted.
export const writeKeySchema = v.pipe(
  v.string(),
  v.regex(/^[!-~]{1,128}$/, 'expected a write key of 1 to 128 ASCII characters without a space'),
);

/** What is wrong, one line a problem: where it stands and what was expected there. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? 'configuration'}: ${describeExpected(issue)}`;
}

function describeExpected({ type, expected, message }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' && expected === 'never') return 'expected no such field';
  if (type === 'strict_object' && expected?.startsWith('"')) return 'expected one, got none';
  // The words of the library itself show what was found.
  return message.startsWith('Invalid ') ? `expected ${expected ?? 'something else'}` : message;
}

export function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

export function isOrigin(value: string): boolean {
  return isHttpUrl(value) && new URL(value).origin === value;
}

function isPattern(value: string): boolean {
  try {
    return new RegExp(value, 'gu') !== undefined;
  } catch {
    return false;
  }
}

function isPartitionRule(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(client|session|user|lane|random|auto|(properties|context|traits)(\.[^.]+)+)$/.test(value)
  );
}
