import type { Client } from '../../client/types.ts';
import { type LaneRange, messageIdOf } from '../../protocol/event.ts';

/** What the page's own client said about its events, for the latest of them. */
export interface JourneyLog {
  readonly listen: (client: Client) => () => void;
  readonly of: (lane: string, seq: number) => OwnTimes | undefined;
}

/** When the client did what, on this page's clock. */
export interface OwnTimes {
  readonly capturedAt: number;
  readonly loggedAt?: number | undefined;
  /** Of the last try. */
  readonly sentAt?: number | undefined;
  readonly attempt?: number | undefined;
  readonly receipt?:
    | { readonly at: number; readonly shard: string; readonly sequence: string }
    | undefined;
}

/** Events and runs remembered: what is older has left the table too, at a page's usual pace. */
const MAX_REMEMBERED = 5_000;

export function createJourneyLog(): JourneyLog {
  const captured = new Map<string, number>();
  const logged: (LaneRange & { readonly at: number })[] = [];
  const sent: (LaneRange & { readonly at: number; readonly attempt: number })[] = [];
  const receipts: (LaneRange & NonNullable<OwnTimes['receipt']>)[] = [];

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
          if (receipt.status === 'stored') remember(receipts, { ...receipt, at });
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
        receipt: receipts.find(covers),
      };
    },
  };
}

function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MAX_REMEMBERED) list.shift();
}
