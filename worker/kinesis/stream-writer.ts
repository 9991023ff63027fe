/** Stores the entries of a batch: each in its stream, in the manner that the source asks for. */

import { createBoundedMap } from '../bounded-map.ts';
import type { Source } from '../configuration/source.ts';
import type { RelayRuntime } from '../runtime.ts';
import type { KinesisCall } from './call.ts';
import { putInOrder } from './ordered-put.ts';
import { putUnits } from './put.ts';
import { createOrderedPutCall, createPutCall } from './put-call.ts';
import type { PutReport } from './put-report.ts';
import { PUT_BUDGET_MS } from './put-time.ts';
import { createStreamMemory, type StreamMemory } from './stream-memory.ts';
import { type Entry, planUnits, type Unit } from './unit.ts';

/** Streams are named by operators alone; a store may hold thousands of sources. */
const MAX_STREAMS = 1000;

export interface WriteOrder {
  readonly source: Source;
  readonly entries: readonly Entry[];
  /** For strict order: the sequence number of the last record of an event's lane, by the event's place in the batch. */
  readonly afterOf: (index: number) => string | undefined;
}

export interface WriteReport extends PutReport {
  /** Distinct partition keys. */
  readonly keys: number;
  /** Streams that were not asked, because they have failed too often. */
  readonly openStreams: readonly string[];
}

export interface StreamWriter {
  /** Resolves when every entry has its fate, within five seconds. Never rejects. */
  readonly write: (order: WriteOrder) => Promise<WriteReport>;
  /** Streams that were written to, by name, after their region where it is not the relay's own: whether their circuit is open. */
  readonly streams: () => ReadonlyMap<string, boolean>;
}

export function createStreamWriter(kinesis: KinesisCall, runtime: RelayRuntime): StreamWriter {
  const memories = createBoundedMap<StreamMemory>(MAX_STREAMS);

  function memoryOf(name: string): StreamMemory {
    const memory = memories.get(name) ?? createStreamMemory(runtime);
    memories.set(name, memory);
    return memory;
  }

  async function writeTo(
    stream: string,
    entries: readonly Entry[],
    { source, afterOf }: WriteOrder,
    deadline: number,
  ): Promise<WriteReport> {
    const { region, partition, ordering, maxPutBytes } = source;
    const memory = memoryOf(`${region ?? ''}/${stream}`);
    const isOpen = memory.breaker.isOpen();
    const salted = saltHotKeys(entries, source, memory, runtime.random);
    // A stream that distributes records itself ignores keys, and the Kinesis Client Library drops every aggregate whose keys
    // do not belong to the shard that it lies in.
    const isAuto = partition === 'auto';
    const byKey = planUnits(salted, { ...source, aggregate: source.aggregate && !isAuto });
    const setting = { runtime, memory, deadline };
    const report =
      ordering === 'strict' && !isAuto
        ? await putInOrder(
            byKey,
            createOrderedPutCall(kinesis, stream, region),
            (unit) => lastOf(unit.entries.map(({ index }) => afterOf(index))),
            setting,
          )
        : await putUnits(
            isAuto ? eachAlone(byKey) : byKey,
            createPutCall(kinesis, stream, region),
            maxPutBytes,
            setting,
          );
    return {
      ...report,
      keys: byKey.size,
      openStreams: isOpen && report.calls === 0 && entries.length > 0 ? [stream] : [],
    };
  }

  return {
    streams() {
      const states = [...memories.entries()].map(
        ([name, { breaker }]) => [name.replace(/^\//, ''), breaker.isOpen()] as const,
      );
      return new Map(states);
    },
    async write(order) {
      const { entries, source } = order;
      const deadline = runtime.now() + PUT_BUDGET_MS;
      const byStream = groupByStream(entries, source.stream);
      const reports = await Promise.all(
        [...byStream].map(([stream, ofStream]) => writeTo(stream, ofStream, order, deadline)),
      );
      const [only] = reports;
      return only && reports.length === 1 ? only : join(reports);
    },
  };
}

/** Most batches have one stream and nothing to sort. */
function groupByStream(entries: readonly Entry[], own: string): Map<string, readonly Entry[]> {
  if (entries.every(({ stream = own }) => stream === own)) return new Map([[own, entries]]);
  const byStream = new Map<string, Entry[]>();
  for (const entry of entries) {
    const stream = entry.stream ?? own;
    const ofStream = byStream.get(stream);
    if (ofStream) ofStream.push(entry);
    else byStream.set(stream, [entry]);
  }
  return byStream;
}

/** One draw a batch: its events of a key stay together, and in their order. */
function saltHotKeys(
  entries: readonly Entry[],
  { spread, spreadWhen, maxRecordBytes }: Source,
  { keys }: StreamMemory,
  random: () => number,
): readonly Entry[] {
  if (spread === 1 || spreadWhen === 'always') return entries;
  if (!entries.some(({ partitionKey }) => keys.isHot(partitionKey))) return entries;
  const draw = random();
  return entries.map((entry) => {
    if (!keys.isHot(entry.partitionKey)) return entry;
    const partitionKey = keys.salt(entry.partitionKey, spread, draw);
    const bytes = entry.data.length + Buffer.byteLength(partitionKey);
    return bytes > maxRecordBytes ? entry : { ...entry, partitionKey };
  });
}

function eachAlone(byKey: ReadonlyMap<string, readonly Unit[]>): Map<string, readonly Unit[]> {
  return new Map([...byKey.values()].flat().map((unit, index) => [String(index), [unit]]));
}

/** Sequence numbers are decimal text of up to 129 digits. */
function lastOf(sequences: readonly (string | undefined)[]): string | undefined {
  let last: string | undefined;
  for (const sequence of sequences) {
    if (sequence !== undefined && (last === undefined || BigInt(sequence) > BigInt(last))) {
      last = sequence;
    }
  }
  return last;
}

function join(reports: readonly WriteReport[]): WriteReport {
  const errors = new Map<string, number>();
  for (const [code, count] of reports.flatMap((report) => [...report.errors])) {
    errors.set(code, (errors.get(code) ?? 0) + count);
  }
  const sum = (field: 'calls' | 'records' | 'payloadUnits' | 'keys'): number =>
    reports.reduce((total, report) => total + report[field], 0);
  return {
    fates: new Map(reports.flatMap(({ fates }) => [...fates])),
    errors,
    calls: sum('calls'),
    records: sum('records'),
    payloadUnits: sum('payloadUnits'),
    keys: sum('keys'),
    throttledKeys: new Set(reports.flatMap(({ throttledKeys }) => [...throttledKeys])),
    throttledShards: new Set(reports.flatMap(({ throttledShards }) => [...throttledShards])),
    openStreams: reports.flatMap(({ openStreams }) => openStreams),
  };
}
