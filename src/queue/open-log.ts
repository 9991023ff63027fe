import { RivuletError } from '../errors.ts';
import type { LaneRange } from '../protocol/event.ts';
import type { Runtime } from '../runtime.ts';
import { createConnection } from './connection.ts';
import { findSurplus } from './eviction.ts';
import {
  type Counted,
  clearAll,
  countSegments,
  exchangeValue,
  readHead,
  readRejected,
  settleRanges,
  takeOutForeign,
  writeSegments,
} from './log-transaction.ts';
import { createMemoryLog } from './memory-log.ts';
import type { Foreign } from './records.ts';
import { newestRejected } from './rejected.ts';
import { createHead } from './segment.ts';
import { createShelf } from './shelf.ts';
import { createSpill } from './spill.ts';
import { statsOf } from './tally.ts';
import type {
  Exchange,
  LogStats,
  RejectedRun,
  Segment,
  SegmentLog,
  StoredSegment,
} from './types.ts';

export interface OpenLogOptions {
  /** Absent where the platform or the user refuses it: then the log is in memory. */
  readonly indexedDB: IDBFactory | undefined;
  /** Holds what waits for a database that is not open or not idle: the page may end before its turn. */
  readonly storage: Storage | undefined;
  readonly databaseName: string;
  readonly runtime: Pick<Runtime, 'delay' | 'random'>;
  /** Called when `kind` changes, and when the memory begins or ceases to hold events that the database refuses. */
  readonly onChange: (state: Pick<SegmentLog, 'kind'> & Pick<LogStats, 'inMemory'>) => void;
  /** `storage_unavailable` and `storage_failed` once a spell, `storage_corrupt` once a record. */
  readonly onError: (error: RivuletError) => void;
}

const STORES = ['segments', 'values', 'rejected'];

/**
 * The best log there is, usable at once: a database, and before it the memory, which holds what is not on disk yet. Every
 * append goes there first and to the disk in the same turn where that is possible; what the database refuses stays, and
 * goes before anything younger as soon as it is taken.
 */
