/**
 * Reads of shards for many viewers: Kinesis is asked once for what several of them want, and never more often than leaves
 * most of a shard's five reads a second to those who read it for a living.
 */

import { createHash } from 'node:crypto';
import { SHARD_ITERATOR_LIFE_MS, SHARD_WRITE_BYTES_PER_SECOND } from '../../src/protocol/limits.ts';
import { createBoundedMap } from '../bounded-map.ts';
import { type KinesisCall, KinesisError } from '../kinesis/call.ts';
import { classifyCall } from '../kinesis/failure.ts';
import type { RelayRuntime } from '../runtime.ts';
import { createPace, type Pace } from './pace.ts';
import { isAtEnd, type Page, pageAt, parseAnswer, parsePage, positionAfter } from './page.ts';
import type { Place } from './place.ts';
import type { SharedPages } from './shared-pages.ts';

export interface ShardReads {
  /** The place where a GetShardIterator of this input begins. */
  readonly open: (input: OpenInput, region: string | undefined) => Promise<Page>;
  /** What follows the place. `reader` names who asks, for a fair share of the turns. */
  readonly read: (
    place: Place,
    limit: unknown,
    reader: string,
    region: string | undefined,
  ) => Promise<Page>;
}

export interface OpenInput {
  readonly StreamName: string;
  readonly ShardId?: unknown;
  readonly ShardIteratorType?: unknown;
  readonly StartingSequenceNumber?: unknown;
  readonly Timestamp?: unknown;
}

export const CALL_TIMEOUT_MS = 10_000;

/** Two of a shard's five reads a second, and two of its five iterators. */
const TURN_MS = 500;

/** Of the reads, one reader takes three quarters at most: another always finds a turn. */
const READER_TURN_MS = 667;

/** A page takes its time: of a shard's 2 MiB a second no more than a little above what can be written to it. */
const BYTES_PER_MS = (1.1 * SHARD_WRITE_BYTES_PER_SECOND) / 1000;

/** Of the bytes that a page's base64 stands for. */
const BASE64_SHARE = 3 / 4;

/** A turn that is so near is waited for: it comes sooner than a reader who was turned away. */
const MAX_WAIT_MS = 1500;

/** After Kinesis has said that the shard is read too much: longer each time, until a read goes well. */
const LEAST_REST_MS = 1000;
const MAX_REST_MS = 8000;

interface Rest {
  /** Throttled reads since the last one that went well. */
  readonly times: number;
  readonly until: number;
}

const NO_REST: Rest = { times: 0, until: 0 };

/** Of one page: two a second are more than can be written to a shard, and no isolate has memory for a crowd with 10 MiB each. */
const PAGE_BYTES = 1024 * 1024;
const MAX_RECORDS = 1000;

/** What a record is taken for where none was read yet. */
const RECORD_BYTES = 16 * 1024;

/** An iterator lives for five minutes: so much less is left to who gets it late. */
const OPEN_LIFE_MS = 10_000;

/** The end of a shard as it was: who begins at LATEST may see events that are as old as this. */
const TIP_LIFE_MS = 2000;

const MAX_SHARDS = 10_000;

