/** Reads a bundle, with distrust: it may be anybody's file, or half of one. */

import type { ClientStats } from '../../client/types.ts';
import { parseEvent } from '../../consumer/decode.ts';
import type { LedgerSnapshot } from '../../consumer/ledger/snapshot.ts';
import type {
  ConsumedRecord,
  LedgerVerdict,
  ShardState,
  ShardStatus,
} from '../../consumer/types.ts';
import { RivuletError } from '../../errors.ts';
import { decodeAggregate } from '../../protocol/aggregate.ts';
import { isObject } from '../../protocol/parsed.ts';
import type { OwnTimes } from '../detail/journey.ts';
import type { StoredRun } from '../ledger/promises.ts';
import type { Reach } from '../ledger/reach.ts';
import type { GapRow, NoteKind, NoteRow, Row } from '../reading/rows.ts';
import { keyMd5 } from '../stream/key-md5.ts';
import { decodeBase64 } from './base64.ts';
import { BUNDLE_FORMAT, BUNDLE_VERSION, type Bundle, type BundleHeader } from './bundle.ts';

export interface BundleParser {
  /** Throws where the line is not what it has to be. */
  readonly line: (text: string) => void;
  /** Throws where lines are missing. */
  readonly end: () => Bundle;
}

/** A Kinesis record of many, and what is in it. */
interface Aggregate {
  readonly whole: NonNullable<ConsumedRecord['aggregate']>;
  readonly records: readonly { readonly data: Uint8Array }[];
}

type Fields = Readonly<Record<string, unknown>>;

const VERDICTS: readonly LedgerVerdict[] = ['new', 'duplicate', 'out_of_order', 'not_ours'];

