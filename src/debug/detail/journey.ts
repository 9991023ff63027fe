/** The way of one event, as far as anybody told us: the client's events for this page's own, the record's times for all. */

import type { Client } from '../../client/types.ts';
import type { ConsumedRecord } from '../../consumer/types.ts';
import { type LaneRange, messageIdOf } from '../../protocol/event.ts';

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
  readonly at: number;
  /** Since the stop before. */
  readonly tookMs: number;
  /** Told by another clock than ours, so its distance to the others is a guess. */
  readonly approximate: boolean;
  readonly note?: string;
}

/** What the page's own client said about its events, for the latest of them. */
export interface JourneyLog {
  readonly listen: (client: Client) => () => void;
  readonly of: (lane: string, seq: number) => OwnTimes | undefined;
}

interface OwnTimes {
  readonly capturedAt: number;
  readonly loggedAt?: number | undefined;
  readonly sentAt?: number | undefined;
  readonly attempt?: number | undefined;
  readonly receiptAt?: number | undefined;
}

/** Events and runs remembered: what is older has left the table too, at a page's usual pace. */
const MAX_REMEMBERED = 5_000;

export function createJourneyLog(): JourneyLog {
  const captured = new Map<string, number>();
  const logged: (LaneRange & { readonly at: number })[] = [];
  const sent: (LaneRange & { readonly at: number; readonly attempt: number })[] = [];
  const receipts: (LaneRange & { readonly at: number })[] = [];

  return {
    listen: (client) => {
      const stops = [
        client.on('captured', (position) => {
          captured.set(messageIdOf(position), position.at);
          if (captured.size <= MAX_REMEMBERED) return;
          const [oldest] = captured.keys();
          if (oldest !== undefined) captured.delete(oldest);
        }),
        client.on('logged', (range) => remember(logged, range)),
        client.on('sending', ({ ranges, at, attempt }) => {
          for (const range of ranges) remember(sent, { ...range, at, attempt });
        }),
        client.on('receipt', ({ receipt, at }) => {
          const { lane, first, count } = receipt;
          if (receipt.status === 'stored') remember(receipts, { lane, first, count, at });
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    of: (lane, seq) => {
      const capturedAt = captured.get(messageIdOf({ lane, seq }));
      if (capturedAt === undefined) return undefined;
      const covers = (range: LaneRange): boolean =>
        range.lane === lane && seq >= range.first && seq < range.first + range.count;
      const send = sent.findLast(covers);
      return {
        capturedAt,
        loggedAt: logged.find(covers)?.at,
        sentAt: send?.at,
        attempt: send?.attempt,
        receiptAt: receipts.find(covers)?.at,
      };
    },
  };
}

/** The stops that are known, in the order in which they are passed. */
export function legsOf(
  record: Pick<ConsumedRecord, 'event' | 'arrivedAt' | 'readAt'>,
  own: OwnTimes | undefined,
  shownAt: number | undefined,
): readonly Leg[] {
  const { event } = record;
  const foreign = own === undefined;
  const stops: { station: Station; at: number | undefined; approximate: boolean; note?: string }[] =
    [
      {
        station: 'captured',
        at: own?.capturedAt ?? parseTime(event?.timestamp),
        approximate: foreign,
      },
      { station: 'logged', at: own?.loggedAt, approximate: false },
      {
        station: 'sent',
        at: own ? own.sentAt : parseTime(event?.sentAt),
        approximate: foreign,
        ...(own?.attempt !== undefined && own.attempt > 1 ? { note: `try ${own.attempt}` } : {}),
      },
      {
        station: 'relay',
        at: parseTime(event?.receivedAt),
        approximate: true,
        note: 'relay’s clock',
      },
      { station: 'arrived', at: record.arrivedAt, approximate: true, note: 'stream’s clock' },
      { station: 'receipt', at: own?.receiptAt, approximate: false },
      { station: 'read', at: record.readAt, approximate: false },
      { station: 'shown', at: shownAt, approximate: false },
    ];
  const legs: Leg[] = [];
  for (const { at, ...stop } of stops) {
    if (at === undefined) continue;
    legs.push({ ...stop, at, tookMs: at - (legs.at(-1)?.at ?? at) });
  }
  return legs;
}

function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MAX_REMEMBERED) list.shift();
}

function parseTime(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}
