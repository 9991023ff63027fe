/** Tokens: what the relay hands out and later recognises without having stored it. */

import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { importHmacKey, signHmac, verifyHmac } from './hmac.ts';
import { accepted, isObject, type Parsed, refused } from './parsed.ts';

/** Lets a client send batches to one source. */
export interface BatchToken {
  readonly use: 'batch';
  /** Of the source. Public: it stands in the page. */
  readonly writeKey: string;
  /** The client id: every event of the batch is this client's. */
  readonly client: string;
  /** The page origin that asked, or `null` for a device without one. */
  readonly origin: string | null;
  readonly issued: number;
  readonly expires: number;
  /** Of a token that lives long, so that it can be revoked. */
  readonly id?: string;
}

/** Lets a reader use the read door for the named streams. */
export interface ReadToken {
  readonly use: 'read';
  readonly streams: readonly string[];
  readonly issued: number;
  readonly expires: number;
  /** Of a token that lives long, so that it can be revoked. */
  readonly id?: string;
}

export type Token = BatchToken | ReadToken;
export type TokenUse = Token['use'];

/** `token_expired` is a matter of time, `token_invalid` of everything else. */
export type TokenRefusal = 'token_expired' | 'token_invalid';

/** base64url(payload) "." base64url(HMAC-SHA-256(secret, payload)). Nothing in it is secret. */
export async function signToken(
  subtle: SubtleCrypto,
  secret: string,
  token: Token,
): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(token));
  const code = await signHmac(subtle, await importHmacKey(subtle, secret), payload);
  return `${encodeBase64url(payload)}.${encodeBase64url(code)}`;
}

/**
 * The token's content, when one of the secrets signed it for this use and it has not expired.
 * Several secrets may be valid at a time, so that a rotation refuses nobody; the one that matched comes back too.
 */
export async function verifyToken<Use extends TokenUse>(
  subtle: SubtleCrypto,
  secrets: readonly string[],
  text: string,
  use: Use,
  now: number,
): Promise<Parsed<{ token: Extract<Token, { use: Use }>; secret: string }, TokenRefusal>> {
  const [payloadText = '', codeText = '', ...rest] = text.split('.');
  const payload = decodeBase64url(payloadText);
  const code = decodeBase64url(codeText);
  if (!payload || !code || rest.length > 0) {
    return refused('token_invalid', 'token: expected two base64url parts joined by a dot');
  }
  for (const secret of secrets) {
    if (!(await verifyHmac(subtle, await importHmacKey(subtle, secret), code, payload))) continue;
    const token = parseJson(payload);
    if (!isToken(token, use)) {
      return refused('token_invalid', `token: expected one for "${use}"`);
    }
    if (token.expires <= now) return refused('token_expired', 'token: expired, ask for a new one');
    return accepted({ token, secret });
  }
  return refused('token_invalid', 'token: no accepted secret signed it');
}

/**
 * The key a batch is signed with: HMAC-SHA-256(secret, "sign:" + token). The client gets it with its token;
 * the relay derives it again, so it stores nothing.
 */
export async function deriveSigningKey(
  subtle: SubtleCrypto,
  secret: string,
  token: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const message = new TextEncoder().encode(`sign:${token}`);
  return signHmac(subtle, await importHmacKey(subtle, secret), message);
}

/** What a token says of itself, whoever signed it: to be shown, never to be believed. */
export function readToken(text: string): Token | undefined {
  const payload = decodeBase64url(text.split('.')[0] ?? '');
  const token = payload && parseJson(payload);
  return isToken(token, 'batch') || isToken(token, 'read') ? token : undefined;
}

/** The same secret signs keys and places too: what it signed need not be a token, nor JSON. */
function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

function isToken<Use extends TokenUse>(
  value: unknown,
  use: Use,
): value is Extract<Token, { use: Use }> {
  if (!isObject(value) || value.use !== use || typeof value.expires !== 'number') return false;
  const { writeKey, client, origin, streams, id = '' } = value;
  if (typeof id !== 'string') return false;
  return use === 'read'
    ? Array.isArray(streams)
    : typeof writeKey === 'string' &&
        typeof client === 'string' &&
        (origin === null || typeof origin === 'string');
}
