import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { onTestFinished } from 'vitest';
import { createConsumer } from '../../../src/consumer/consumer.ts';
import type { ConsumerOptions } from '../../../src/consumer/options.ts';
import type { ConsumedRecord, Consumer, ShardState } from '../../../src/consumer/types.ts';
import { clientOf, createFakeKinesis, type FakeKinesis } from '../../helpers/fake-kinesis/index.ts';

export const STREAM = 's';
export const START = Date.UTC(2026, 0, 1);

export interface Reading {
  readonly consumer: Consumer;
  /** Everything pulled so far. */
  readonly received: ConsumedRecord[];
  readonly texts: () => string[];
  readonly shard: (index: number) => ShardState | undefined;
  /** Resolves when the loop has ended. */
  readonly ended: Promise<void>;
}

export interface Rig {
  readonly fake: FakeKinesis;
  readonly client: Pick<KinesisClient, 'send'>;
  readonly runtime: NonNullable<ConsumerOptions['runtime']>;
  readonly now: () => number;
  /** Lets the time pass: each timer at its moment, and all reading that follows before the next. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets what is under way come to rest, without time. */
  readonly settle: () => Promise<void>;
  /** Stores records past the write limits; each text is its data, its first character its key. */
  readonly put: (...texts: string[]) => void;
  readonly consume: (options?: Partial<ConsumerOptions>) => Consumer;
  /** A consumer that is pulled as fast as it gives. */
  readonly read: (options?: Partial<ConsumerOptions>) => Reading;
  readonly timers: () => number;
}

/** The consumer on the real SDK on the fake service, and one clock for all of them. */
export function createRig(shardCount = 1): Rig {
  let now = START;
  let timers: { at: number; callback: () => void }[] = [];
  let inFlight = 0;
  const fake = createFakeKinesis({ now: () => now });
  fake.call('CreateStream', { StreamName: STREAM, ShardCount: shardCount });
  const sdk = clientOf(fake);
  const send = async (...parameters: [never, never]): Promise<unknown> => {
    inFlight++;
    try {
      return await sdk.send(...parameters);
    } finally {
      inFlight--;
    }
  };
  const client = { send } as unknown as Pick<KinesisClient, 'send'>;

  const runtime = {
    now: () => now,
    monotonic: () => now - START,
    random: () => 1,
    locks: undefined,
    page: undefined,
    delay: (callback: () => void, delayMs: number) => {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet = inFlight > 0 ? 0 : quiet + 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function advance(ms: number): Promise<void> {
    const until = now + ms;
    await settle();
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      now = Math.max(now, next.at);
      next.callback();
      await settle();
    }
    now = until;
  }

  function consume(options: Partial<ConsumerOptions> = {}): Consumer {
    const consumer = createConsumer({ client, stream: STREAM, runtime, ...options });
    // Not awaited: a test may have killed what it would write to.
    onTestFinished(() => void consumer.close());
    return consumer;
  }

  return {
    fake,
    client,
    runtime,
    now: () => now,
    advance,
    settle,
    put: (...texts) => {
      const stream = fake.stream(STREAM);
      for (const text of texts) {
        stream?.route(text.charAt(0)).append(text.charAt(0), new TextEncoder().encode(text));
      }
    },
    consume,
    read: (options) => {
      const consumer = consume(options);
      const received: ConsumedRecord[] = [];
      const pull = async (): Promise<void> => {
        for await (const record of consumer) received.push(record);
      };
      return {
        consumer,
        received,
        texts: () => received.map(({ data }) => new TextDecoder().decode(data)),
        shard: (index) => consumer.shards().find(({ shardId }) => shardId === shardIdOf(index)),
        ended: pull(),
      };
    },
    timers: () => timers.length,
  };
}

export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}
