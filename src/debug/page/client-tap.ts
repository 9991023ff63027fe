/** Listens to the page's own client: its account for the queue panel, its receipts for the proof, its times for the journeys. */

import type { Client, ClientStats } from '../../client/types.ts';
import type { LaneAccount } from '../../consumer/types.ts';
import { createJourneyLog, type JourneyLog } from '../detail/journey.ts';
import { createPromises, type StoredRun } from '../ledger/promises.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';

export interface ClientTap {
  readonly stats: () => ClientStats | undefined;
  readonly journeys: JourneyLog;
  readonly deliveries: Deliveries;
  /** Runs that are stored and were not read yet, as of the last {@link ClientTap.settle}. */
  readonly stored: () => readonly StoredRun[];
  /** Forgets the runs that arrived. */
  readonly settle: (laneOf: (lane: string) => LaneAccount | undefined) => void;
  /** Asks for fresh figures: at once, or when the last question has its answer. */
  readonly refresh: () => void;
  readonly close: () => void;
}

export interface ClientTapOptions {
  readonly client: Client;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onChange: () => void;
}

/** What changes the account. `captured` does too, and is followed by `logged`. */
const CHANGES = [
  'logged',
  'receipt',
  'rejected',
  'dropped',
  'paused',
  'resumed',
  'storage',
  'consent',
  'leader',
] as const;

export function tapClient({ client, now, onChange }: ClientTapOptions): ClientTap {
  const journeys = createJourneyLog();
  const deliveries = createDeliveries(now);
  let stats: ClientStats | undefined;
  const promises = createPromises();
  let asking = false;
  let isStale = false;
  let closed = false;

  const refresh = async (): Promise<void> => {
    isStale = true;
    if (asking) return;
    asking = true;
    // What happens while the client counts is in the next answer.
    while (isStale && !closed) {
      isStale = false;
      const answer = await client.stats().catch(() => stats);
      if (closed) return;
      stats = answer;
      onChange();
    }
    asking = false;
  };
  const stops = [
    journeys.listen(client),
    deliveries.listen(client),
    client.on('receipt', ({ receipt, at }) => {
      if (receipt.status !== 'stored') return;
      const { lane, first, count, shard, sequence } = receipt;
      promises.add({ lane, first, count, shard, sequence, at });
    }),
    ...CHANGES.map((name) => client.on(name, refresh)),
    client.on('sending', onChange),
  ];
  refresh();

  return {
    stats: () => stats,
    journeys,
    deliveries,
    stored: promises.runs,
    settle: promises.settle,
    refresh,
    close: () => {
      closed = true;
      for (const stop of stops) stop();
    },
  };
}
