/** What a failed call means for the events in it. docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */

import { KinesisError } from './call.ts';

/**
 * - `throttled`: the stream is too busy; nothing was stored
 * - `unavailable`: a fault, a lost connection or no answer in time; what became of the call is unknown
 * - `misconfigured`: no stream, no permission, no key: waiting alone mends nothing
 * - `refused`: something in the call itself is not acceptable
 */
export type CallFailure = 'throttled' | 'unavailable' | 'misconfigured' | 'refused';

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

const REFUSALS = new Set(['InvalidArgumentException', 'ValidationException']);

/** Faults of the service, whatever the status that they come with. */
const FAULTS = new Set([
  'InternalFailure',
  'InternalFailureException',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'RequestTimeout',
  'RequestTimeoutException',
]);

export function classifyCall(error: unknown): CallFailure {
  const name = nameOf(error);
  const status = error instanceof KinesisError ? error.status : undefined;
  if (THROTTLES.has(name) || status === 429) return 'throttled';
  if (REFUSALS.has(name) || status === 413) return 'refused';
  if (FAULTS.has(name) || status === 408) return 'unavailable';
  // Everything else a service answers with 4xx is about who asks for what: it keeps until somebody changes it.
  if (status !== undefined && status >= 400 && status < 500) return 'misconfigured';
  return 'unavailable';
}

/** The same for one entry of an answer whose status was 200. */
export function classifyEntry(code: string): Exclude<CallFailure, 'misconfigured'> {
  if (THROTTLES.has(code)) return 'throttled';
  return REFUSALS.has(code) ? 'refused' : 'unavailable';
}

/** What a log line and a receipt call it. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
