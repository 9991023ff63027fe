import type { Point } from '../operation/points.ts';

/**
 * What Cloudflare may bind beside the texts of `Env`: each is optional, and described in `wrangler.toml`. The types name no
 * more than what is used.
 */
export interface Bindings {
  /** Sources and revocations that change without a deploy. */
  readonly RELAY_STORE?: KvNamespace;
  /** Batches of one source. */
  readonly RELAY_SOURCE_LIMIT?: RateLimit;
  /** Batches of one client of one source. */
  readonly RELAY_CLIENT_LIMIT?: RateLimit;
  /** Sessions of one network: /24 of IPv4, /48 of IPv6. */
  readonly RELAY_SESSION_LIMIT?: RateLimit;
  /** Calls of the read door with one token. */
  readonly RELAY_READ_LIMIT?: RateLimit;
  /** Batches of one source without a signature. */
  readonly RELAY_BEACON_LIMIT?: RateLimit;
  /** Takes a point for each batch. */
  readonly RELAY_POINTS?: AnalyticsEngineDataset;
}

/** developers.cloudflare.com/kv/api/read-key-value-pairs */
export interface KvNamespace {
  readonly get: (key: string, type: 'text') => Promise<string | null>;
}

/** developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit */
export interface RateLimit {
  readonly limit: (options: { readonly key: string }) => Promise<{ readonly success: boolean }>;
}

/** developers.cloudflare.com/analytics/analytics-engine/get-started */
export interface AnalyticsEngineDataset {
  readonly writeDataPoint: (point: Point) => void;
}
