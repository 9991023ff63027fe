import { createConsumer } from '../../consumer/consumer.ts';
import type { KinesisReader } from '../../consumer/options.ts';
import { createReadDoorReader } from '../../consumer/read-door-reader.ts';
import type { Consumer } from '../../consumer/types.ts';
import type { Runtime } from '../../runtime.ts';
import type { Reopening, Source } from '../types.ts';

/** What reads a source, or `undefined` where nothing says how. Throws where the page gave a wrong option. */
export function openConsumer(
  source: Source | undefined,
  { from = source?.from ?? 'TRIM_HORIZON', hashKeys }: Reopening,
  runtime: Runtime,
  /** Of the read door, where somebody gave one. */
  token?: string,
): Consumer | undefined {
  if (source?.consumer) return source.consumer;
  const client = readerOf(source, runtime, token);
  if (!client || !source?.stream) return undefined;
  const { stream } = source;
  // Somebody looks at it: what comes after a silence is not to be late.
  return createConsumer({ client, stream, from, hashKeys, idleIntervalMs: 0, runtime });
}

/** The page's own way to the stream, or the relay's read door. */
export function readerOf(
  source: Source | undefined,
  runtime: Pick<Runtime, 'fetch'>,
  token: string | undefined,
): KinesisReader | undefined {
  const { kinesis, endpoint } = source ?? {};
  if (kinesis || !endpoint || !token) return kinesis;
  return createReadDoorReader({ endpoint, token, runtime });
}
