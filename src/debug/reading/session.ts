/** One reading of one stream: what came of it, and how it is looked at. */

import { createLedger } from '../../consumer/ledger/ledger.ts';
import type { Consumer, ShardState } from '../../consumer/types.ts';
import type { Runtime } from '../../runtime.ts';
import { type Reach, watchLedger } from '../ledger/reach.ts';
import type { ClientTap } from '../page/client-tap.ts';
import { createRecordsView, type RecordsView } from '../records/records-view.ts';
import { assignHues } from './hash-space.ts';
import { createModel, type Model } from './model.ts';
import { createStreamNotes } from './notes.ts';
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
  /** When that file was made: the time that it is there. */
  readonly replayedAt?: number | undefined;
  /** When that file saw a shard come. */
  readonly bornAt?: ((shardId: string) => number | undefined) | undefined;
  /** What that file tells of the client of its page. */
  readonly tap?: ClientTap | undefined;
  readonly shards: () => readonly ShardState[];
  /** The colour of each shard that was ever seen. */
  readonly hues: () => ReadonlyMap<string, number>;
  /** How far each shard was handed to the ledger. */
  readonly reachOf: (shardId: string) => Reach | undefined;
  readonly failure: () => string | undefined;
  /** Whether reading waits because the window is full. */
  readonly isWaiting?: () => boolean;
  /** Reads on if it waits: from now on the oldest rows leave. */
  readonly readOn?: () => void;
  readonly close: () => void;
}

export interface SessionOptions {
  readonly consumer: Consumer | undefined;
  /** Whether the stream is read from its beginning. */
  readonly fromBeginning: boolean;
  /** Reading waits when the window is full, so that its oldest rows stay. @default false */
  readonly stopsWhenFull?: boolean | undefined;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'delay'>;
  readonly onChange: () => void;
}

/** Between two looks at what waits for its place, and at the shards. */
const SETTLE_MS = 100;

export function openSession(options: SessionOptions): Session {
  const { consumer, fromBeginning, runtime, onChange } = options;
  const { ledger, reachOf } = watchLedger(createLedger());
  const model = createModel({ ledger, fromBeginning });
  const notes = createStreamNotes();
  const throttledReads = new Map<string, number>();
  let hues: ReadonlyMap<string, number> = new Map();
  let stopTimer: (() => void) | undefined;
  let stopsWhenFull = options.stopsWhenFull === true;
  let readOn: (() => void) | undefined;

  const settle = (): void => {
    stopTimer = undefined;
    const now = runtime.now();
    const before = model.rows.end();
    model.settle(now);
    const shards = consumer?.shards() ?? [];
    for (const { shardId, throttledReads: reads } of shards) {
      const more = reads - (throttledReads.get(shardId) ?? 0);
      if (more > 0) model.rates.addThrottled(shardId, now, more);
      throttledReads.set(shardId, reads);
    }
    for (const note of notes.look(shards, consumer?.error(), now)) model.note(note, now);
    if (model.rows.end() > before) onChange();
    const dueAt = model.dueAt();
    if (dueAt !== undefined) schedule(dueAt - now);
  };
  const schedule = (waitMs: number): void => {
    stopTimer ??= runtime.delay(settle, Math.max(SETTLE_MS, waitMs));
  };
  const roomFor = (): Promise<void> | undefined => {
    if (!stopsWhenFull || !model.isFull()) return undefined;
    return new Promise((resolve) => {
      readOn = resolve;
    });
  };

  const reading =
    consumer &&
    startReading({
      consumer,
      monotonic: runtime.monotonic,
      onRecord: model.add,
      onChange: () => {
        schedule(SETTLE_MS);
        onChange();
      },
      until: roomFor,
    });
  const view = createRecordsView(model, runtime.monotonic, onChange);
  return {
    model,
    view,
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
    isWaiting: () => readOn !== undefined,
    readOn: () => {
      if (readOn) stopsWhenFull = false;
      readOn?.();
      readOn = undefined;
    },
    close: () => {
      stopTimer?.();
      readOn?.();
      reading?.close();
      // One with code has a worker.
      view.filter()?.close?.();
    },
  };
}
