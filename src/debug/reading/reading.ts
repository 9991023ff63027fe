/** Moves a consumer's records into the model until it is closed or fails. */

import type { ConsumedRecord, Consumer } from '../../consumer/types.ts';
import { nextTask } from './next-task.ts';

export interface Reading {
  readonly consumer: Consumer;
  /** Why it ended, when it did not end by itself. */
  readonly failure: () => string | undefined;
  readonly close: () => void;
}

export interface ReadingOptions {
  readonly consumer: Consumer;
  readonly monotonic: () => number;
  readonly onRecord: (record: ConsumedRecord) => void;
  /** After a record, a change of a shard, or the end. */
  readonly onChange: () => void;
  /** What has to happen before the next record is pulled: the consumer reads no further meanwhile. */
  readonly until?: () => Promise<void> | undefined;
}

/** What was read long ago comes all at once: the page breathes after so long. */
const SLICE_MS = 12;

export function startReading(options: ReadingOptions): Reading {
  const { consumer, monotonic, onRecord, onChange, until } = options;
  let failure: string | undefined;
  let closed = false;
  const stopListening = consumer.onShards(onChange);

  const pump = async (): Promise<void> => {
    let sliceAt = monotonic();
    try {
      for await (const record of consumer) {
        if (closed) return;
        onRecord(record);
        onChange();
        if (monotonic() - sliceAt > SLICE_MS) {
          await nextTask();
          sliceAt = monotonic();
        }
        await until?.();
        if (closed) return;
      }
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    if (!closed) onChange();
  };
  void pump();

  return {
    consumer,
    failure: () => failure,
    close: () => {
      closed = true;
      stopListening();
      void consumer.close();
    },
  };
}
