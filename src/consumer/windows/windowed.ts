import { createBell } from '../bell.ts';
import type { ConsumedRecord, Consumer } from '../types.ts';
import { createWindows } from './create-windows.ts';
import type { ClosedWindow, Measures, WindowOptions, Windows } from './types.ts';

/** A consumer; or records from elsewhere, of which nothing is known but themselves. */
export type WindowSource = AsyncIterable<ConsumedRecord> &
  Partial<Pick<Consumer, 'shards' | 'onShards' | 'close'>>;

/**
 * Reads a consumer to its end and gives its windows as they become final, the oldest first. It reads no further while a
 * window is being looked at, and closes the consumer when the loop is left. Give it windows of your own making, in place of
 * their options, to ask them for `current()` and `stats()` meanwhile.
 *
 * @example
 * const consumer = createConsumer({ client, stream: 'clickstream' });
 * const options = { sizeMs: 60_000, measures: { views: count(), time: percentiles(metric('LCP'), [75]) } };
 * for await (const { end, values } of windowed(consumer, options)) draw(end, values.views, values.time.p75);
 */
export async function* windowed<M extends Measures>(
  source: WindowSource,
  made: WindowOptions<M> | Windows<M>,
): AsyncGenerator<ClosedWindow<M>, undefined> {
  const windows = 'take' in made ? made : createWindows(made);
  const leaving = new AbortController();
  const news = createBell(leaving.signal);
  const back = createBell(leaving.signal);
  let isAway = false;
  let hasEnded = false;

  async function read(): Promise<void> {
    for await (const record of source) {
      windows.add(record);
      if (!source.shards) news.ring();
      while (isAway && !leaving.signal.aborted) await back.heard();
      if (leaving.signal.aborted) return;
    }
  }

  const stopListening = source.onShards?.(news.ring);
  const reading = read().finally(() => {
    hasEnded = true;
    news.ring();
  });
  // It is awaited at the end; until then nobody would hear that it was refused.
  reading.catch(() => {});

  try {
    while (!hasEnded) {
      const closed = windows.take(source.shards?.());
      isAway = closed.length > 0;
      for (const window of closed) yield window;
      isAway = false;
      back.ring();
      if (closed.length === 0 && !hasEnded) await news.heard();
    }
    yield* windows.take(source.shards?.());
    yield* windows.finish();
    await reading;
    return undefined;
  } finally {
    leaving.abort();
    stopListening?.();
    await source.close?.();
  }
}
