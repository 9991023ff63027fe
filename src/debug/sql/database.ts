/** The window of rows as a table of SQLite: loaded when a query asks for it, and then only what is new. */

import type { Runtime } from '../../runtime.ts';
import type { RowList } from '../reading/row-list.ts';
import type { Row } from '../reading/rows.ts';
import { CREATE_TABLE, encodeRow, INSERT_ROWS } from './schema.ts';

export type Value = string | number | bigint | null | Uint8Array;

export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** There are more rows than are given. */
  readonly isCut: boolean;
  readonly tookMs: number;
  /** Records that were asked. */
  readonly records: number;
}

export interface Database {
  /** Rejects with an error in words. One query at a time. */
  readonly run: (sql: string, onProgress: (text: string) => void) => Promise<Result>;
  /** Ends the query that runs. */
  readonly stop: (why?: string) => void;
}

export interface DatabaseOptions {
  readonly start: () => Worker;
  readonly rows: () => Pick<RowList<Row>, 'first' | 'end' | 'at'>;
  readonly runtime: Pick<Runtime, 'monotonic' | 'delay'>;
}

/** More is for a file, not for a page. */
export const MAX_RESULT_ROWS = 10_000;

/** A query over the whole window takes well under a second; one that takes this long has lost its `ON`. */
const MAX_QUERY_MS = 10_000;

/** Rows that are handed over at once. */
const BATCH_ROWS = 10_000;

/** Time in which rows are made ready in one go: a person notices 50 ms. */
const SLICE_MS = 12;

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  readonly isCut: boolean;
}

export function createDatabase({ start, rows, runtime }: DatabaseOptions): Database {
  let worker: Worker | undefined;
  let asked = 0;
  let settle: { done: (answer: Answer) => void; fail: (error: Error) => void } | undefined;
  /** Rows with a lower position are in the table. */
  let loadedTo = 0;
  /** Counts the stops: what was under way before one has nothing to go on with. */
  let stops = 0;

  const stop = (why = 'Stopped'): void => {
    stops++;
    worker?.terminate();
    worker = undefined;
    loadedTo = 0;
    settle?.fail(new Error(why));
    settle = undefined;
  };
  const open = (): Worker => {
    let started: Worker;
    try {
      started = start();
    } catch (error) {
      // A worker of another origin, or one that the policy forbids.
      throw new Error(`${UNSTARTED}, got: ${error instanceof Error ? error.message : error}`);
    }
    started.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.id === asked) settle?.done(data);
    };
    // Of a file that does not load there is no message.
    started.onerror = ({ message }) => stop(message ? explain(message) : UNSTARTED);
    return started;
  };
  const ask = async (sql: string, maxRows: number, bind?: string): Promise<Answer> => {
    worker ??= open();
    const id = ++asked;
    const answer = await new Promise<Answer>((done, fail) => {
      settle = { done, fail };
      worker?.postMessage({ id, sql, bind, maxRows });
    });
    settle = undefined;
    if (answer.error !== undefined) throw new Error(explain(answer.error));
    return answer;
  };
  const load = async (onProgress: (text: string) => void): Promise<number> => {
    const before = stops;
    const list = rows();
    const end = list.end();
    if (!worker) {
      onProgress('Starting SQLite …');
      await ask(CREATE_TABLE, 0, '');
    }
    const oldest = list.at(list.first())?.id ?? 0;
    await ask('DELETE FROM records WHERE id < CAST(? AS INTEGER)', 0, String(oldest));
    let batch: string[] = [];
    let next = Math.max(loadedTo, list.first());
    let until = runtime.monotonic() + SLICE_MS;
    while (next < end) {
      const row = list.at(next++);
      if (row?.kind === 'record') batch.push(encodeRow(row));
      if (batch.length >= BATCH_ROWS || next === end) {
        onProgress(
          `Loading rows: ${Math.round((100 * (next - list.first())) / (end - list.first()))} %`,
        );
        await ask(INSERT_ROWS, 0, `[${batch.join()}]`);
        batch = [];
        loadedTo = next;
      }
      if (runtime.monotonic() >= until) {
        await new Promise<void>((resolve) => runtime.delay(resolve, 0));
        if (stops !== before) throw new Error('Stopped');
        until = runtime.monotonic() + SLICE_MS;
      }
    }
    const { rows: counted } = await ask('SELECT count(*) FROM records', 1);
    return Number(counted[0]?.[0]);
  };

  return {
    run: async (sql, onProgress) => {
      const records = await load(onProgress);
      onProgress('Running …');
      const startedAt = runtime.monotonic();
      const cancel = runtime.delay(
        () =>
          stop(`Stopped after ${MAX_QUERY_MS / 1000} s. A narrower query, or a LIMIT, takes less.`),
        MAX_QUERY_MS,
      );
      try {
        const { columns, rows: found, isCut } = await ask(sql, MAX_RESULT_ROWS);
        const tookMs = runtime.monotonic() - startedAt;
        return { columns, rows: found, isCut, tookMs, records };
      } finally {
        cancel();
      }
    },
    stop,
  };
}

const UNSTARTED =
  "The worker for SQL did not start: expected its file beside the view's own, and a policy of the page that allows it (worker-src 'self')";

/** What SQLite or the browser said, without their numbers, and with what to do about it. */
function explain(message: string): string {
  if (/wasm-unsafe-eval|WebAssembly|CompileError/i.test(message)) {
    return `SQLite is WebAssembly: expected the page's policy to allow it (script-src 'wasm-unsafe-eval'), got: ${message}`;
  }
  return message.replace(/^(SQLITE_\w+: )?(sqlite3 result code \d+: )?/, '');
}
