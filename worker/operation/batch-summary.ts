/** What is said of one batch in the log, in Analytics Engine and in Prometheus: counts, bytes, codes and times. Nothing of its content. */

import type { RefusalCode } from '../../src/protocol/receipt.ts';

export interface BatchSummary {
  readonly source: string;
  /** The sender's name and version, as it says: at most 64 characters. */
  readonly sdk: string;
  /** Why nothing of it was stored. */
  readonly code?: RefusalCode;
  readonly events: number;
  readonly stored: number;
  /** To be sent again. */
  readonly retry: number;
  /** Of these, how many may be stored all the same, because an answer of Kinesis was lost: each is a possible duplicate. */
  readonly unknown?: number;
  readonly rejected: number;
  /** Rejected events by code. */
  readonly rejections?: Readonly<Record<string, number>>;
  /** Bytes as they travelled, and after gunzip. */
  readonly wireBytes: number;
  readonly bytes: number;
  /** Distinct partition keys. */
  readonly keys: number;
  /** Calls of Kinesis. */
  readonly calls: number;
  /** Kinesis records put, and their PUT payload units of 25 KB (aws.amazon.com/kinesis/data-streams/pricing). */
  readonly records: number;
  readonly payloadUnits: number;
  /** From the batch's arrival to its answer, in milliseconds. */
  readonly ms: number;
  /** Of these, waiting for Kinesis. */
  readonly putMs: number;
  /** How old the oldest event was on arrival, in milliseconds. */
  readonly oldestMs: number;
  /** Keys and shards that Kinesis throttled. */
  readonly hotKeys?: number;
  readonly hotShards?: readonly string[];
  /** Streams that were not asked, because they have failed too often of late. */
  readonly openStreams?: readonly string[];
  readonly failure?: string;
  /** Kinesis's words for failed entries and calls, with their counts. */
  readonly errors?: Readonly<Record<string, number>>;
  readonly colo?: string;
}

/** A request that was refused before there was a batch to speak of. */
export interface RefusalSummary {
  readonly code: RefusalCode;
  /** Of a path that the relay does not have, `other`: what a stranger writes there is nobody's to keep. */
  readonly path: string;
  readonly colo?: string;
}
