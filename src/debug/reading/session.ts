/** One reading of one stream: what came of it, and how it is looked at. */

import { createLedger } from '../../consumer/ledger/ledger.ts';
import type { Consumer, ShardState } from '../../consumer/types.ts';
import type { Runtime } from '../../runtime.ts';
import { type Reach, watchLedger } from '../ledger/reach.ts';
import { createRecordsView, type RecordsView } from '../records/records-view.ts';
import { assignHues } from './hash-space.ts';
import { createModel, type Model } from './model.ts';
import { startReading } from './reading.ts';
import { createShownLog, type ShownLog } from './shown-log.ts';

export interface Session {
  readonly model: Model;
  readonly view: RecordsView;
  readonly shown: ShownLog;
  /** Whether the stream is read from its beginning. */
  readonly fromBeginning: boolean;
  /** Whether it is read, or about to be: not where nothing says from where. */
  readonly isConnected: boolean;
  /** The file that is shown in place of a stream, by its name. */
  readonly replayed?: string | undefined;
  readonly shards: () => readonly ShardState[];
  /** The colour of each shard that was ever seen. */
  readonly hues: () => ReadonlyMap<string, number>;
  /** How far each shard was handed to the ledger. */
  readonly reachOf: (shardId: string) => Reach | undefined;
  readonly failure: () => string | undefined;
  readonly close: () => void;
}

export interface SessionOptions {
  readonly consumer: Consumer | undefined;
  /** Whether the stream is read from its beginning. */
  readonly fromBeginning: boolean;
  readonly runtime: Pick<Runtime, 'monotonic'>;
  readonly onChange: () => void;
}

export function openSession({
  consumer,
  fromBeginning,
  runtime,
  onChange,
}: SessionOptions): Session {
  const { ledger, reachOf } = watchLedger(createLedger());
  const model = createModel({ ledger, fromBeginning });
  const reading = consumer && startReading({ consumer, onRecord: model.add, onChange });
  let hues: ReadonlyMap<string, number> = new Map();
  return {
    model,
    view: createRecordsView(model, runtime.monotonic),
    shown: createShownLog(),
    fromBeginning,
    isConnected: consumer !== undefined,
    shards: () => consumer?.shards() ?? [],
    hues: () => {
      const shards = consumer?.shards() ?? [];
      if (shards.some(({ shardId }) => !hues.has(shardId))) hues = assignHues(shards, hues);
      return hues;
    },
    reachOf,
    failure: () => reading?.failure() ?? consumer?.error(),
    close: () => reading?.close(),
  };
}
