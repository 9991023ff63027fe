import { expectOption } from '../errors.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';
import { createSigning, MIN_SECRET_BYTES, secretBytes } from './sign.ts';
import type { ErasureOptions, Signable } from './types.ts';

export interface ResolvedErasureOptions
  extends Required<Omit<ErasureOptions, 'secret' | 'sign' | 'runtime'>> {
  readonly sign: (call: Signable) => Promise<Record<string, string>>;
  readonly runtime: Omit<Runtime, 'subtle'> | NonNullable<ErasureOptions['runtime']>;
  readonly subtle: SubtleCrypto;
}

const DEFAULTS = { logIds: false, timeoutMs: 10_000, attempts: 3, retryDelayMs: 500 } as const;

/** A shorter one can be guessed with what the log shows. */
export const MIN_LOG_SECRET_LENGTH = 32;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export function resolveOptions(options: ErasureOptions): ResolvedErasureOptions {
  const { secret = [], sign, runtime = platformRuntime(), ...given } = options;
  const resolved = { ...DEFAULTS, ...given };
  const { products, endpoint, store, log, logSecret, timeoutMs, attempts } = resolved;
  const isNamed = (name: unknown): boolean => typeof name === 'string' && name !== '';
  expectOption('products', isList(products) && products.every(isNamed), 'names', products);
  expectOption(
    'endpoint',
    isSecure(endpoint),
    'an https: URL without a user and a fragment',
    withoutUser(endpoint),
  );
  expectOption('store', typeof store?.put === 'function', 'an ErasureStore', store);
  expectOption('log', typeof log?.append === 'function', 'an AuditLog', log);
  expectOption(
    'logSecret',
    typeof logSecret === 'string' && logSecret.length >= MIN_LOG_SECRET_LENGTH,
    `at least ${MIN_LOG_SECRET_LENGTH} characters`,
    typeof logSecret === 'string' ? `${logSecret.length} characters` : logSecret,
  );
  expectOption('timeoutMs', timeoutMs > 0, 'a number above 0', timeoutMs);
  expectOption('attempts', Number.isInteger(attempts) && attempts > 0, 'a whole number', attempts);
  expectOption(
    'retryDelayMs',
    resolved.retryDelayMs >= 0,
    'a number from 0',
    resolved.retryDelayMs,
  );
  const { subtle } = runtime;
  expectOption('runtime.subtle', subtle, 'WebCrypto, which plain http has not', subtle);
  return { ...resolved, sign: signing([secret].flat(), sign, subtle), runtime, subtle };
}

function signing(
  texts: readonly string[],
  own: ErasureOptions['sign'],
  subtle: SubtleCrypto,
): ResolvedErasureOptions['sign'] {
  expectOption('secret', texts.length > 0 || own !== undefined, 'a secret, or `sign`', 'neither');
  const secrets = texts.map((text) => {
    const bytes = typeof text === 'string' ? secretBytes(text) : undefined;
    const isLong = bytes && bytes.length >= MIN_SECRET_BYTES;
    expectOption(
      'secret',
      isLong,
      `at least ${MIN_SECRET_BYTES} bytes`,
      `${bytes?.length ?? 'no'} bytes`,
    );
    return bytes;
  });
  const standard = secrets.length > 0 ? createSigning(subtle, secrets) : undefined;
  return async (call) => ({ ...(await standard?.(call)), ...(await own?.(call)) });
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isSecure(endpoint: unknown): boolean {
  try {
    const { protocol, hostname, username, password, hash } = new URL(`${endpoint}`);
    const isSafe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
    return isSafe && `${username}${password}${hash}` === '';
  } catch {
    // No URL at all.
    return false;
  }
}

/** An error's text goes into logs. */
function withoutUser(endpoint: unknown): string {
  return `${endpoint}`.replace(/\/\/[^/]*@/, '//…@');
}
