/** Moves a consumer's records into the model until it is closed or fails. */

import type { ConsumedRecord, Consumer } from '../../consumer/types.ts';

export interface Reading {
  readonly consumer: Consumer;
  /** Why it ended, when it did not end by itself. */
  readonly failure: () => string | undefined;
  readonly close: () => void;
}

export interface ReadingOptions {
  readonly consumer: Consumer;
  readonly onRecord: (record: ConsumedRecord) => void;
  /** After a record, a change of a shard, or the end. */
  readonly onChange: () => void;
}

export function startReading({ consumer, onRecord, onChange }: ReadingOptions): Reading {
  let failure: string | undefined;
  let closed = false;
  const stopListening = consumer.onShards(onChange);

  const pump = async (): Promise<void> => {
    try {
      for await (const record of consumer) {
        if (closed) return;
        onRecord(record);
        onChange();
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