export function createShardReads(
  kinesis: KinesisCall,
  pages: SharedPages,
  { now, delay }: Pick<RelayRuntime, 'now' | 'delay'>,
): ShardReads {
  const opens = createPace({ intervalMs: TURN_MS }, now);
  const reads = createPace({ intervalMs: TURN_MS }, now);
  const readersReads = createPace({ intervalMs: READER_TURN_MS }, now);
  const rests = createBoundedMap<Rest>(MAX_SHARDS);
  /** Bytes of a shard's records, on an average that forgets. */
  const sizes = createBoundedMap<number>(MAX_SHARDS);

  async function open(input: OpenInput, region: string | undefined): Promise<Page> {
    const { StreamName, ShardId, ShardIteratorType: type } = input;
    const shard = keyOf(StreamName, ShardId);
    const isTip = type === 'LATEST';
    const position = isTip ? undefined : positionOf(input);
    const key = position === undefined ? keyOf('tip', shard) : keyOf('open', shard, position);
    return pages.get(key, async () => {
      await takeTurn(opens, shard, shard);
      const at = now();
      const timeoutMs = CALL_TIMEOUT_MS;
      const answer = await kinesis('GetShardIterator', JSON.stringify(input), {
        region,
        timeoutMs,
      });
      const { ShardIterator: text } = parseAnswer(answer);
      if (typeof text !== 'string') throw new Error('GetShardIterator: expected a ShardIterator');
      // Every LATEST is a place of its own, until it has brought a record.
      const next = { position: position ?? hashOf(text), text };
      return pageAt(next, at, isTip ? TIP_LIFE_MS : OPEN_LIFE_MS);
    });
  }

  async function read(
    place: Place,
    limit: unknown,
    reader: string,
    region: string | undefined,
  ): Promise<Page> {
    const shard = keyOf(place.stream, place.shard);
    const key = keyOf('read', shard, place.position, limit);
    const page = await pages.get(key, async () => {
      refuseResting(shard);
      // One after the other: a reader that has to wait for its own turn holds none of the shard's.
      await takeTurn(readersReads, keyOf(shard, reader), shard);
      await takeTurn(reads, shard, shard);
      // Meanwhile another read may have been told to make way.
      refuseResting(shard);
      const at = now();
      const ShardIterator = newestText(place, pages.last(key), at);
      const Limit = limitOf(limit, sizes.get(shard) ?? RECORD_BYTES);
      const answer = await callFor(shard, JSON.stringify({ ShardIterator, Limit }), region);
      const fresh = parsePage(answer, place.position, at);
      noteBytes(shard, fresh);
      return fresh;
    });
    noteTip(shard, page);
    return page;
  }

  async function callFor(shard: string, body: string, region: string | undefined): Promise<string> {
    try {
      const answer = await kinesis('GetRecords', body, { region, timeoutMs: CALL_TIMEOUT_MS });
      rests.set(shard, NO_REST);
      return answer;
    } catch (error) {
      if (isThrottle(error)) {
        const { times } = rests.get(shard) ?? NO_REST;
        const restMs = Math.min(MAX_REST_MS, LEAST_REST_MS * 2 ** times);
        rests.set(shard, { times: times + 1, until: now() + restMs });
      }
      throw error;
    }
  }

  function noteBytes(shard: string, { at, count, records }: Page): void {
    const bytes = BASE64_SHARE * records.length;
    reads.postpone(shard, at + bytes / BYTES_PER_MS);
    if (count > 0) sizes.set(shard, ((sizes.get(shard) ?? RECORD_BYTES) + bytes / count) / 2);
  }

  async function takeTurn(pace: Pace, key: string, shard: string): Promise<void> {
    const waitMs = pace.waitMs(key);
    if (waitMs > MAX_WAIT_MS) throw throttleOf(shard);
    pace.take(key, now() + waitMs);
    if (waitMs > 0) await delay(waitMs);
  }

  function refuseResting(shard: string): void {
    if (now() < (rests.get(shard) ?? NO_REST).until) throw throttleOf(shard);
  }

  /** A page that ends where the shard does is where the next LATEST begins: so all of them have one place. */
  function noteTip(shard: string, page: Page): void {
    if (!page.next || !isAtEnd(page)) return;
    const known = pages.last(keyOf('tip', shard));
    if (!known || known.at < page.at) {
      pages.keep(keyOf('tip', shard), pageAt(page.next, page.at, TIP_LIFE_MS));
    }
  }

  return { open, read };
}

/** Kinesis's own answer to who reads too much, from it or from this relay: readers know what to do. */
export function throttle(reason: string): KinesisError {
  return new KinesisError('ProvisionedThroughputExceededException', reason, 400);
}

export function isThrottle(error: unknown): boolean {
  return classifyCall(error) === 'throttled';
}

function throttleOf(shard: string): KinesisError {
  return throttle(`Rate exceeded for shard ${JSON.parse(shard)[1]}`);
}

/** Of an empty page's place, that page's iterator: it is further on, past a stretch where nothing is. */
function newestText({ position, text }: Place, last: Page | undefined, at: number): string {
  const isOurs =
    last?.next?.position === position && at - last.at < SHARD_ITERATOR_LIFE_MS - 60_000;
  return isOurs ? (last.next?.text ?? text) : text;
}

/** As many records as make a page, and no more than the reader wants. What Kinesis would refuse goes on, to be refused by it. */
function limitOf(wanted: unknown, recordBytes: number): unknown {
  const most = Math.max(1, Math.min(MAX_RECORDS, Math.floor(PAGE_BYTES / recordBytes)));
  if (wanted === undefined || wanted === null) return most;
  const isLimit = Number.isInteger(wanted) && Number(wanted) >= 1 && Number(wanted) <= 10_000;
  return isLimit ? Math.min(Number(wanted), most) : wanted;
}

function positionOf({ ShardIteratorType, StartingSequenceNumber, Timestamp }: OpenInput): string {
  const sequence = String(StartingSequenceNumber);
  return ShardIteratorType === 'AFTER_SEQUENCE_NUMBER' && /^\d+$/.test(sequence)
    ? positionAfter(sequence)
    : hashOf(JSON.stringify([ShardIteratorType, StartingSequenceNumber, Timestamp]));
}

/** Begins like no {@link positionAfter}. */
function hashOf(text: string): string {
  return `at:${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
}

/** No two lists of words have the same key, whatever a reader has written into one. */
function keyOf(...words: readonly unknown[]): string {
  return JSON.stringify(words);
}
