import type { Properties } from '../protocol/event.ts';
import { attempt } from '../runtime.ts';
import { createFaultReporter, type Fault } from './faults.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface ErrorOptions {
  /**
   * Errors whose message it matches are left out.
   * @default /^ResizeObserver loop/: harms nobody
   */
  readonly ignore?: RegExp;
  /**
   * How many different errors are told apart in a minute; of those beyond them only the number is sent.
   * @default 10
   */
  readonly maxPerMinute?: number;
}

export interface ErrorSource extends CaptureSource {
  /** Captures an error that the application has handled, with properties of its own. Before the client has started: nothing. */
  readonly captureError: (error: unknown, properties?: Properties) => void;
}

/**
 * Captures errors and rejections that nobody handles, as events of the type `error` with `kind`, `name`, `message`, `stack` as
 * text, `source`, `line` and `column`. Of equal ones (kind, name, message, place) in a minute the first is sent at once, and
 * later the `count` of the rest. Addresses in messages and stacks lose their query. Never sends what is in an object that was
 * thrown and is no error.
 */
export function errors(options: ErrorOptions = {}): ErrorSource {
  const reporters = new Set<ErrorSource['captureError']>();
  return {
    name: 'errors',
    start: (host) => watchErrors(host, options, reporters),
    captureError(error, properties) {
      for (const report of reporters) report(error, properties);
    },
  };
}

function watchErrors(
  host: CaptureHost,
  { ignore = /^ResizeObserver loop/, maxPerMinute = 10 }: ErrorOptions,
  reporters: Set<ErrorSource['captureError']>,
): () => void {
  const { window } = host;
  const { report, stop } = createFaultReporter(host, maxPerMinute);
  /** One that is captured, thrown again and heard by the window is still one. */
  const seen = new WeakSet<object>();

  function reportThrown(thrown: unknown, fault: Fault): void {
    const told = describeThrown(thrown, fault.message);
    if ((told.message ?? '').search(ignore) >= 0) return;
    if (Object(thrown) === thrown) {
      if (seen.has(thrown as object)) return;
      seen.add(thrown as object);
    }
    report({ ...fault, ...told });
  }

  function onError({ error, message, filename: source, lineno, colno }: ErrorEvent): void {
    reportThrown(error, {
      ...{ kind: 'error', message, source, line: lineno, column: colno },
      // All that a browser says of a script of another origin that is loaded without `crossorigin`.
      more: { crossOrigin: message === 'Script error.' || undefined },
    });
  }

  function onRejection({ reason }: PromiseRejectionEvent): void {
    reportThrown(reason, { kind: 'unhandledrejection' });
  }

  function captureError(error: unknown, properties?: Properties): void {
    reportThrown(error, { kind: 'error', more: { ...properties, handled: true } });
  }

  // Without those of elements that did not load, which do not bubble.
  window.addEventListener('error', onError);
  window.addEventListener('unhandledrejection', onRejection);
  reporters.add(captureError);
  return () => {
    reporters.delete(captureError);
    window.removeEventListener('error', onError);
    window.removeEventListener('unhandledrejection', onRejection);
    stop();
  };
}

/** What was thrown, which may be anything: of an object that is no error only what kind it is of. */
function describeThrown(
  thrown: unknown,
  said: string | undefined,
): Pick<Fault, 'name' | 'message' | 'stack'> {
  if (Object(thrown) !== thrown) return { message: said ?? String(thrown) };
  const read = (name: 'name' | 'message' | 'stack'): string | undefined => {
    const value = attempt(() => (thrown as Error)[name]);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    name: read('name') ?? attempt(() => Object.prototype.toString.call(thrown).slice(8, -1)),
    message: read('message') ?? said,
    stack: () => read('stack'),
  };
}
