/** From a captured event to the record on the stream: its segment's context, its identity, its times, and what the edge knows. */

import { isIPv4, isIPv6 } from 'node:net';
import {
  type CapturedEvent,
  messageIdOf,
  type Position,
  type Properties,
  type SegmentContext,
  type StreamRecord,
} from '../src/protocol/event.ts';
import type { IpPolicy } from './sources.ts';
import { isMoment } from './validate.ts';

/** What holds for every event of a batch. */
export interface BatchFacts {
  readonly source: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly receivedAt: string;
  readonly clockOffsetMs: number;
  readonly edge: Properties;
}

interface EdgePlace {
  readonly country?: string;
  readonly colo?: string;
  readonly asn?: number;
}

export function toRecord(
  event: CapturedEvent,
  { lane, seq }: Position,
  { anonymousId, userId, groupId, ...context }: SegmentContext,
  facts: BatchFacts,
): StreamRecord {
  const moment = event.timestamp + facts.clockOffsetMs;
  const group = event.groupId ?? groupId;
  return {
    type: event.type,
    messageId: messageIdOf({ lane, seq }),
    anonymousId,
    userId: userId ?? null,
    ...(group && { groupId: group }),
    ...(event.event && { event: event.event }),
    ...(event.properties && { properties: event.properties }),
    ...(event.traits && { traits: event.traits }),
    // The edge last: what it saw, a client cannot say otherwise.
    context: { ...context, ...event.context, ...facts.edge },
    originalTimestamp: toIso(event.timestamp),
    timestamp: toIso(isMoment(moment) ? moment : event.timestamp),
    sentAt: facts.sentAt,
    receivedAt: facts.receivedAt,
    rivulet: { lane, seq, source: facts.source },
  };
}

/** Country, colo, autonomous system and address, as far as they are known and wanted. */
export function edgeFactsOf(request: Request, ipPolicy: IpPolicy): Properties {
  const { country, colo, asn } = placeOf(request);
  const ip = resolveIp(request.headers.get('cf-connecting-ip'), ipPolicy);
  return JSON.parse(JSON.stringify({ country, colo, asn, ip }));
}

/** What Cloudflare says of a request; nothing elsewhere. developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties */
export function placeOf(request: Request & { readonly cf?: EdgePlace }): EdgePlace {
  return request.cf ?? {};
}

export function toIso(moment: number): string {
  return new Date(moment).toISOString();
}

function resolveIp(address: string | null, policy: IpPolicy): string | undefined {
  if (address === null || policy === 'none') return undefined;
  return policy === 'full' ? address : truncateIp(address);
}

/** The network of an address, /24 or /48: a region, and no longer a household. */
export function truncateIp(address: string): string | undefined {
  const mapped = /^::ffff:(?<v4>[\d.]+)$/i.exec(address)?.groups?.v4 ?? address;
  if (isIPv4(mapped)) return mapped.replace(/\.\d+$/, '.0');
  if (!isIPv6(mapped)) return undefined;
  const [head = '', tail] = mapped.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  // `::` stands for as many zeros as are missing; an embedded IPv4 address counts for two, past the first three.
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return `${groups.slice(0, 3).join(':')}::`;
}
