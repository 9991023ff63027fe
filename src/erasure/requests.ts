/** From an `erase` event to what is to be asked of the endpoint. */

import type { ConsumedEvent } from '../consumer/types.ts';
import { encodeBase64url } from '../protocol/base64url.ts';
import { joinBytes } from '../protocol/bytes.ts';
import { parseErase } from '../protocol/erase.ts';
import type { ErasureSubject, StreamRecord } from '../protocol/event.ts';
import type { ErasureRequest } from './types.ts';

/** Names are for people to find a typing error in. */
const MAX_REASON_LENGTH = 500;

/** What asks nothing of us. One key for the whole event: so that it is written down once. */
export interface PassedOver {
  readonly kind: 'not_ours' | 'malformed';
  readonly key: string;
  readonly reason: string;
}

/** What an event asks of us. */
export type Asked =
  | { readonly kind: 'requests'; readonly requests: readonly ErasureRequest[] }
  | PassedOver;

export async function readRequests(
  event: StreamRecord,
  products: readonly string[],
  subtle: SubtleCrypto,
): Promise<Asked> {
  const { messageId } = event;
  const asked = parseErase(event.properties);
  if (!asked.ok) {
    const key = await keyOf(subtle, [messageId]);
    return { kind: 'malformed', key, reason: asked.reason };
  }
  const { subject, products: named } = asked.value;
  const ours = named ? products.filter((product) => named.includes(product)) : products;
  if (ours.length === 0) {
    const key = await keyOf(subtle, [messageId]);
    const reason = `products: ${named?.join(', ')}`.slice(0, MAX_REASON_LENGTH);
    return { kind: 'not_ours', key, reason };
  }
  // Every field is one that all copies of the event have: an endpoint may refuse a key that comes with another body.
  const requests = ours.map(
    async (product): Promise<ErasureRequest> => ({
      key: await keyOf(subtle, [
        messageId,
        product,
        subject.userId ?? null,
        subject.anonymousId ?? null,
      ]),
      type: 'erase',
      product,
      subject,
      requestedBy: senderOf(event),
      requestedAt: event.originalTimestamp,
      messageId,
      source: event.rivulet.source,
    }),
  );
  return { kind: 'requests', requests: await Promise.all(requests) };
}

/** The subject is part of it: who sends another event under a message id that was used already hides neither of both. */
async function keyOf(subtle: SubtleCrypto, facts: readonly (string | null)[]): Promise<string> {
  const digest = await subtle.digest('SHA-256', joinBytes(JSON.stringify(facts)));
  return encodeBase64url(new Uint8Array(digest));
}

/** Of the audit log: where the event stands, and when it came by which clock. */
export function factsOf(record: ConsumedEvent): Readonly<Record<string, unknown>> {
  const { event, arrivedAt, readAt, shardId, sequenceNumber, subSequenceNumber } = record;
  return {
    messageId: event.messageId,
    source: event.rivulet.source,
    capturedAt: event.originalTimestamp,
    // The same moment on the relay's clock, and when the relay had it.
    timestamp: event.timestamp,
    receivedAt: event.receivedAt,
    arrivedAt: arrivedAt === undefined ? null : new Date(arrivedAt).toISOString(),
    readAt: new Date(readAt).toISOString(),
    ...{ shardId, sequenceNumber, subSequenceNumber },
  };
}

export function senderOf({ userId, anonymousId }: StreamRecord): ErasureSubject {
  return { ...(userId && { userId }), anonymousId };
}
