import { expectOption } from '../../errors.ts';
import type { Handler, RunOptions } from './types.ts';

export type ResolvedRunOptions = Required<Omit<RunOptions, 'park' | 'maxMs'>> &
  Pick<RunOptions, 'park' | 'maxMs'>;

const DEFAULTS = {
  batchSize: 100,
  attempts: 5,
  retryDelayMs: 200,
  timeoutMs: 60_000,
  until: 'closed',
} as const;

export function resolveRunOptions(handler: Handler, options: RunOptions): ResolvedRunOptions {
  const resolved = { ...DEFAULTS, ...options };
  const { batchSize, attempts, retryDelayMs, timeoutMs, park, until, maxMs } = resolved;
  expectOption('handler', typeof handler === 'function', 'a function', handler);
  expectOption('batchSize', isCount(batchSize), 'a whole number from 1', batchSize);
  expectOption('attempts', isCount(attempts), 'a whole number from 1', attempts);
  expectOption('retryDelayMs', retryDelayMs >= 0, 'a number from 0', retryDelayMs);
  expectOption('timeoutMs', timeoutMs > 0, 'a number above 0', timeoutMs);
  expectOption('park', park === undefined || typeof park === 'function', 'a function', park);
  expectOption(
    'until',
    until === 'caught_up' || until === 'closed',
    "'caught_up' or 'closed'",
    until,
  );
  expectOption('maxMs', maxMs === undefined || maxMs > 0, 'a number above 0', maxMs);
  return resolved;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
