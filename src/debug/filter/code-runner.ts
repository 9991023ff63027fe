/** Runs the predicate of an `fn:` term over rows, in a worker that can be ended when it does not come back. */

import type { Row } from '../reading/rows.ts';

/** No predicate needs as long for one record, unless it never ends. */
const MAX_RECORD_MS = 400;

/** A busy machine takes its time to start a worker, of which the code is not guilty. */
const MAX_START_MS = 10_000;

/** An answer may stand behind the timer, in a page that was busy. */
const GRACE_MS = 50;

export interface CodeRunner {
  /** What the predicate says of each row, in order. Rejects where it cannot be asked, now and from then on. */
  readonly run: (rows: readonly Row[]) => Promise<readonly boolean[]>;
  readonly close: () => void;
}

/** What the worker says: as often as a record may take, so that silence has one meaning. */
interface Answer {
  /** Absent from the first answer, which says that it is there. */
  readonly results?: readonly boolean[];
  readonly isDone?: boolean;
  readonly problem?: string;
}

export function createCodeRunner(code: string): CodeRunner {
  const source = URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  let isThere = false;
  let failure: Error | undefined;
  let fail: (error: Error) => void = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = (): void => {
    clearTimeout(timer);
    worker?.terminate();
    URL.revokeObjectURL(source);
  };
  const end = (message: string): void => {
    failure ??= new Error(`fn: ${message}`);
    close();
    fail(failure);
  };

  try {
    worker = new Worker(source);
  } catch {
    // Firefox throws, Chromium tells by the event below.
    end(BLOCKED);
  }

  const run = (rows: readonly Row[]): Promise<readonly boolean[]> =>
    new Promise((resolve, reject) => {
      fail = reject;
      if (failure || !worker) return reject(failure);
      const results: boolean[] = [];
      const wait = (): void => {
        clearTimeout(timer);
        const limitMs = isThere ? MAX_RECORD_MS : MAX_START_MS;
        const message = `expected an answer within ${limitMs} ms a record, got none: it was ended.`;
        timer = setTimeout(() => {
          timer = setTimeout(() => end(message), GRACE_MS);
        }, limitMs);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end(event.message || BLOCKED);
      };
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.problem !== undefined) return end(data.problem);
        isThere = true;
        results.push(...(data.results ?? []));
        if (!data.isDone) return wait();
        clearTimeout(timer);
        resolve(results);
      };
      worker.postMessage({ code, rows: rows.map(argumentsOf) });
      wait();
    });
  return { run, close };
}

const BLOCKED =
  'expected the page’s Content-Security-Policy to allow worker-src blob: and script-src ‘unsafe-eval’, got neither or one of them: code is off here.';

/** What the predicate gets: the event, and what is known of its record but for the bytes. */
function argumentsOf(row: Row): readonly unknown[] {
  if (row.kind !== 'record') return [undefined, row];
  const { event, data, ...record } = row.record;
  const { shardId, sequenceNumber, subSequenceNumber, partitionKey, arrivedAt, readAt } = record;
  const { aggregateCount } = record;
  const known = { shardId, sequenceNumber, subSequenceNumber, partitionKey, arrivedAt, readAt };
  return [event, { ...known, aggregateCount, size: data.length, verdict: row.verdict }];
}

/**
 * Plain text, not a module of ours: it has to come from a Blob, and to be the same in every build. A record that the predicate
 * throws at is one without the field it asked for: not shown.
 */
const WORKER = `let made, test;
const make = (code) => {
  const make = (body) => new Function('event', 'record', '"use strict";' + body);
  try {
    return make('const value = (' + code + '\\n); return typeof value === "function" ? value(event, record) : value;');
  } catch (error) {
    if (error.name !== 'SyntaxError') throw error;
    return make(code);
  }
};
onmessage = ({ data: { code, rows } }) => {
  let results = [], told = performance.now();
  try {
    if (made !== code) test = make(made = code);
  } catch (error) {
    made = undefined;
    return postMessage({ problem: error.name === 'SyntaxError' ? 'expected JavaScript, got ' + error : ${JSON.stringify(BLOCKED)} });
  }
  for (const [event, record] of rows) {
    try {
      results.push(Boolean(test(event, record)));
    } catch {
      results.push(false);
    }
    if (performance.now() - told > 50) {
      postMessage({ results });
      results = [];
      told = performance.now();
    }
  }
  postMessage({ results, isDone: true });
};
postMessage({});`;
