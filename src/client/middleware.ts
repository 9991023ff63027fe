import type {
  EventFields,
  Middleware,
  MiddlewareEvent,
  NumberedEvent,
  Use,
} from '../capture/types.ts';
import { type EventType, messageIdOf, type Position, type Priority } from '../protocol/event.ts';
import { attempt } from '../runtime.ts';
import type { Emitter } from './emitter.ts';

/** The middleware of a client, in both stages. */
export interface Passage {
  readonly use: Use;
  /** Hands the event on to `last`, unless somebody keeps it back: then false. */
  readonly before: (...event: [...Parts, last: (...event: Parts) => void]) => boolean;
  readonly after: (...event: [...Parts, position: Position]) => void;
}

/** Of an event. Most pages have no middleware: to put one object together, and to take it apart, costs as much as to serialise it. */
type Parts = [type: EventType, fields: EventFields, priority: Priority | undefined];

export function createPassage({ fail }: Pick<Emitter, 'fail'>): Passage {
  const stages: Record<'before' | 'after', readonly Middleware[]> = { before: [], after: [] };
  /** Those whose own code runs now: what they capture meanwhile would come back to them without end. */
  const running = new Set<Middleware>();

  function pass(
    [step, ...later]: readonly Middleware[],
    event: MiddlewareEvent,
    last: (event: MiddlewareEvent) => void,
  ): boolean {
    if (!step) {
      last(event);
      return true;
    }
    if (running.has(step)) return pass(later, event, last);
    let isDecided = false;
    let isPassed = false;
    const own = copyOf(event);
    const next = (given: MiddlewareEvent | null = own): void => {
      if (isDecided) return;
      isDecided = true;
      running.delete(step);
      isPassed = given !== null && pass(later, { ...given, type: event.type }, last);
      running.add(step);
    };
    const failed = (cause: unknown): void => {
      fail('middleware_failed', 'middleware: expected a call of next, got an error', cause);
      next(event);
    };
    running.add(step);
    try {
      const answer = step(own, next) as Promise<unknown> | undefined;
      if (answer?.then) {
        answer.then(undefined, failed);
        // The page may end before it answers.
        if (!isDecided) failed(new TypeError('a promise'));
      }
    } catch (cause) {
      failed(cause);
    }
    running.delete(step);
    isDecided = true;
    return isPassed;
  }

  function use(middleware: Middleware, stage: 'before' | 'after' = 'before'): () => void {
    // Another one each time: the same function may be put in twice.
    const step: Middleware = (...call) => middleware(...call);
    stages[stage] = [...stages[stage], step];
    return () => {
      stages[stage] = stages[stage].filter((other) => other !== step);
    };
  }

  return {
    use: use as Use,
    before(type, fields, priority, last) {
      if (stages.before.length > 0) {
        return pass(
          stages.before,
          { type, ...fields, priority } as MiddlewareEvent,
          ({ type, priority, ...rest }) => last(type, rest, priority),
        );
      }
      last(type, fields, priority);
      return true;
    },
    after(type, fields, priority, position) {
      if (stages.after.length === 0) return;
      pass(
        stages.after,
        {
          type,
          ...fields,
          priority,
          ...position,
          messageId: messageIdOf(position),
        } as NumberedEvent,
        () => {},
      );
    },
  };
}

/** What the caller gave is the caller's, and a middleware that fails half way has changed nothing. As it will be written. */
function copyOf<Event>(event: Event): Event {
  return (
    attempt(() => JSON.parse(JSON.stringify(event))) ??
    // What JSON does not take, a middleware may mend.
    attempt(() => structuredClone(event)) ?? { ...event }
  );
}
