import type { ConsumedRecord } from '../../../src/consumer/types.ts';
import { createErasureHandler } from '../../../src/erasure/erasure-handler.ts';
import { createMemoryAuditLog, createMemoryErasureStore } from '../../../src/erasure/memory.ts';
import type {
  AuditLog,
  ErasureHandler,
  ErasureOptions,
  ErasureRequest,
  ErasureState,
  ErasureStore,
} from '../../../src/erasure/types.ts';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { consumed, streamRecord } from '../consumer/event.ts';

export const LOG_SECRET = 'a log secret of at least 32 characters';
export const SECRET = 'a secret of at least 24 bytes';
export const ENDPOINT = 'https://crm.example/erasures?tenant=7';
export const SHARD = 'shardId-000000000000';

/** The record of an `erase` event: the `seq`th of its lane. */
export function eraseRecord(
  seq: number,
  properties: unknown,
  change: Partial<StreamRecord> = {},
): ConsumedRecord {
  const event = streamRecord(seq, { type: 'erase', properties: properties as never, ...change });
  return { ...consumed(event, Date.UTC(2026, 0, 1)), sequenceNumber: `${seq}` };
}

export interface ArrivedCall {
  readonly url: string;
  readonly headers: Headers;
  readonly redirect: string | undefined;
  readonly body: string;
  readonly request: ErasureRequest;
}

/** What the endpoint does with a call: `lost` and `unheard` have no answer, of which the second has arrived; `hangs` never has. */
export type Answer = number | Response | 'lost' | 'unheard' | 'hangs';

export interface ErasureWorld {
  readonly clock: FakeClock;
  readonly store: ErasureStore;
  readonly log: AuditLog;
  readonly lines: () => readonly string[];
  /** The lines as objects. */
  readonly entries: () => readonly Record<string, unknown>[];
  readonly states: () => Promise<ErasureState[]>;
  /** In their order. */
  readonly arrived: ArrivedCall[];
  readonly runtime: NonNullable<ErasureOptions['runtime']>;
  readonly create: (options?: Partial<ErasureOptions>) => ErasureHandler;
  /** Lets time pass until the work has come to an end. */
  readonly finish: <Result>(work: Promise<Result>) => Promise<Result>;
  /** The same for records of a shard. */
  readonly handle: (handler: ErasureHandler, ...records: ConsumedRecord[]) => Promise<void>;
}

/** `answer`: to the `count`th call that was made, from 1. */
export function createErasureWorld(
  answer: (count: number, call: ArrivedCall) => Answer = () => 200,
): ErasureWorld {
  const clock = createFakeClock(Date.UTC(2026, 10, 21), 3);
  const states = createMemoryErasureStore();
  const log = createMemoryAuditLog();
  const arrived: ArrivedCall[] = [];
  const keys = new Set<string>();
  let calls = 0;

  const runtime: ErasureWorld['runtime'] = {
    now: clock.now,
    monotonic: clock.monotonic,
    random: () => 1,
    delay: clock.delay,
    subtle: watched(clock),
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      const body = String(init?.body);
      const { redirect } = init ?? {};
      const call = { url: String(input), headers, redirect, body, request: JSON.parse(body) };
      init?.signal?.throwIfAborted();
      const outcome = answer(++calls, call);
      if (outcome !== 'lost') arrived.push(call);
      if (outcome === 'hangs') {
        return new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        });
      }
      if (typeof outcome === 'string') throw new TypeError('fetch failed');
      return typeof outcome === 'number' ? new Response(null, { status: outcome }) : outcome;
    },
  };

  async function finish<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    work
      .catch(() => {})
      .finally(() => {
        isOver = true;
      });
    for (;;) {
      await clock.settle();
      if (isOver) return work;
      const [next] = clock.timers();
      if (next === undefined) throw new Error('the work waits for nothing');
      await clock.advance(next);
    }
  }

  return {
    clock,
    store: {
      ...states,
      put: async (state) => {
        keys.add(state.key);
        await states.put(state);
      },
    },
    log,
    lines: log.lines,
    entries: () => log.lines().map((line) => JSON.parse(line)),
    states: async () => {
      const found = await Promise.all([...keys].map(states.get));
      return found.filter((state) => state !== undefined);
    },
    arrived,
    runtime,
    create(options) {
      return createErasureHandler({
        products: ['crm'],
        endpoint: ENDPOINT,
        secret: SECRET,
        store: this.store,
        log,
        logSecret: LOG_SECRET,
        runtime,
        ...options,
      });
    },
    finish,
    handle: async (handler, ...records) => {
      const { signal } = new AbortController();
      await finish(
        Promise.resolve(
          handler.handle(records, { shardId: SHARD, attempt: 1, signal }),
        ) as Promise<void>,
      );
    },
  };
}

/** WebCrypto, whose work on other threads the clock waits for. */
function watched({ watch }: FakeClock): SubtleCrypto {
  const { subtle } = crypto;
  return new Proxy(subtle, {
    get:
      (_, name: keyof SubtleCrypto) =>
      (...args: unknown[]): Promise<unknown> =>
        watch(Reflect.apply(subtle[name], subtle, args)),
  });
}
