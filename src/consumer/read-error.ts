/** What a read of the stream throws: the SDK's errors, the relay's refusals, the network's. */
export interface ReadError {
  readonly name: string;
  /** For people. */
  readonly text: string;
  /** Somebody reads too much of the shard, the stream or the account: nothing is wrong, but it has to go slower. */
  readonly isThrottle: boolean;
}

export function readErrorOf(thrown: unknown): ReadError {
  if (!(thrown instanceof Error)) return { name: '', text: String(thrown), isThrottle: false };
  const { name, message } = thrown;
  // A refusal of the relay becomes an error of the SDK: `code` its name, `reason` a property, the message says nothing.
  const { reason = message, $metadata } = thrown as Error & {
    readonly reason?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name,
    text: `${name}: ${reason}`,
    isThrottle:
      /Throttl|ThroughputExceeded|LimitExceeded/.test(name) || $metadata?.httpStatusCode === 429,
  };
}
