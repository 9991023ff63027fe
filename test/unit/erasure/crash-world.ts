import { createHash, createHmac } from 'node:crypto';
import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import { createErasureHandler } from '../../../src/erasure/erasure-handler.ts';
import { createMemoryAuditLog, createMemoryErasureStore } from '../../../src/erasure/memory.ts';
import type { ErasureOptions } from '../../../src/erasure/types.ts';
import {
  type Answer,
  type ArrivedCall,
  ENDPOINT,
  LOG_SECRET,
  SECRET,
  SHARD,
} from './erasure-world.ts';

/** What a killed process leaves behind: its disk, and what the endpoint has got. */
export interface CrashWorld {
  readonly lines: () => readonly string[];
  readonly store: ReturnType<typeof createMemoryErasureStore>;
  readonly arrived: ArrivedCall[];
  /** Promises broken so far, in words. */
  readonly broken: string[];
  /**
   * A process that reads from the checkpoint on, until it is done, or killed at its `killAt`th step: before what the step
   * does, or after. Answers how many steps it took, and whether it came to the end.
   */
  readonly live: (killAt?: number, when?: 'before' | 'after') => Promise<Life>;
}

export interface Life {
  readonly steps: number;
  readonly isDone: boolean;
}

export interface CrashScenario {
  readonly products: readonly string[];
  readonly records: readonly ConsumedRecord[];
  readonly batchSize: number;
  readonly answer: (call: ArrivedCall, count: number) => Answer;
}

const TIMEOUT_MS = 10_000;

/** WebCrypto in this very turn: on a thread of its own it takes as long as the machine is busy. */
const hashing = {
  importKey: (_format: string, bytes: Uint8Array) => bytes,
  sign: (_algorithm: object, key: Uint8Array, message: Uint8Array) =>
    createHmac('sha256', key).update(message).digest(),
  digest: (_algorithm: string, bytes: Uint8Array) => createHash('sha256').update(bytes).digest(),
};

/** In the place of a timer: time is nothing that this is about. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createCrashWorld({
  products,
  records,
  batchSize,
  answer,
}: CrashScenario): CrashWorld {
  const log = createMemoryAuditLog();
  const store = createMemoryErasureStore();
  const arrived: ArrivedCall[] = [];
  const broken: string[] = [];
  let checkpoint = 0;
  let calls = 0;

  /** Whoever is called looks at the disk of whoever calls. */
  async function check(call: ArrivedCall): Promise<void> {
    const { key } = call.request;
    const told = log
      .lines()
      .filter((line) => line.includes(`"kind":"called","key":"${key}"`)).length;
    const before = arrived.filter(({ request }) => request.key === key).length;
    if (told <= before) broken.push(`call ${before + 1} of ${key} is in no line`);
    if ((await store.get(key))?.status === 'done')
      broken.push(`${key} was done, and is called for`);
    if (call.headers.get('idempotency-key') !== key) broken.push(`${key} goes by another name`);
  }

  async function live(killAt = Number.POSITIVE_INFINITY, when = 'before'): Promise<Life> {
    let steps = 0;
    let isDead = false;
    let die: () => void = () => {};
    const death = new Promise<void>((resolve) => {
      die = resolve;
    });

    /** Everything that the process does to the world, or waits for. The dead do and hear nothing. */
    async function step<Result>(work: () => Promise<Result>): Promise<Result> {
      const isLast = ++steps === killAt;
      const kill = async (): Promise<void> => {
        isDead = true;
        die();
        await new Promise<never>(() => {});
      };
      if (isDead || (isLast && when === 'before')) await kill();
      const result = await work().then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      if (isDead || isLast) await kill();
      return result();
    }

    const runtime: NonNullable<ErasureOptions['runtime']> = {
      now: () => 0,
      monotonic: () => 0,
      random: () => 1,
      // Only what hangs runs out of time; who waits before another call has waited.
      delay: (callback, delayMs) => {
        let isCancelled = false;
        const wait = async (): Promise<void> => {
          for (let turns = 0; turns < (delayMs === TIMEOUT_MS ? 20 : 1); turns++) await turn();
          if (!isCancelled && !isDead) callback();
        };
        void wait();
        return () => {
          isCancelled = true;
        };
      },
      subtle: new Proxy(hashing as unknown as SubtleCrypto, {
        get:
          (subtle, name: keyof SubtleCrypto) =>
          (...args: unknown[]): Promise<unknown> =>
            step(async () => Reflect.apply(subtle[name], subtle, args)),
      }),
      fetch: (input, init) =>
        step(async () => {
          const headers = new Headers(init?.headers);
          const body = String(init?.body);
          const { redirect } = init ?? {};
          const call = { url: String(input), headers, redirect, body, request: JSON.parse(body) };
          const outcome = answer(call, ++calls);
          if (outcome !== 'lost') {
            await check(call);
            arrived.push(call);
          }
          if (outcome === 'hangs') {
            return new Promise<Response>((_, reject) => {
              init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
            });
          }
          if (typeof outcome === 'string') throw new TypeError('fetch failed');
          return typeof outcome === 'number' ? new Response(null, { status: outcome }) : outcome;
        }),
    };

    async function run(): Promise<void> {
      const handler = createErasureHandler({
        ...{ products, endpoint: ENDPOINT, secret: SECRET, logSecret: LOG_SECRET, runtime },
        ...{ timeoutMs: TIMEOUT_MS, retryDelayMs: 1, attempts: 2 },
        store: {
          get: (key) => step(() => store.get(key)),
          put: (state) => step(() => store.put(state)),
          parked: () => step(() => store.parked()),
        },
        log: {
          last: () => step(() => log.last()),
          append: (seq, line) => step(() => log.append(seq, line)),
        },
      });
      const { signal } = new AbortController();
      while (checkpoint < records.length) {
        const batch = records.slice(checkpoint, checkpoint + batchSize);
        for (let attempt = 1; ; attempt++) {
          try {
            await handler.handle(batch, { shardId: SHARD, attempt, signal });
            break;
          } catch {
            // The run calls again.
            await step(turn);
          }
        }
        await step(async () => {
          checkpoint += batch.length;
        });
      }
    }

    const isDone = await Promise.race([run().then(() => true), death.then(() => false)]);
    return { steps, isDone };
  }

  return { lines: log.lines, store, arrived, broken, live };
}
