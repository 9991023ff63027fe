/** The relay's seams: time, chance, and what a platform may bind. A test can hold all of them still. */

import type { BatchSummary, RefusalSummary } from './operation/batch-summary.ts';

export interface RelayRuntime {
  /** Milliseconds since 1970. On Cloudflare's network the clock advances on I/O only. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly delay: (delayMs: number) => Promise<void>;
  /** Takes one line of the log. */
  readonly log: (line: string) => void;
  /** Sources and revocations that change without a deploy. Absent: only what the variables say. */
  readonly store?: Store;
  /** Absent: that rate is not limited. */
  readonly limiters?: Partial<Readonly<Record<LimiterName, Limiter>>>;
  /** Answers of the read door, shared by more than this isolate. Absent: kept in memory alone. */
  readonly cache?: AnswerCache;
  /** Takes the figures of a batch: Analytics Engine, Prometheus. Must not throw. */
  readonly record?: (batch: BatchSummary) => void;
  /** Takes what is refused before it is a batch. Must not throw. */
  readonly recordRefusal?: (refusal: RefusalSummary) => void;
}

/**
 * Text by key: a KV namespace on Cloudflare, a file in Node. `source/<write key>` holds a source's JSON, `revoked/<token id>`
 * whatever says when and why.
 */
export interface Store {
  /** Rejects when the store cannot be asked. */
  readonly get: (key: string) => Promise<string | null>;
}

/** `source` and `client` count batches, `session` sessions by address, `read` calls of the read door, by token. */
export type LimiterName = 'source' | 'client' | 'session' | 'read' | 'beacon';

/** Whether this key may go on. Rejects when it cannot tell. */
export type Limiter = (key: string) => Promise<boolean>;

/** Bytes by key, for as long as they were put for, or less. */
export interface AnswerCache {
  readonly get: (key: string) => Promise<Uint8Array | undefined>;
  readonly put: (key: string, value: Uint8Array, lifeMs: number) => Promise<void>;
}

export const platformRuntime: RelayRuntime = {
  now: () => Date.now(),
  random: () => Math.random(),
  delay: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
  log: (line) => console.log(line),
};
