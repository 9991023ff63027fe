import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { backoffMs } from '../transport/retry.ts';

/** Anything that sends commands as a `DynamoDBClient` does. */
export type DynamoDbSender = Pick<DynamoDBClient, 'send'>;

/** A table on demand doubles what it takes within minutes; what it takes now, it takes again after a moment. */
const TRIES = 5;
const BACKOFF = { retryBaseMs: 50, retryMaxMs: 1000 };

/**
 * Tries again what was throttled: such a call has done nothing. Other failures may have, and are the caller's.
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export async function sendPatiently<T>(
  call: () => Promise<T>,
  { random, delay }: Pick<Runtime, 'random' | 'delay'>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (thrown) {
      if (failures === TRIES || !isThrottle(thrown)) throw thrown;
      const waitMs = backoffMs(failures, BACKOFF, random);
      await new Promise<void>((resolve) => {
        delay(resolve, waitMs);
      });
    }
  }
}

function isThrottle(thrown: unknown): boolean {
  return /Throttling|ThroughputExceeded|RequestLimitExceeded/.test(nameOf(thrown));
}

/** An error of the SDK says by its name what it is, whichever copy of the SDK made it. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : '';
}
