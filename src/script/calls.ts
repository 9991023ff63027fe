import type { Middleware } from '../client/types.ts';
import type { Properties } from '../protocol/event.ts';
import { attempt } from '../runtime.ts';

/** A call that a page made before there was a client; and when, where the loader has kept it. */
export type Call =
  | readonly [method: string, ...args: unknown[]]
  | readonly [at: number, method: string, ...args: unknown[]];

/** What an earlier page left, and may be done on this one: nothing that is about a page that has ended. */
const KEPT = /^(track|page|identify|group|alias|metric|log|erase|reset|consent)$/;

/** Does calls of a target, each by itself, in their order. */
export interface Caller {
  readonly call: (target: object, calls: readonly Call[], context?: Properties) => void;
  /** From now on calls are of the moment in which they come. */
  readonly catchUp: () => void;
}

/** Until it has caught up, calls that have a time carry it as `context.timestamp`, over which their own goes. */
export function createCaller(
  use: (middleware: Middleware) => () => void,
  report: (error: unknown) => void,
): Caller {
  let past: Properties | undefined;
  // Before any of the page's own, which see what it adds.
  const stop = use((event, next) =>
    next(past ? { ...event, context: { ...past, ...event.context } } : event),
  );

  return {
    catchUp: stop,
    call(target, calls, context) {
      for (const call of calls) {
        try {
          const [at] = call;
          const isTimed = typeof at === 'number';
          const [method, ...args] = isTimed ? call.slice(1) : call;
          past = isTimed ? { timestamp: new Date(at).toISOString(), ...context } : undefined;
          (target as Record<string, (...args: unknown[]) => unknown>)[method as string]?.(...args);
        } catch (error) {
          report(error);
        }
        past = undefined;
      }
    },
  };
}

/** The calls that pages left which ended before this file had loaded, by the address of each: once. */
export function takeKept(storage: Storage | undefined): readonly [url: string, calls: Call[]][] {
  const text: unknown = attempt(() => storage?.rivuletCalls);
  if (typeof text !== 'string') return [];
  attempt(() => storage?.removeItem('rivuletCalls'));
  return text.split('\n').flatMap((line) => {
    const kept: unknown = attempt(() => JSON.parse(line));
    if (!Array.isArray(kept)) return [];
    const [url, ...calls] = kept;
    return [[`${url}`, calls.filter((call) => KEPT.test(call?.[1]))]];
  });
}
