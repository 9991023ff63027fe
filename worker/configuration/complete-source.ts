/** What no single field of a source shows: settings that contradict each other, and those that follow from others. */

import type * as v from 'valibot';
import { MAX_BATCH_EVENTS } from '../../src/protocol/limits.ts';
import { problemsOfSchema } from './json-schema.ts';
import type { Source, sourceSchema } from './source.ts';

/** Under its write key, with what clients have to be told of its limits. */
export function completeSource(
  writeKey: string,
  source: v.InferOutput<typeof sourceSchema>,
): Source {
  const { batchEvents } = source.limits;
  const maxRecordBytes = Math.min(source.maxRecordBytes, source.maxPutBytes);
  const aggregateBytes = Math.min(source.aggregateBytes, maxRecordBytes);
  // A client that was not told would find out by a refusal, batch for batch.
  const config = batchEvents === MAX_BATCH_EVENTS ? {} : { maxBatchEvents: batchEvents };
  return {
    ...source,
    writeKey,
    maxRecordBytes,
    aggregateBytes,
    config: { ...config, ...source.config },
  };
}

/** Each begins with the field that it is about. */
export function problemsOfSource(
  source: Source,
  { turnstileSecret }: { readonly turnstileSecret: string | undefined },
): string[] {
  const { partition, spread, spreadWhen, ordering, config, limits, redact, plan } = source;
  const isStrict = ordering === 'strict';
  const problems: readonly (readonly [isProblem: boolean, problem: string])[] = [
    [
      Boolean(source.turnstile) && !turnstileSecret,
      'turnstile: expected RELAY_TURNSTILE_SECRET to be set',
    ],
    [
      isStrict && (partition === 'random' || partition === 'auto'),
      `ordering: expected "laned" with partition "${partition}", under which no key has an order`,
    ],
    [
      isStrict && spread > 1,
      'ordering: expected "laned" with a spread, under which no key has an order',
    ],
    [
      spreadWhen === 'hot' && spread === 1,
      'spread: expected 2 or more with spreadWhen "hot", which spreads into so many',
    ],
    [
      (config.maxBatchEvents ?? 0) > limits.batchEvents,
      'config.maxBatchEvents: expected at most limits.batchEvents',
    ],
    ...redact.map(
      (rule, index) =>
        [
          typeof rule === 'object' && new RegExp(rule.pattern, 'u').test(''),
          `redact.${index}.pattern: expected one that does not match where nothing is`,
        ] as const,
    ),
  ];
  return [
    ...problems.filter(([isProblem]) => isProblem).map(([, problem]) => problem),
    ...Object.entries(plan?.events ?? {}).flatMap(([event, schema]) =>
      problemsOfSchema(schema).map((problem) => `plan.events.${event}${problem.slice(1)}`),
    ),
  ];
}