export function createBundleParser(): BundleParser {
  let header: BundleHeader | undefined;
  let ledger: LedgerSnapshot | undefined;
  let stats: ClientStats | undefined;
  let number = 0;
  let isEnded = false;
  const shards: ShardState[] = [];
  const reaches = new Map<string, Reach>();
  const rows: Row[] = [];
  const aggregates: Aggregate[] = [];
  const stored: StoredRun[] = [];
  const own = new Map<number, OwnTimes>();
  const shown = new Map<number, number>();

  const fail = (expected: string, got: unknown): never => {
    const shows = typeof got === 'string' ? got.slice(0, 40) : JSON.stringify(got)?.slice(0, 40);
    throw new RivuletError('invalid_option', `line ${number}: expected ${expected}, got ${shows}`);
  };
  const text = (fields: Fields, name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : fail(`${name} as text`, value);
  };
  const digits = (fields: Fields, name: string): string => {
    const value = text(fields, name);
    return /^\d{1,130}$/.test(value) ? value : fail(`${name} in digits`, value);
  };
  const amount = (fields: Fields, name: string): number => {
    const value = fields[name];
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : fail(`${name} as a number`, value);
  };
  const maybe = <T>(fields: Fields, name: string, read: (fields: Fields, name: string) => T) =>
    fields[name] === undefined || fields[name] === null ? undefined : read(fields, name);
  const object = (fields: Fields, name: string): Fields => {
    const value = fields[name];
    return isObject(value) ? value : fail(`${name} as an object`, value);
  };
  const range = (fields: Fields) => ({
    lane: text(fields, 'lane'),
    first: amount(fields, 'first'),
    count: amount(fields, 'count'),
  });

  const bytes = (fields: Fields): Uint8Array =>
    decodeBase64(text(fields, 'data')) ?? fail('base64', fields.data);
  const readAggregate = (fields: Fields): void => {
    const whole = { partitionKey: text(fields, 'partitionKey'), data: bytes(fields) };
    const decoded = decodeAggregate(whole.data, keyMd5);
    if (decoded.kind === 'plain') fail('an aggregate', decoded.reason);
    else aggregates.push({ whole, records: decoded.records });
  };

  const readHeader = (fields: Fields): void => {
    if (fields.format !== BUNDLE_FORMAT) fail('a bundle of Rivulet', fields.format);
    if (fields.version !== BUNDLE_VERSION) fail(`version ${BUNDLE_VERSION}`, fields.version);
    header = {
      at: amount(fields, 'at'),
      stream: text(fields, 'stream'),
      fromBeginning: fields.fromBeginning === true,
      records: amount(fields, 'records'),
      gaps: amount(fields, 'gaps'),
      about: fields.about as BundleHeader['about'],
    };
  };
  const readShard = (fields: Fields): void => {
    const shardId = text(fields, 'shardId');
    const { parents } = fields;
    const keys = object(fields, 'hashKeys');
    shards.push({
      shardId,
      parents: Array.isArray(parents) ? parents.map(String) : fail('parents', parents),
      hashKeys: { start: BigInt(digits(keys, 'start')), end: BigInt(digits(keys, 'end')) },
      status: text(fields, 'status') as ShardStatus,
      millisBehindLatest: maybe(fields, 'millisBehindLatest', amount),
      records: amount(fields, 'records'),
      bytes: amount(fields, 'bytes'),
      lastSequenceNumber: maybe(fields, 'lastSequenceNumber', digits),
      lastReadAt: maybe(fields, 'lastReadAt', amount),
      isDrained: fields.isDrained === true,
      lastProgressAt: maybe(fields, 'lastProgressAt', amount),
      pace: text(fields, 'pace') as ShardState['pace'],
      reads: amount(fields, 'reads'),
      throttledReads: amount(fields, 'throttledReads'),
      checkpoint: fields.checkpoint as ShardState['checkpoint'],
      owner: maybe(fields, 'owner', text),
      loss: maybe(fields, 'loss', text),
      error: maybe(fields, 'error', text),
    });
    const reach = maybe(fields, 'reach', object);
    if (!reach) return;
    const [from, to] = [digits(reach, 'from'), digits(reach, 'to')];
    reaches.set(shardId, { from, to, records: amount(reach, 'records') });
  };
  const readRecord = (fields: Fields, id: number): Row => {
    const verdict = VERDICTS.find((each) => each === fields.verdict);
    const aggregate = aggregates[maybe(fields, 'aggregate', amount) ?? -1];
    const inside = aggregate?.records[Number(fields.subSequenceNumber)];
    const data = inside ? inside.data : bytes(fields);
    if (!verdict) return fail('a verdict', fields.verdict);
    const record: ConsumedRecord = {
      shardId: text(fields, 'shardId'),
      sequenceNumber: digits(fields, 'sequenceNumber'),
      subSequenceNumber: amount(fields, 'subSequenceNumber'),
      aggregateCount: maybe(fields, 'aggregateCount', amount),
      undecoded: maybe(fields, 'undecoded', text) as ConsumedRecord['undecoded'],
      outOfRange: fields.outOfRange === true,
      kclDrops: fields.kclDrops === true,
      partitionKey: text(fields, 'partitionKey'),
      arrivedAt: maybe(fields, 'arrivedAt', amount),
      readAt: amount(fields, 'readAt'),
      data,
      event: parseEvent(data),
      ...(aggregate && { aggregate: aggregate.whole }),
    };
    const times = maybe(fields, 'own', object);
    if (times) {
      amount(times, 'capturedAt');
      own.set(id, times as unknown as OwnTimes);
    }
    const shownAt = maybe(fields, 'shownAt', amount);
    if (shownAt !== undefined) shown.set(id, shownAt);
    return { kind: 'record', id, record, verdict, isLate: fields.isLate === true };
  };
  const readRow = (fields: Fields): Row => {
    const id = amount(fields, 'id');
    const last = rows.at(-1);
    if (last && id !== last.id + 1) fail(`row ${last.id + 1}`, id);
    if (fields.kind === 'record') return readRecord(fields, id);
    const at = amount(fields, 'at');
    if (fields.kind === 'gap') {
      const shardId = text(fields, 'shardId');
      return {
        kind: 'gap',
        id,
        shardId,
        at,
        range: range(object(fields, 'range')),
      } satisfies GapRow;
    }
    const note = text(fields, 'note') as NoteKind;
    const shardId = maybe(fields, 'shardId', text);
    return { kind: 'note', id, at, shardId, note, text: text(fields, 'text') } satisfies NoteRow;
  };

  const read = (fields: Fields): void => {
    const { kind } = fields;
    if (kind === 'header') readHeader(fields);
    else if (!header) fail('the header of a bundle of Rivulet', kind);
    else if (kind === 'shard') readShard(fields);
    else if (kind === 'ledger') ledger = object(fields, 'ledger') as unknown as LedgerSnapshot;
    else if (kind === 'aggregate') readAggregate(fields);
    else if (kind === 'client') stats = readStats(object(fields, 'stats'));
    else if (kind === 'receipt') {
      const { lane, first, count } = range(fields);
      const [shard, sequence] = [text(fields, 'shard'), digits(fields, 'sequence')];
      stored.push({ lane, first, count, shard, sequence, at: amount(fields, 'at') });
    } else if (kind === 'record' || kind === 'gap' || kind === 'note') rows.push(readRow(fields));
    else if (kind === 'end') {
      if (fields.lines !== number - 1) fail(`${number - 1} lines before`, fields.lines);
      isEnded = true;
    }
    // What a later version adds is passed over.
  };
  const readStats = (fields: Fields): ClientStats => {
    for (const name of ['captured', 'stored', 'rejected', 'dropped', 'maxQueueBytes']) {
      amount(fields, name);
    }
    for (const name of ['lane', 'clientId', 'consent', 'log']) text(fields, name);
    const queue = object(fields, 'queue');
    for (const name of ['segments', 'events', 'bytes', 'inMemory']) amount(queue, name);
    object(fields, 'droppedBy');
    return { missing: [], ...fields } as unknown as ClientStats;
  };

  return {
    line: (json) => {
      number++;
      if (isEnded) {
        if (json.trim() !== '') fail('nothing behind the end', json);
        return;
      }
      let fields: unknown;
      try {
        fields = JSON.parse(json);
      } catch {
        // Said in words below.
      }
      if (isObject(fields)) read(fields);
      else fail(number === 1 ? 'a bundle of Rivulet' : 'a line of JSON', json);
    },
    end: () => {
      if (!header) return fail('a bundle of Rivulet', 'an empty file');
      if (!isEnded || !ledger) return fail('the end of the bundle', 'a file that is cut off');
      return {
        ...{ header, shards, rows, ledger, stats, stored },
        reachOf: (shardId) => reaches.get(shardId),
        ownOf: ({ id }) => own.get(id),
        shownAt: ({ id }) => shown.get(id),
      };
    },
  };
}
