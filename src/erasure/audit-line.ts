/** The form of a line of the audit log: JSON whose last field vouches for all that stands before it. */

import { RivuletError } from '../errors.ts';
import { encodeBase64url } from '../protocol/base64url.ts';
import { joinBytes } from '../protocol/bytes.ts';
import type { ErasureSubject } from '../protocol/event.ts';
import { type HmacKey, importHmacKey, signHmac } from '../protocol/hmac.ts';
import { isObject } from '../protocol/parsed.ts';
import { platformRuntime, type Runtime } from '../runtime.ts';

/** Ends a line: 43 characters are 32 bytes. */
const ENDING = /,"hash":"([\w-]{43})"\}$/;

/** The HMAC of a text under the log's secret, as base64url. `purpose`: no hash of one kind can stand for another. */
export type Hash = (purpose: 'line' | 'userId' | 'anonymousId', text: string) => Promise<string>;

export function createHash(subtle: SubtleCrypto | undefined, secret: string): Hash {
  if (!subtle)
    throw new RivuletError('invalid_option', 'runtime.subtle: expected WebCrypto, got none');
  let key: Promise<HmacKey> | undefined;
  return async (purpose, text) => {
    key ??= importHmacKey(subtle, secret);
    return encodeBase64url(await signHmac(subtle, await key, joinBytes(`${purpose}\n${text}`)));
  };
}

/** A place in the log: what stands there depends on everything before it. */
export interface AuditPosition {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditLine extends AuditPosition {
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `previous`: the position before, `undefined` for the first line of all. */
export async function writeLine(
  fields: Readonly<Record<string, unknown>>,
  previous: AuditPosition | undefined,
  hash: Hash,
): Promise<AuditPosition & { readonly line: string }> {
  const seq = (previous?.seq ?? 0) + 1;
  const text = JSON.stringify({ seq, ...fields, previous: previous?.hash ?? null }).slice(0, -1);
  const sealed = await hash('line', text);
  return { seq, hash: sealed, line: `${text},"hash":"${sealed}"}` };
}

/** `undefined` for what is no line of ours, or was changed. */
export async function readLine(line: string, hash: Hash): Promise<AuditLine | undefined> {
  const [ending = '', sealed = ''] = ENDING.exec(line) ?? [];
  const text = line.slice(0, line.length - ending.length);
  if (sealed === '' || (await hash('line', text)) !== sealed) return undefined;
  const fields: unknown = JSON.parse(line);
  // Who can seal it writes what `writeLine` does.
  return isObject(fields) ? { seq: Number(fields.seq), hash: sealed, fields } : undefined;
}

/** What stands in the log for a subject's ids: to find the lines about a person. */
export async function hashSubject(
  logSecret: string,
  subject: ErasureSubject,
  { subtle }: Pick<Runtime, 'subtle'> = platformRuntime(),
): Promise<ErasureSubject> {
  return hashIds(subject, createHash(subtle, logSecret));
}

export async function hashIds(subject: ErasureSubject, hash: Hash): Promise<ErasureSubject> {
  const { userId, anonymousId } = subject;
  return {
    ...(userId && { userId: await hash('userId', userId) }),
    ...(anonymousId && { anonymousId: await hash('anonymousId', anonymousId) }),
  };
}
