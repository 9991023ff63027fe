import type {
  CaptureHost,
  HostEvents,
  Middleware,
  MiddlewareEvent,
} from '../../src/capture/types.ts';
import { createScrub } from '../../src/client/scrub.ts';
import type { EventType, Properties } from '../../src/protocol/event.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { seededRandom } from './seeded-random.ts';

/** An event as a source has captured it, as JSON keeps it. */
export interface HostedEvent {
  readonly type: EventType;
  readonly event?: string;
  readonly properties?: Record<string, unknown>;
  readonly context?: Record<string, unknown>;
  readonly priority?: string;
}

/** A host for one source: it keeps what is captured. */
export interface TestHost extends CaptureHost {
  readonly clock: FakeClock;
  readonly captured: readonly HostedEvent[];
  /** What is part of every event's context. */
  readonly described: Properties;
  /** What is kept with the visitor. */
  readonly memory: Readonly<Record<string, unknown>>;
  readonly writes: () => number;
  readonly failures: readonly string[];
  /** Says what the client would. */
  readonly tell: <Name extends keyof HostEvents>(name: Name, detail: HostEvents[Name]) => void;
  /** A reading, as `client.metric` gives it; whether somebody took it. */
  readonly read: (...reading: Parameters<Parameters<CaptureHost['takeMetrics']>[0]>) => boolean;
  /** How many listen to the client's events, and stand in an event's way. */
  readonly attached: () => number;
}

export function createTestHost(
  window: CaptureHost['window'],
  { clock = createFakeClock(), mayStore = true, allowedQuery = ['utm_*'] } = {},
): TestHost {
  const captured: HostedEvent[] = [];
  const failures: string[] = [];
  const memory: Record<string, unknown> = {};
  const listeners = new Set<{ name: string; call: (detail: never) => void }>();
  const steps = new Set<Middleware>();
  let described: Properties = {};
  let writes = 0;
  let taker: Parameters<CaptureHost['takeMetrics']>[0] | undefined;

  const capture: CaptureHost['capture'] = (type, fields, options) => {
    let event: MiddlewareEvent | undefined = { type, ...fields, ...options } as MiddlewareEvent;
    for (const step of steps) {
      const given: MiddlewareEvent | undefined = event;
      event = undefined;
      if (given) {
        step(given, (next) => {
          event = next ?? given;
        });
      }
    }
    if (event) captured.push(JSON.parse(JSON.stringify(event)));
  };

  return {
    window,
    clock,
    captured,
    failures,
    memory,
    get described() {
      return described;
    },
    writes: () => writes,
    capture,
    track: (event, properties, options) => capture('track', { event, properties }, options),
    page: (event, properties, options) => capture('page', { event, properties }, options),
    write() {
      writes++;
    },
    scrub: (url) => createScrub(allowedQuery, window.document)(url),
    describe(facts) {
      described = JSON.parse(JSON.stringify({ ...described, ...facts }));
    },
    remember(name, value) {
      if (value !== undefined) memory[name] = JSON.parse(JSON.stringify(value));
      return memory[name];
    },
    mayStore: () => mayStore,
    takeMetrics(next) {
      taker = next;
      return () => {
        taker = undefined;
      };
    },
    use: ((step: Middleware) => {
      steps.add(step);
      return () => steps.delete(step);
    }) as unknown as CaptureHost['use'],
    on(name, call) {
      const listener = { name, call };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fail(message) {
      failures.push(message);
    },
    endpoint: 'https://relay.test',
    runtime: { ...clock, random: seededRandom(1) },
    tell(name, detail) {
      for (const listener of [...listeners]) {
        if (listener.name === name) listener.call(detail as never);
      }
    },
    read(...reading) {
      taker?.(...reading);
      return taker !== undefined;
    },
    attached: () => listeners.size + steps.size + (taker ? 1 : 0),
  };
}
