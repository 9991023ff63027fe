/**
 * A data point of Analytics Engine for each batch and each refusal. Columns have numbers there, not names: the lists below
 * say which is which, and a column keeps its number for ever.
 */

import type { BatchSummary, RefusalSummary } from './batch-summary.ts';

/** developers.cloudflare.com/analytics/analytics-engine/get-started */
export interface Point {
  readonly indexes: readonly string[];
  readonly blobs: readonly string[];
  readonly doubles: readonly number[];
}

/** `blob1` and so on. `index1` is the source, by which points are sampled; `-` of a refusal, which has none yet. */
export const POINT_BLOBS = [
  /** `batch` or `refusal`. */
  'kind',
  'source',
  /** Of a refusal, or of a batch of which nothing was stored; empty where all is well. */
  'code',
  'colo',
  /** Of the sender, such as `rivulet/1.0.0`. */
  'sdk',
  /** Why events have to come again: `throttled`, `unavailable`, `misconfigured`. */
  'failure',
  /** The path of a refused request. */
  'path',
  /** Separated by spaces. */
  'hotShards',
  'openStreams',
] as const;

/** `double1` and so on. */
export const POINT_DOUBLES = [
  'events',
  'stored',
  'retry',
  'rejected',
  'unknown',
  'wireBytes',
  'bytes',
  'keys',
  'calls',
  'records',
  'payloadUnits',
  'ms',
  'putMs',
  'oldestMs',
  'hotKeys',
] as const satisfies readonly (keyof BatchSummary)[];

/** Analytics Engine takes 96 bytes of index; names of sources are shorter, and ASCII. */
const NO_SOURCE = '-';

export function batchPoint(summary: BatchSummary): Point {
  const { source, code = '', colo = '', sdk, failure = '' } = summary;
  const { hotShards = [], openStreams = [] } = summary;
  return {
    indexes: [source],
    blobs: writeBlobs({
      ...{ kind: 'batch', source, code, colo, sdk, failure, path: '/v1/batch' },
      hotShards: hotShards.join(' '),
      openStreams: openStreams.join(' '),
    }),
    doubles: POINT_DOUBLES.map((name) => summary[name] ?? 0),
  };
}

export function refusalPoint({ path, code, colo = '' }: RefusalSummary): Point {
  const texts = { kind: 'refusal', source: NO_SOURCE, code, colo, path };
  return {
    indexes: [NO_SOURCE],
    blobs: writeBlobs({ ...texts, sdk: '', failure: '', hotShards: '', openStreams: '' }),
    doubles: POINT_DOUBLES.map(() => 0),
  };
}

function writeBlobs(texts: Readonly<Record<(typeof POINT_BLOBS)[number], string>>): string[] {
  return POINT_BLOBS.map((name) => texts[name]);
}
