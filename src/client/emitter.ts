import { type ErrorCode, RivuletError } from '../errors.ts';
import type { Client, ClientEvents } from './types.ts';

export type Emit = <Name extends keyof ClientEvents>(
  name: Name,
  detail: ClientEvents[Name],
) => void;

export interface Emitter {
  readonly on: Client['on'];
  readonly emit: Emit;
  /** Tells of an `error`. */
  readonly fail: (code: ErrorCode, message: string, cause?: unknown) => void;
}

/** Tells listeners. One that throws is reported as an `error`, and harms neither its neighbours nor the client. */
export function createEmitter(): Emitter {
  /** Another list with each change: an event is told to those that listened when it came. */
  const listeners = new Map<string, readonly ((detail: never) => void)[]>();
  const listening = (name: string): readonly ((detail: never) => void)[] =>
    listeners.get(name) ?? [];

  const emit: Emit = (name, detail) => {
    for (const listener of listening(name)) {
      try {
        listener(detail as never);
      } catch (cause) {
        // Whoever hears of errors and throws has nobody left to be reported to.
        if (name !== 'error') fail('listener_failed', `listener of "${name}": threw`, cause);
      }
    }
  };

  const fail: Emitter['fail'] = (code, message, cause) =>
    emit('error', new RivuletError(code, message, { cause }));

  return {
    emit,
    fail,
    on(name, call) {
      // Another one each time: the same function may listen twice.
      const listener: typeof call = (detail) => call(detail);
      listeners.set(name, [...listening(name), listener]);
      return () => {
        listeners.set(
          name,
          listening(name).filter((other) => other !== listener),
        );
      };
    },
  };
}
