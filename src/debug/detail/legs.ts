/** The way of one event, as far as anybody told us: the client's events for this page's own, the record's times for all. */

import type { ConsumedRecord } from '../../consumer/types.ts';
import { formatDuration, formatShard } from '../format.ts';
import type { OwnTimes } from './journey.ts';

export type Station =
  | 'captured'
  | 'logged'
  | 'sent'
  | 'relay'
  | 'receipt'
  | 'arrived'
  | 'read'
  | 'shown';

export interface Leg {
  readonly station: Station;
  /** On this page's clock, as far as its distance to the others is known. */
  readonly at: number;
  /** Since the stop before. */
  readonly tookMs: number;
  /** Told by another clock than ours, so its distance to the others is a guess. */
  readonly approximate: boolean;
  readonly note?: string | undefined;
}

/**
 * The stops that are known, in the order in which they are passed.
 *
 * @param clockOffsetMs what the page's client adds to this clock to get the relay's, where it knows
 */
export function legsOf(
  record: Pick<ConsumedRecord, 'event' | 'arrivedAt' | 'readAt'>,
  own: OwnTimes | undefined,
  shownAt: number | undefined,
  clockOffsetMs?: number,
): readonly Leg[] {
  const { event } = record;
  const legs: Leg[] = [];
  const stop = (station: Station, at: number | undefined, note?: string): void => {
    if (at !== undefined) add({ station, at, approximate: false, note });
  };
  /** Told by the relay's clock, or by the stream's, which AWS keeps as close. */
  const foreignStop = (station: Station, at: number | undefined, note?: string): void => {
    if (at !== undefined) add({ station, at: at - (clockOffsetMs ?? 0), approximate: true, note });
  };
  const add = (leg: Omit<Leg, 'tookMs'>): void => {
    legs.push({ ...leg, tookMs: leg.at - (legs.at(-1)?.at ?? leg.at) });
  };
  if (own) {
    stop('captured', own.capturedAt);
    stop('logged', own.loggedAt);
    stop('sent', own.sentAt, own.attempt && own.attempt > 1 ? `try ${own.attempt}` : undefined);
  } else {
    foreignStop('captured', parseTime(event?.timestamp));
    foreignStop('sent', parseTime(event?.sentAt));
  }
  const shift = clockOffsetMs ? ` ≈ offset ${formatDuration(clockOffsetMs)}` : '';
  foreignStop('relay', parseTime(event?.receivedAt), `relay’s clock${shift}`);
  foreignStop('arrived', record.arrivedAt);
  if (own?.receipt) {
    const { at, shard, sequence } = own.receipt;
    stop('receipt', at, `shard ${formatShard(shard)} · …${sequence.slice(-6)}`);
  }
  stop('read', record.readAt);
  stop('shown', shownAt);
  return legs;
}

/** The stops of an event that was not read, as far as its client tells them. */
export function ownLegsOf(own: OwnTimes): readonly Leg[] {
  const unread = { event: undefined, arrivedAt: undefined, readAt: Number.NaN };
  return legsOf(unread, own, undefined).filter(({ station }) => station !== 'read');
}

function parseTime(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}
