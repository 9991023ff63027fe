import { RivuletError } from '../../errors.ts';
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
  expect('handler', typeof handler === 'function', 'a function', handler);
  expect('batchSize', isCount(batchSize), 'a whole number from 1', batchSize);
  expect('attempts', isCount(attempts), 'a whole number from 1', attempts);
  expect('retryDelayMs', retryDelayMs >= 0, 'a number from 0', retryDelayMs);
  expect('timeoutMs', timeoutMs > 0, 'a number above 0', timeoutMs);
  expect('park', park === undefined || typeof park === 'function', 'a function', park);
  expect('until', until === 'caught_up' || until === 'closed', "'caught_up' or 'closed'", until);
  expect('maxMs', maxMs === undefined || maxMs > 0, 'a number above 0', maxMs);
  return resolved;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function expect(option: string, holds: boolean, expected: string, got: unknown): void {
  if (!holds)
    throw new RivuletError('invalid_option', `${option}: expected ${expected}, got ${got}`);
}
