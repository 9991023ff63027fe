/** Who may send: sessions are given here, and every batch is held against the one it names. */

import { decodeBase64url, encodeBase64url } from '../../src/protocol/base64url.ts';
import { parseHead, signedBytes } from '../../src/protocol/batch.ts';
import { importHmacKey, verifyHmac } from '../../src/protocol/hmac.ts';
import { MAX_CLOCK_SKEW_MS, SESSION_LIFE_MS } from '../../src/protocol/limits.ts';
import { isObject } from '../../src/protocol/parsed.ts';
import type { SessionAnswer, SessionRequest } from '../../src/protocol/session.ts';
import { deriveSigningKey, signToken, verifyToken } from '../../src/protocol/token.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Source } from '../configuration/source.ts';
import type { Sources } from '../configuration/sources.ts';
import { Refusal } from '../http/answer.ts';

const { subtle } = crypto;

/** A client id is ours to make and 22 characters long; a device may bring its own name. */
const MAX_CLIENT_LENGTH = 128;

export interface Admitted {
  readonly source: Source;
  /** The client id that the token was given to. */
  readonly client: string;
  /** Milliseconds since 1970 on the relay's clock, within {@link MAX_CLOCK_SKEW_MS} of now. */
  readonly sentAt: number;
  /** What the signature covers, as it travelled. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

export async function mintSession(
  { secrets }: Pick<Settings, 'secrets'>,
  sources: Sources,
  body: Uint8Array,
  origin: string | null,
  now: number,
): Promise<SessionAnswer> {
  const { writeKey, client } = parseSessionRequest(body);
  const source = await sources.find(writeKey);
  if (!source) throw new Refusal('write_key_unknown', 'write key: names no source of this relay');
  admitSource(source, origin);
  const [secret = ''] = secrets;
  const expires = now + SESSION_LIFE_MS;
  const token = await signToken(subtle, secret, {
    use: 'batch',
    writeKey,
    client,
    origin,
    issued: now,
    expires,
  });
  const key = encodeBase64url(await deriveSigningKey(subtle, secret, token));
  return { token, key, expires, now, config: source.config };
}

/** Checks everything that vouches for the payload, before a byte of it is read. */
export async function admitBatch(
  { secrets }: Pick<Settings, 'secrets'>,
  sources: Sources,
  body: Uint8Array<ArrayBuffer>,
  origin: string | null,
  now: number,
): Promise<Admitted> {
  const parsed = parseHead(body);
  if (!parsed.ok) throw new Refusal(parsed.code, parsed.reason);
  const { head, payload } = parsed.value;

  const verified = await verifyToken(subtle, secrets, head.token, 'batch', now);
  if (!verified.ok) throw new Refusal(verified.code, verified.reason, { now });
  const { token, secret } = verified.value;
  const source = await sources.find(token.writeKey);
  if (!source) throw new Refusal('source_disabled', 'source: no longer configured');
  if (token.origin !== origin) {
    throw new Refusal('origin_refused', 'origin: expected the one that asked for the session');
  }
  // A token without an origin was given to a device: by this relay, for a source that takes any, or by an operator.
  admitSource(source, origin ?? undefined);

  const signature = decodeBase64url(head.signature);
  const signingKey = await deriveSigningKey(subtle, secret, head.token);
  const key = await importHmacKey(subtle, signingKey);
  if (
    !signature ||
    !(await verifyHmac(subtle, key, signature, signedBytes(head.sentAt, payload)))
  ) {
    throw new Refusal('signature_invalid', "signature: expected one by the session's key", { now });
  }
  if (Math.abs(now - head.sentAt) > MAX_CLOCK_SKEW_MS) {
    const skew = `expected it within ${MAX_CLOCK_SKEW_MS} ms of now, got ${head.sentAt - now}`;
    throw new Refusal('clock_skew', `sentAt: ${skew}`, { now });
  }
  return { source, client: token.client, sentAt: head.sentAt, payload };
}

/** `undefined` is an origin that was judged before. */
function admitSource(source: Source, origin: string | null | undefined): void {
  if (source.disabled) throw new Refusal('source_disabled', `source ${source.name}: switched off`);
  if (source.origins === '*' || origin === undefined) return;
  if (origin === null || !source.origins.includes(origin)) {
    throw new Refusal('origin_refused', `origin: not one of source ${source.name}`);
  }
}

function parseSessionRequest(body: Uint8Array): Pick<SessionRequest, 'writeKey' | 'client'> {
  const request = parseJson(new TextDecoder().decode(body));
  if (!isObject(request) || typeof request.writeKey !== 'string') {
    throw new Refusal('malformed', 'body: expected {"writeKey","client","sdk"}');
  }
  const { writeKey, client } = request;
  if (typeof client !== 'string' || client.length < 1 || client.length > MAX_CLIENT_LENGTH) {
    throw new Refusal('malformed', `client: expected 1 to ${MAX_CLIENT_LENGTH} characters`);
  }
  return { writeKey, client };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one way of not being a request; the caller says so.
    return undefined;
  }
}
