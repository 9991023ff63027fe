import { createConsumer } from '../../consumer/consumer.ts';
import type { Consumer } from '../../consumer/types.ts';
import type { Runtime } from '../../runtime.ts';
import type { Reopening, Source } from '../types.ts';

/** What reads a source, or `undefined` where nothing says how. Throws where the page gave a wrong option. */
export function openConsumer(
  source: Source | undefined,
  { from = source?.from ?? 'TRIM_HORIZON', hashKeys }: Reopening,
  runtime: Runtime,
): Consumer | undefined {
  if (source?.consumer) return source.consumer;
  if (!source?.kinesis || !source.stream) return undefined;
  const { kinesis: client, stream } = source;
  // Somebody looks at it: what comes after a silence is not to be late.
  return createConsumer({ client, stream, from, hashKeys, idleIntervalMs: 0, runtime });
}
