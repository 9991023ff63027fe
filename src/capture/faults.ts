import type { Properties } from '../protocol/event.ts';
import type { CaptureHost } from './types.ts';
import { whenLeaving } from './when-leaving.ts';

/** What went wrong. What tells it from others is its kind, its name, its message and its place. */
export interface Fault {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly source?: string | null | undefined;
  readonly line?: number | null | undefined;
  readonly column?: number | null | undefined;
  /** As the browser writes it. To ask for it costs more than all the rest, so it is asked for where it is sent. */
  readonly stack?: () => string | undefined;
  readonly more?: Properties | undefined;
}

const INTERVAL_MS = 60_000;
/** About 30 frames of a stack. */
const MAX_TEXT_LENGTH = 4000;
/** An address in a text, and the line and column behind it. */
const ADDRESS = /\b((?:[a-z][a-z+.-]{1,20}:\/\/|data:|blob:)[^\s)]*?)((?::\d+){0,2})(?=[\s)]|$)/gi;

/**
 * Captures faults as events of the type `error`: of equal ones in a minute the first at once, and `count` of the rest later,
 * so that a storm of 10,000 is a handful of events. `maxPerMinute`: how many are told apart; those beyond are `omitted`.
 */
export function createFaultReporter(
  host: CaptureHost,
  maxPerMinute: number,
): { readonly report: (fault: Fault) => void; readonly stop: () => void } {
  const stopping = new AbortController();
  const counted = new Map<string, { readonly properties: Properties; count: number }>();
  let cancel: (() => void) | undefined;

  function send({ properties, count }: { properties: Properties; count: number }): void {
    if (count > 0) host.capture('error', { properties: { ...properties, count } });
  }

  function flush(): void {
    const due = [...counted.values()];
    cancel?.();
    cancel = undefined;
    counted.clear();
    due.forEach(send);
  }

  function clean(text: string | undefined): string | undefined {
    return text
      ?.slice(0, MAX_TEXT_LENGTH)
      .replace(ADDRESS, (_, url: string, place: string) => (host.scrub(url) ?? '') + place);
  }

  function report({ kind, name, message, source, line, column, stack, more }: Fault): void {
    const key = [kind, name, message, source, line, column].join('\n');
    const isTold = counted.has(key) || counted.size < maxPerMinute;
    const known = counted.get(isTold ? key : '');
    if (known) known.count++;
    else {
      const properties = isTold
        ? {
            ...{ kind, name, message: clean(message), stack: clean(stack?.()) },
            ...{ source: source ? host.scrub(source) : undefined },
            ...{ line: line || undefined, column: column || undefined, handled: false },
            ...more,
          }
        : { kind: 'omitted' };
      // Before it is sent: middleware that fails on it makes the next, and there is an end to them.
      counted.set(isTold ? key : '', { properties, count: 0 });
      cancel ??= host.runtime.delay(flush, INTERVAL_MS);
      send({ properties, count: 1 });
    }
  }

  whenLeaving(host, flush, stopping.signal);
  return {
    report,
    stop() {
      stopping.abort();
      flush();
    },
  };
}
