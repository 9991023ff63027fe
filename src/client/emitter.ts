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
  let listeners: readonly { name: string; call: (detail: never) => void }[] = [];

  const emit: Emit = (name, detail) => {
    for (const listener of listeners) {
      try {
        if (listener.name === name) listener.call(detail as never);
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
      const listener = { name, call };
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((other) => other !== listener);
      };
    },
  };
}
