import { describe, expect, test } from 'vitest';
import { KinesisError } from '../../worker/kinesis/call.ts';
import {
  type CallFailure,
  classifyCall,
  classifyEntry,
  nameOf,
} from '../../worker/kinesis/failure.ts';

/** Every way to fail that the service, its key service, its front door and the network know. */
const failures: Readonly<Record<CallFailure, readonly [name: string, status: number][]>> = {
  throttled: [
    ['ProvisionedThroughputExceededException', 400],
    ['LimitExceededException', 400],
    ['KMSThrottlingException', 400],
    ['ThrottlingException', 400],
    ['Throttling', 400],
    ['RequestLimitExceeded', 503],
    ['TooManyRequestsException', 429],
    ['HTTP 429', 429],
  ],
  unavailable: [
    ['InternalFailure', 500],
    ['InternalFailureException', 400],
    ['InternalServerError', 500],
    ['ServiceUnavailable', 503],
    ['RequestTimeoutException', 400],
    ['HTTP 408', 408],
    ['HTTP 502', 502],
    ['HTTP 504', 504],
    ['HTTP 301', 301],
  ],
  misconfigured: [
    ['ResourceNotFoundException', 400],
    ['AccessDeniedException', 400],
    ['KMSDisabledException', 400],
    ['KMSInvalidStateException', 400],
    ['KMSAccessDeniedException', 400],
    ['KMSNotFoundException', 400],
    ['KMSOptInRequired', 400],
    ['ExpiredTokenException', 400],
    ['UnrecognizedClientException', 400],
    ['InvalidSignatureException', 403],
    ['MissingAuthenticationTokenException', 403],
    ['IncompleteSignature', 400],
    ['UnknownOperationException', 404],
    ['HTTP 403', 403],
  ],
  refused: [
    ['InvalidArgumentException', 400],
    ['ValidationException', 400],
    ['HTTP 413', 413],
  ],
};

describe('a call that fails', () => {
  const cases = Object.entries(failures).flatMap(([failure, names]) =>
    names.map(([name, status]) => [name, status, failure] as const),
  );

  test.each(cases)('with %s and status %i is %s', (name, status, failure) => {
    expect(classifyCall(new KinesisError(name, '', status))).toBe(failure);
  });

  test.each([
    ['a lost connection', new Error('Network connection lost.')],
    ['a refused connection', new TypeError('fetch failed')],
    ['no answer in time', new DOMException('late', 'TimeoutError')],
    ['an answer that is no JSON', new SyntaxError('Unexpected token')],
    ['something that is no error', 'x'],
  ])('for %s is unavailable: nobody knows what became of it', (_, error) => {
    expect(classifyCall(error)).toBe('unavailable');
    expect(nameOf(error)).toMatch(/^\w+$/);
  });
});

describe('an entry that fails', () => {
  test.each([
    ['ProvisionedThroughputExceededException', 'throttled'],
    ['KMSThrottlingException', 'throttled'],
    ['InternalFailure', 'unavailable'],
    ['SomethingNew', 'unavailable'],
    ['InvalidArgumentException', 'refused'],
  ])('with %s is %s', (code, failure) => {
    expect(classifyEntry(code)).toBe(failure);
  });
});
