/** The relay's lines of the log, and the same figures for whoever counts them: one line a batch, one a refusal. */

import type { Refusal } from '../http/answer.ts';
import type { RelayRuntime } from '../runtime.ts';
import type { BatchSummary, RefusalSummary } from './batch-summary.ts';

type Takers = Pick<RelayRuntime, 'log' | 'record' | 'recordRefusal'>;

export function reportBatch({ log, record }: Takers, summary: BatchSummary): void {
  log(JSON.stringify({ at: 'batch', ...summary }));
  record?.(summary);
}

/** `error`: what the refusal was made of, where nobody foresaw it. */
export function reportRefusal(
  { log, recordRefusal }: Takers,
  refusal: Refusal,
  facts: Omit<RefusalSummary, 'code'>,
  error: unknown,
): void {
  const { code, message: reason } = refusal;
  const summary = { code, ...facts };
  const stack = code === 'internal' && error instanceof Error ? { stack: describe(error) } : {};
  log(JSON.stringify({ at: 'refusal', ...summary, reason, ...stack }));
  recordRefusal?.(summary);
}

/** The engine's own SyntaxError quotes what it could not read, which may be a stranger's event. */
function describe({ name, stack = '' }: Error): string {
  if (name !== 'SyntaxError') return stack;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [name, ...frames].join('\n');
}
