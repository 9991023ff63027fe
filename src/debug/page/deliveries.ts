/** What leaves this page and what came of it, as the client's events tell it. */

import type { Client, ClientEvents, Pause, PauseReason } from '../../client/types.ts';
import type { LaneRange } from '../../protocol/event.ts';
import type { Receipt } from '../../protocol/receipt.ts';

export type Sending = ClientEvents['sending'];

/** The relay's word on one run. */
export interface Delivery {
  readonly receipt: Receipt;
  readonly at: number;
  /** Since the request that carried it left; absent where that was before anybody listened. */
  readonly tookMs: number | undefined;
  readonly attempt: number | undefined;
}

/** A time in which something stood in the way of sending. */
export interface Outage {
  /** The first of them; but `offline` explains the others. */
  readonly reason: PauseReason;
  readonly since: number;
  /** When the client began to try again; it may have failed again since. */
  readonly triedAt: number | undefined;
  /** When the relay took events again. */
  readonly endedAt: number | undefined;
}

/** A run that the log was given, and nobody has settled. */
export interface WaitingRun extends LaneRange {
  readonly at: number;
}

export interface Deliveries {
  readonly listen: (client: Client) => () => void;
  /** The request under way. */
  readonly sending: () => Sending | undefined;
  /** How often the head of the queue was sent without an answer that counts. */
  readonly failedTries: () => number;
  /** The last ones, newest first. */
  readonly receipts: () => readonly Delivery[];
  /** The one that holds, or the last one. */
  readonly outage: () => Outage | undefined;
  /** Of this tab, since somebody listens. */
  readonly waiting: () => readonly WaitingRun[];
}

const MAX_RECEIPTS = 50;
/** More are a queue that nobody reads run by run. */
const MAX_WAITING = 1_000;

/** What is nobody's decision. */
const BREAKS: ReadonlySet<PauseReason> = new Set([
  'offline',
  'unreachable',
  'backoff',
  'refused',
  'storage',
]);

export function createDeliveries(now: () => number): Deliveries {
  let receipts: readonly Delivery[] = [];
  let waiting: readonly WaitingRun[] = [];
  let last: Sending | undefined;
  let isUnderWay = false;
  let tries = 0;
  let outage: Outage | undefined;

  const settle = (range: LaneRange): void => {
    waiting = waiting.flatMap((run) => without(run, range));
  };
  const hearReceipt = ({ receipt, at }: ClientEvents['receipt']): void => {
    const sent = last?.ranges.some((range) => overlaps(range, receipt)) ? last : undefined;
    const delivery = { receipt, at, tookMs: sent && at - sent.at, attempt: sent?.attempt };
    receipts = [delivery, ...receipts].slice(0, MAX_RECEIPTS);
    isUnderWay = false;
    tries = 0;
    if (receipt.status === 'retry') return;
    settle(receipt);
    // An answer that was on its way when the network went tells nothing of its return.
    if (outage?.triedAt !== undefined) outage = { ...outage, endedAt: outage.endedAt ?? at };
  };
  const hearPause = ({ reason }: Pause): void => {
    isUnderWay = false;
    // What somebody decided on ends it: nobody knows how it would have gone on.
    if (!BREAKS.has(reason)) {
      outage = undefined;
      tries = 0;
    } else if (outage && outage.endedAt === undefined) {
      outage = { ...outage, triedAt: undefined, ...(reason === 'offline' ? { reason } : {}) };
    } else outage = { reason, since: now(), triedAt: undefined, endedAt: undefined };
  };

  return {
    listen: (client) => {
      const stops = [
        client.on('logged', (range) => {
          waiting = [...waiting.slice(1 - MAX_WAITING), range];
        }),
        client.on('sending', (request) => {
          last = request;
          isUnderWay = true;
          tries = request.attempt;
        }),
        client.on('receipt', hearReceipt),
        client.on('dropped', settle),
        client.on('paused', hearPause),
        client.on('resumed', ({ at }) => {
          if (outage) outage = { ...outage, triedAt: at };
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    sending: () => (isUnderWay ? last : undefined),
    failedTries: () => (isUnderWay ? tries - 1 : tries),
    receipts: () => receipts,
    outage: () => outage,
    waiting: () => waiting,
  };
}

/** Whether two runs have an event in common. */
export function overlaps(a: LaneRange, b: LaneRange): boolean {
  return a.lane === b.lane && a.first < b.first + b.count && b.first < a.first + a.count;
}

/** What is left of a run when another is taken out of it: nothing, itself, or what stands on either side. */
function without(run: WaitingRun, taken: LaneRange): readonly WaitingRun[] {
  if (!overlaps(run, taken)) return [run];
  const end = run.first + run.count;
  const takenEnd = taken.first + taken.count;
  const sides = [
    { ...run, count: taken.first - run.first },
    { ...run, first: takenEnd, count: end - takenEnd },
  ];
  return sides.filter(({ count }) => count > 0);
}
