/** Whose batch it is: everything that vouches for the payload is checked before a byte of it is read. */

import { decodeBase64url } from '../../src/protocol/base64url.ts';
import { type BatchHead, parseHead, signedBytes } from '../../src/protocol/batch.ts';
import { type HmacKey, verifyHmac } from '../../src/protocol/hmac.ts';
import { MAX_BEACON_BYTES, MAX_CLOCK_SKEW_MS } from '../../src/protocol/limits.ts';
import type { Source } from '../configuration/source.ts';
import { Refusal } from '../http/answer.ts';
import type { Admission } from './admission.ts';
import { refuseRevoked } from './revocation.ts';
import { admitSource } from './source-gate.ts';

const { subtle } = crypto;

/** Stands for the signature of a batch that has none. */
const UNSIGNED = '-';

export interface Admitted {
  readonly source: Source;
  /** The client id that the token was given to. */
  readonly client: string;
  /** Milliseconds since 1970 on the relay's clock, within {@link MAX_CLOCK_SKEW_MS} of now. */
  readonly sentAt: number;
  /** What the signature covers, as it travelled. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

export async function admitBatch(
  { batchTokens, sources, revocations, limits }: Admission,
  body: Uint8Array<ArrayBuffer>,
  origin: string | null,
  now: number,
): Promise<Admitted> {
  const parsed = parseHead(body);
  if (!parsed.ok) throw new Refusal(parsed.code, parsed.reason);
  const { head, payload } = parsed.value;

  const read = await batchTokens(head.token, now);
  if (!read.ok) throw new Refusal(read.code, read.reason, { now });
  const { token, key } = read.value;
  await refuseRevoked(revocations, token);
  const source = await sources.find(token.writeKey);
  if (!source) throw new Refusal('source_disabled', 'source: no longer configured');
  if (token.origin !== origin) {
    throw new Refusal('origin_refused', 'origin: expected the one that asked for the session');
  }
  // A token without an origin was given to a device: by this relay, for a source that takes any, or by an operator.
  admitSource(source, origin ?? undefined);

  const isBeacon = head.signature === UNSIGNED && source.unsignedBeacons;
  if (isBeacon) admitBeacon(payload);
  else await checkSignature(key, head, payload, now);
  if (Math.abs(now - head.sentAt) > MAX_CLOCK_SKEW_MS) {
    const skew = `expected it within ${MAX_CLOCK_SKEW_MS} ms of now, got ${head.sentAt - now}`;
    throw new Refusal('clock_skew', `sentAt: ${skew}`, { now });
  }
  // Last: what somebody else sends in a client's name counts for nobody.
  const { client } = token;
  await Promise.all([
    limits.admit('source', source.name),
    limits.admit('client', `${source.name} ${client}`),
    isBeacon ? limits.admit('beacon', source.name) : undefined,
  ]);
  return { source, client, sentAt: head.sentAt, payload };
}

async function checkSignature(
  key: HmacKey,
  head: BatchHead,
  payload: Uint8Array<ArrayBuffer>,
  now: number,
): Promise<void> {
  const signature = decodeBase64url(head.signature);
  if (
    !signature ||
    !(await verifyHmac(subtle, key, signature, signedBytes(head.sentAt, payload)))
  ) {
    throw new Refusal('signature_invalid', "signature: expected one by the session's key", { now });
  }
}

/** Nothing says that it is the client's own, so that it may be no more than what a page leaves behind as it ends. */
function admitBeacon({ length }: Uint8Array): void {
  if (length <= MAX_BEACON_BYTES) return;
  const expected = `expected at most ${MAX_BEACON_BYTES} bytes without a signature`;
  throw new Refusal('too_large', `batch: ${expected}, got ${length}`);
}