export function openLog(options: OpenLogOptions): SegmentLog {
  const { indexedDB, storage, databaseName, onChange, onError } = options;
  const memory = createMemoryLog();
  // Where there is no database, nobody would ever take up what was left.
  const spill = createSpill(indexedDB && storage, databaseName);
  let told = { kind: 'indexeddb' as SegmentLog['kind'], inMemory: 0 };
  /** The one write under way: a second one could end before it, and overtake. */
  let writing: Promise<void> | undefined;

  const connection = createConnection({
    ...options,
    onOpen() {
      flush();
      for (const [key, value] of memory.values) {
        exchange(key, (current) => current ?? value).catch(() => {}); // A next opening tries again.
      }
      if (memory.refused().length > 0) settleStored([], []).catch(() => {});
      spill.takeUp((segments) => write(() => segments, false));
      tell();
    },
    onRested: () => flush(),
    onError,
    onChange: () => tell(),
  });

  const kind = (): SegmentLog['kind'] => (connection.isMissing() ? 'memory' : 'indexeddb');
  const refused = (): number => (connection.isFailing() ? memory.tally().events : 0);

  function tell(): void {
    const state = { kind: kind(), inMemory: refused() };
    const isNews = state.kind !== told.kind || !state.inMemory !== !told.inMemory;
    told = state;
    if (isNews) onChange(state);
  }

  async function transact<T>(
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => T,
    stores = STORES,
  ): Promise<Awaited<T>> {
    const result = await connection.transact(stores, mode, work);
    recover();
    return result;
  }

  function recover(): void {
    if (memory.stored().length === 0) connection.recover();
    tell();
  }

  /** What is in memory has changed: so has what has to be left behind. */
  function change(work: () => unknown): void {
    const before = new Set(memory.stored());
    work();
    const after = new Set(memory.stored());
    spill.takeBack([...before].filter((segment) => !after.has(segment)));
    spill.leave([...after].filter((segment) => !before.has(segment)));
    tell();
  }

  function write(segments: () => readonly Segment[], isNew: boolean): Promise<void> {
    return connection.transact(['segments'], 'readwrite', (transaction) => {
      writeSegments(transaction, segments(), isNew);
      // What is tried again may have been written the first time.
      isNew = false;
    });
  }

  /** Everything that waits, in one transaction and in this very turn where the database is open. Never rejects. */
  function flush(): Promise<void> {
    if (connection.isAway() || memory.stored().length === 0) return Promise.resolve();
    let written: readonly StoredSegment[] = [];
    writing ??= write(() => {
      // When its turn has come: what was appended until then goes along.
      written = [...memory.stored()];
      return written;
    }, !connection.isFailing())
      .then(
        () => {
          change(() => memory.giveAway(written));
          recover();
        },
        // The connection has told, and tries again.
        () => spill.leave(memory.stored()),
      )
      .finally(() => {
        writing = undefined;
      });
    return writing;
  }

  /** Work of the database, or of the memory as long as there is none. */
  async function choose<T>(inDatabase: () => Promise<T>, inMemory: () => Promise<T>): Promise<T> {
    try {
      if (!connection.isMissing()) return await inDatabase();
    } catch (error) {
      if (!connection.isMissing()) throw error;
    }
    return inMemory();
  }

  async function count(): Promise<Counted> {
    for (;;) {
      const counted = await transact('readwrite', countSegments);
      await removeForeign(counted.foreign);
      if (counted.isAll && counted.foreign.length === 0) return counted;
    }
  }

  async function removeForeign(foreign: Foreign): Promise<void> {
    if (foreign.length === 0) return;
    await transact('readwrite', (transaction) => takeOutForeign(transaction, foreign));
    onError(
      new RivuletError(
        'storage_corrupt',
        `database "${databaseName}": expected segments, got ${foreign.length} other records`,
      ),
    );
  }

  const statsWith = ({ tally, oldest }: Counted): LogStats =>
    statsOf(memory.tally(tally), oldest ?? memory.stored()[0], refused());

  async function settleStored(
    ranges: readonly LaneRange[],
    rejected: readonly RejectedRun[],
  ): Promise<void> {
    const held = memory.refused();
    const settleOnDisk = (isFull: boolean): Promise<void> =>
      transact('readwrite', (transaction) =>
        settleRanges(transaction, ranges, rejected, held, isFull),
      );
    await settleOnDisk(false).catch((error: RivuletError) => {
      // What is stored has to go, or nothing would ever make room.
      if ((error.cause as Error | undefined)?.name !== 'QuotaExceededError') throw error;
      return settleOnDisk(true);
    });
    memory.forgetRefused(held);
    if (memory.stored().length === 0) return;
    // Room has been made.
    connection.wake();
    flush();
  }

  const exchange: Exchange = (key, next) =>
    transact('readwrite', (transaction) => exchangeValue(transaction, key, next), ['values']);

  return {
    get kind() {
      return kind();
    },
    async append(segments) {
      const before = memory.stored().length;
      memory.append(segments);
      const added = memory.stored().slice(before);
      const lastId = added.at(-1)?.id ?? 0;
      // A proven and idle database ends what is committed whatever becomes of the page; what has to wait ends with it.
      if (connection.isAway()) spill.leave(added);
      // With what is being written, which may fail: the later without the earlier would be a gap.
      else if (!connection.isIdle()) spill.leave(memory.stored());
      tell();
      // What came during another write goes with the next.
      while (!connection.isAway() && (memory.stored()[0]?.id ?? lastId + 1) <= lastId) {
        await flush();
      }
    },
    read: (limits) =>
      choose(
        async () => {
          const { head, foreign } = await transact('readonly', (transaction) =>
            readHead(transaction, limits),
          );
          // Written by a page that has not come to take it back: else a third one would write it again.
          spill.forget(head);
          // Before the next wait: what is in memory now is behind what was on disk.
          const all = [...head, ...memory.stored()];
          await removeForeign(foreign);
          return all.filter(createHead(limits));
        },
        () => memory.read(limits),
      ),
    async settle(ranges, rejected = []) {
      change(() => memory.settle(ranges, rejected));
      await choose(
        () => settleStored(ranges, rejected),
        async () => {},
      );
    },
    surplus: (bounds) =>
      choose(
        async () => {
          const counted = await count();
          return transact('readonly', (transaction) =>
            findSurplus(
              createShelf(memory.stored, transaction),
              bounds,
              statsWith(counted),
              counted.tally.lost,
            ),
          );
        },
        () => memory.surplus(bounds),
      ).catch((error: unknown) => {
        // It may be on disk by the time that it is given up.
        if (writing) throw error;
        // What is on disk waits there for better times; what waits for the disk must not grow without end.
        return memory.surplus(bounds);
      }),
    stats: () => choose(async () => statsWith(await count()), memory.stats),
    rejected: () =>
      choose(
        async () =>
          newestRejected([...(await transact('readonly', readRejected)), ...memory.refused()]),
        memory.rejected,
      ),
    async clear() {
      // What is being written would be on disk behind our back.
      if (!connection.isMissing()) await writing;
      const held = memory.clear();
      spill.clear();
      tell();
      return (
        (await held) +
        (await choose(
          () => transact('readwrite', clearAll),
          async () => 0,
        ))
      );
    },
    exchange: (key, next) =>
      choose(
        () => exchange(key, next),
        () => memory.exchange(key, next),
      ),
    close: connection.close,
  };
}
