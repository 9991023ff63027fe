import { describe, expect, it } from 'vitest';
import { createRowList } from '../../../../src/debug/reading/row-list.ts';
import type { Row } from '../../../../src/debug/reading/rows.ts';
import { createDatabase } from '../../../../src/debug/sql/database.ts';
import { recordOf } from '../../../helpers/scripted-consumer.ts';

interface Asked {
  readonly id: number;
  readonly sql: string;
  readonly bind?: string;
}

/** A worker that says how many rows it was given, and answers every query but one that never ends. */
class ScriptedWorker {
  static readonly started: ScriptedWorker[] = [];
  onmessage: ((message: { data: object }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly asked: Asked[] = [];
  isEnded = false;
  #rows = 0;

  constructor() {
    ScriptedWorker.started.push(this);
  }

  postMessage(request: Asked): void {
    this.asked.push(request);
    queueMicrotask(() => this.#answer(request));
  }

  terminate(): void {
    this.isEnded = true;
  }

  #answer({ id, sql, bind = '' }: Asked): void {
    if (this.isEnded || sql === 'ENDLESS') return;
    if (sql.startsWith('INSERT')) this.#rows += JSON.parse(bind).length;
    const error = { WRONG: 'SQLITE_ERROR: sqlite3 result code 1: near "WRONG": syntax error' }[sql];
    const answer = { id, columns: ['n'], rows: [[this.#rows]], isCut: false };
    this.onmessage?.({ data: error ? { id, error } : answer });
  }
}

function setUp(count: number) {
  ScriptedWorker.started.length = 0;
  const rows = createRowList<Row>();
  let nextId = 0;
  const add = (more: number): void => {
    for (let index = 0; index < more; index++) {
      const record = recordOf('lane-a', nextId + 1);
      rows.push({ kind: 'record', id: nextId++, record, verdict: 'new', isLate: false });
    }
  };
  add(count);
  const timers: (() => void)[] = [];
  let now = 0;
  const database = createDatabase({
    start: () => new ScriptedWorker() as unknown as Worker,
    rows: () => rows,
    runtime: {
      // Each look at the clock is a moment later, so that slices end.
      monotonic: () => now++,
      delay: (callback, delayMs) => {
        if (delayMs === 0) queueMicrotask(callback);
        else timers.push(callback);
        return () => timers.splice(timers.indexOf(callback), 1);
      },
    },
  });
  return { database, rows, add, timers };
}

const quiet = (): void => {};
const loaded = (): number[] =>
  ScriptedWorker.started.flatMap(({ asked }) =>
    asked.flatMap(({ sql, bind = '' }) =>
      sql.startsWith('INSERT') ? [JSON.parse(bind).length as number] : [],
    ),
  );

describe('the database of the window', () => {
  it('is loaded by the ten thousand, and asked once it is whole', async () => {
    const { database } = setUp(20_003);
    const told: string[] = [];

    const result = await database.run('SELECT 1', (text) => told.push(text));

    expect(loaded()).toEqual([10_000, 10_000, 3]);
    expect(result).toMatchObject({ rows: [[20_003]], records: 20_003, isCut: false });
    expect(told).toContain('Loading rows: 50 %');
  });

  it('loads only what is new for the next query, and forgets what left the window', async () => {
    const { database, rows, add } = setUp(10);
    await database.run('SELECT 1', quiet);
    add(5);
    rows.shift();

    await database.run('SELECT 2', quiet);

    expect(loaded()).toEqual([10, 5]);
    expect(ScriptedWorker.started).toHaveLength(1);
    const forgotten = ScriptedWorker.started[0]?.asked.filter(({ sql }) =>
      sql.startsWith('DELETE'),
    );
    expect(forgotten?.map(({ bind }) => bind)).toEqual(['0', '1']);
  });

  it('says an error in words, and takes the next query', async () => {
    const { database } = setUp(1);

    await expect(database.run('WRONG', quiet)).rejects.toThrow(/^near "WRONG": syntax error$/);
    await expect(database.run('SELECT 1', quiet)).resolves.toMatchObject({ records: 1 });
  });

  it('ends a query that takes too long, with its worker, and begins anew', async () => {
    const { database, timers } = setUp(4);
    const query = database.run('ENDLESS', quiet);
    await expect.poll(() => timers.length).toBe(1);

    timers[0]?.();

    await expect(query).rejects.toThrow('Stopped after 10 s');
    expect(ScriptedWorker.started[0]?.isEnded).toBe(true);
    await database.run('SELECT 1', quiet);
    expect(loaded()).toEqual([4, 4]);
    expect(timers).toEqual([]);
  });

  it('ends when somebody stops it, while it loads too', async () => {
    const { database } = setUp(200);

    const query = database.run('SELECT 1', () => queueMicrotask(() => database.stop()));

    await expect(query).rejects.toThrow('Stopped');
  });

  it.each([
    ['', "worker-src 'self'"],
    ['CompileError: WebAssembly.instantiate()', "script-src 'wasm-unsafe-eval'"],
  ])('says what a page has to allow: "%s"', async (message, words) => {
    const { database } = setUp(1);
    const query = database.run('SELECT 1', quiet);
    ScriptedWorker.started[0]?.onerror?.({ message });

    await expect(query).rejects.toThrow(words);
  });

  it('says what a page has to allow where no worker can be made at all', async () => {
    const database = createDatabase({
      start: () => {
        throw new Error('cannot be accessed from origin');
      },
      rows: () => createRowList<Row>(),
      runtime: { monotonic: () => 0, delay: () => () => {} },
    });

    await expect(database.run('SELECT 1', quiet)).rejects.toThrow(/worker-src.*from origin/);
  });
});
