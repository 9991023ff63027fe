/** From a captured event to the record on the stream: its segment's context, its identity, its times, and what the edge knows. */

import { isIPv4, isIPv6 } from 'node:net';
import {
  type CapturedEvent,
  messageIdOf,
  type Properties,
  type SegmentContext,
} from '../../src/protocol/event.ts';
import type { IpPolicy } from '../configuration/source.ts';
import { isMoment } from './validate.ts';

/** What holds for every event of a batch. */
export interface BatchFacts {
  readonly source: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly receivedAt: string;
  /** Of the client's clock when it sent: for segments that do not know their own. */
  readonly clockOffsetMs: number;
  /** No event can have happened later, on the relay's clock. */
  readonly latest: number;
  readonly edge: Properties;
}

interface EdgePlace {
  readonly country?: string;
  readonly colo?: string;
  readonly asn?: number;
}

/** Writes the records of one segment: JSON of a `StreamRecord` for each event. */
export interface RecordWriter {
  readonly write: (event: CapturedEvent, seq: number) => string;
  /** The segment's context, the event's over it, and what the edge saw: that no client can say otherwise. */
  readonly contextOf: (event: CapturedEvent) => Properties;
}

/**
 * What the events of a segment share is written once, and joined as text: serialising it again for every event would be
 * most of what a batch costs.
 */
export function createRecordWriter(
  lane: string,
  { anonymousId, userId, groupId, ...context }: SegmentContext,
  facts: BatchFacts,
): RecordWriter {
  const shared = { ...context, ...facts.edge };
  const sharedJson = JSON.stringify(shared);
  const identity = `"anonymousId":${JSON.stringify(anonymousId)},"userId":${JSON.stringify(userId ?? null)}`;
  const times = `"sentAt":"${facts.sentAt}","receivedAt":"${facts.receivedAt}"`;
  const source = JSON.stringify(facts.source);
  // The clock may have been set since: what it was off by at capture comes first.
  const offsets = [context.clockOffset ?? facts.clockOffsetMs, facts.clockOffsetMs];

  const contextOf = (event: CapturedEvent): Properties =>
    event.context ? { ...context, ...event.context, ...facts.edge } : shared;

  return {
    contextOf,
    write: (event, seq) => {
      const { type, timestamp } = event;
      const messageId = messageIdOf({ lane, seq });
      const own =
        optional('groupId', event.groupId ?? groupId) +
        optional('event', event.event) +
        optional('properties', event.properties) +
        optional('traits', event.traits);
      const contextJson = event.context ? JSON.stringify(contextOf(event)) : sharedJson;
      const originalTimestamp = toIso(timestamp);
      const corrected = toIso(correct(timestamp, offsets, facts.latest));
      return (
        `{"type":"${type}","messageId":"${messageId}",${identity}${own},"context":${contextJson},` +
        `"originalTimestamp":"${originalTimestamp}","timestamp":"${corrected}",${times},` +
        `"rivulet":{"lane":"${lane}","seq":${seq},"source":${source}}}`
      );
    },
  };
}

/** The moment by the first of the offsets that leads to a possible one; by the client's own clock where none does. */
function correct(timestamp: number, offsets: readonly number[], latest: number): number {
  const isPossible = (offset: number): boolean =>
    isMoment(timestamp + offset) && timestamp + offset <= latest;
  return timestamp + (offsets.find(isPossible) ?? 0);
}

function optional(field: string, value: unknown): string {
  return value === undefined ? '' : `,"${field}":${JSON.stringify(value)}`;
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
