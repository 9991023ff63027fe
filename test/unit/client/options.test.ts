import { describe, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { clicks } from '../../../src/capture/clicks.ts';
import { resolveOptions } from '../../../src/client/options.ts';
import { SDK_VERSION } from '../../../src/client/sdk.ts';
import { RivuletError } from '../../../src/errors.ts';
import { createClient } from '../../../src/index.ts';

const valid = { endpoint: 'https://events.example.com', writeKey: 'shop' };

function problemWith(options: object): RivuletError {
  try {
    createClient({ ...valid, ...options });
  } catch (error) {
    return error as RivuletError;
  }
  throw new Error('expected it to throw');
}

describe('options', () => {
  test('have their defaults filled in and are not changed', () => {
    const given = Object.freeze({ ...valid, endpoint: 'https://events.example.com/in//' });

    expect(resolveOptions(given)).toMatchObject({
      endpoint: 'https://events.example.com/in',
      writeKey: 'shop',
      capture: [],
      flushIntervalMs: 5000,
      maxBatchEvents: 500,
      maxBatchBytes: 524_288,
      compressAboveBytes: 2048,
      requestTimeoutMs: 15_000,
      retryBaseMs: 1000,
      retryMaxMs: 300_000,
      maxQueueBytes: undefined,
      maxQueueEvents: Number.POSITIVE_INFINITY,
      maxQueueAgeMs: 604_800_000,
      dropPolicy: 'drop-oldest',
      sampleAbove: 1,
      sampleRate: 0.1,
      maxEventsPerSecond: 1000,
      consent: 'granted',
      pendingIn: 'memory',
      privacySignals: ['gpc'],
      clientId: undefined,
      challenge: undefined,
      cipher: undefined,
      databaseName: 'rivulet',
    });
  });

  test('that are given as undefined are absent', () => {
    expect(resolveOptions({ ...valid, flushIntervalMs: undefined as never })).toMatchObject({
      flushIntervalMs: 5000,
    });
  });

  test('replace single parts of the platform', () => {
    const { runtime } = resolveOptions({ ...valid, runtime: { now: () => 7, locks: undefined } });

    expect(runtime.now()).toBe(7);
    expect(runtime.locks).toBeUndefined();
    expect(runtime.random()).toBeLessThan(1);
  });

  test.each([
    ['endpoint', undefined, 'undefined'],
    ['endpoint', 'events.example.com', '"events.example.com"'],
    ['endpoint', 'ftp://events.example.com', '"ftp://events.example.com"'],
    ['endpoint', 'https://events.example.com?key=1', '"https://events.example.com?key=1"'],
    ['endpoint', new URL('https://events.example.com'), 'object'],
    ['writeKey', '', '""'],
    ['writeKey', 42, '42'],
    ['capture', 'clicks', '"clicks"'],
    ['capture', [clicks], 'object'],
    ['flushIntervalMs', -1, '-1'],
    ['flushIntervalMs', '5', '"5"'],
    ['flushIntervalMs', Number.NaN, 'NaN'],
    ['maxBatchEvents', 0, '0'],
    ['maxBatchEvents', 501, '501'],
    ['maxBatchBytes', 1023, '1023'],
    ['maxBatchBytes', 1_048_577, '1048577'],
    ['requestTimeoutMs', 0, '0'],
    ['maxQueueBytes', 1023, '1023'],
    ['maxQueueBytes', '32 MiB', '"32 MiB"'],
    ['maxQueueEvents', 0, '0'],
    ['maxQueueAgeMs', 0, '0'],
    ['dropPolicy', 'oldest', '"oldest"'],
    ['sampleAbove', 1.1, '1.1'],
    ['sampleRate', -0.1, '-0.1'],
    ['maxEventsPerSecond', 0.5, '0.5'],
    ['consent', true, 'true'],
    ['consent', 'accepted', '"accepted"'],
    ['pendingIn', 'disk', '"disk"'],
    ['privacySignals', 'gpc', '"gpc"'],
    ['privacySignals', ['gpc', 'p3p'], 'object'],
    ['clientId', '', '""'],
    ['clientId', 'x'.repeat(129), 'xxx'],
    ['clientId', 7, '7'],
    ['challenge', 'answer', '"answer"'],
    ['cipher', {}, 'object'],
    ['session', 'token', '"token"'],
    ['session', { token: 't', key: 'k' }, 'object'],
    ['runtime', 'browser', '"browser"'],
    ['flushInterval', 5, '5'],
    ['toString', 5, '5'],
  ])('with %s = %s are refused with what came', (name, value, came) => {
    const error = problemWith({ [name]: value });

    expect(error).toBeInstanceOf(RivuletError);
    expect(error.code).toBe('invalid_option');
    expect(error.message).toMatch(new RegExp(`^${name}: expected .+, got .+`));
    expect(error.message).toContain(came);
  });

  test.each([
    ['maxBatchEvents', 1],
    ['maxBatchEvents', 500],
    ['maxBatchBytes', 1024],
    ['maxBatchBytes', 1_048_576],
    ['compressAboveBytes', Number.POSITIVE_INFINITY],
    ['flushIntervalMs', 0],
    ['maxQueueBytes', Number.POSITIVE_INFINITY],
    ['maxQueueAgeMs', Number.POSITIVE_INFINITY],
    ['maxEventsPerSecond', Number.POSITIVE_INFINITY],
    ['dropPolicy', 'drop-newest'],
    ['consent', 'denied'],
    ['pendingIn', 'log'],
    ['privacySignals', []],
    ['privacySignals', ['gpc', 'dnt']],
    ['clientId', 'x'.repeat(128)],
    ['sampleAbove', 0],
    ['endpoint', 'http://127.0.0.1:8787'],
  ])('take %s = %s', (name, value) => {
    expect(resolveOptions({ ...valid, [name]: value })).toMatchObject({ [name]: value });
  });

  test('are refused with every problem at once', () => {
    const { message } = problemWith({ writeKey: 1, maxBatchEvents: 0, colour: 'red' });

    for (const name of ['writeKey', 'maxBatchEvents', 'colour']) expect(message).toContain(name);
  });

  test('are told what they may be', () => {
    const { message } = problemWith({ consent: 'yes', sampleRate: 2 });

    expect(message).toContain('consent: expected "granted" or "pending" or "denied", got "yes"');
    expect(message).toContain('sampleRate: expected a number from 0 to 1, got 2');
  });

  test('are refused when there are none', () => {
    expect(() => createClient(undefined as never)).toThrow(/^endpoint: expected/);
  });
});

test('the version that is told to the relay is that of the package', () => {
  expect(SDK_VERSION).toBe(packageJson.version);
});
