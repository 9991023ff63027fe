/** Cloudflare's bindings as the relay's seams: the one place that knows both. */

import type { BatchSummary, RefusalSummary } from '../operation/batch-summary.ts';
import { batchPoint, type Point, refusalPoint } from '../operation/points.ts';
import { type Limiter, type LimiterName, platformRuntime, type RelayRuntime } from '../runtime.ts';
import { createAnswerCache } from './answer-cache.ts';
import type { AnalyticsEngineDataset, Bindings, RateLimit } from './bindings.ts';

/**
 * What is not bound is left out: without a store the variables hold, without a limiter nothing is limited. `origin`: where
 * the Worker is reached.
 */
export function cloudflareRuntime(bindings: Bindings, origin: string): RelayRuntime {
  const { RELAY_STORE: namespace, RELAY_POINTS: dataset } = bindings;
  return {
    ...platformRuntime,
    limiters: limitersOf(bindings),
    ...(namespace && { store: { get: (key: string) => namespace.get(key, 'text') } }),
    cache: createAnswerCache(caches, origin),
    ...(dataset && {
      record: (batch: BatchSummary) => write(dataset, batchPoint(batch)),
      recordRefusal: (refusal: RefusalSummary) => write(dataset, refusalPoint(refusal)),
    }),
  };
}

/** Nothing waits for it, and no batch fails with it. */
function write(dataset: AnalyticsEngineDataset, point: Point): void {
  try {
    dataset.writeDataPoint(point);
  } catch (error) {
    platformRuntime.log(JSON.stringify({ at: 'points', reason: String(error) }));
  }
}

function limitersOf(bindings: Bindings): Partial<Record<LimiterName, Limiter>> {
  const bound: Record<LimiterName, RateLimit | undefined> = {
    source: bindings.RELAY_SOURCE_LIMIT,
    client: bindings.RELAY_CLIENT_LIMIT,
    session: bindings.RELAY_SESSION_LIMIT,
    read: bindings.RELAY_READ_LIMIT,
    beacon: bindings.RELAY_BEACON_LIMIT,
  };
  const limiters: Partial<Record<LimiterName, Limiter>> = {};
  for (const [name, limit] of Object.entries(bound)) {
    if (limit) limiters[name as LimiterName] = async (key) => (await limit.limit({ key })).success;
  }
  return limiters;
}
