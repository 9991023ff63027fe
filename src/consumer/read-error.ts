/** What a read of the stream throws: the SDK's errors, the relay's refusals, the network's. */
export interface ReadingError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function readingError(thrown: unknown): ReadingError {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Somebody reads too much of the shard, the stream or the account: nothing is wrong, but it has to go slower. */
export function isThrottle({ name, $metadata }: ReadingError): boolean {
  return /Throttl|ThroughputExceeded|LimitExceeded/.test(name) || $metadata?.httpStatusCode === 429;
}
