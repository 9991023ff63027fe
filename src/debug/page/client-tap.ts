/** Listens to the page's own client: its account for the queue panel, its receipts for the proof, its times for the journeys. */

import type { Client, ClientStats } from '../../client/types.ts';
import type { LaneAccount } from '../../consumer/types.ts';
import { createJourneyLog, type JourneyLog } from '../detail/journey.ts';
import { outstandingRuns, type StoredRun } from '../ledger/verdict.ts';

export interface ClientTap {
  readonly stats: () => ClientStats | undefined;
  readonly journeys: JourneyLog;
  /** Runs that are stored and were not read yet, as of the last {@link ClientTap.settle}. */
  readonly stored: () => readonly StoredRun[];
  /** Forgets the runs that arrived. */
  readonly settle: (lanes: readonly LaneAccount[]) => void;
  /** Asks for fresh figures, unless the last question is still open. */
  readonly refresh: () => void;
  readonly close: () => void;
}

export interface ClientTapOptions {
  readonly client: Client;
  /** Whether this shard is being read already. */
  readonly isWatched: (shardId: string) => boolean;
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

export function tapClient({ client, isWatched, onChange }: ClientTapOptions): ClientTap {
  const journeys = createJourneyLog();
  let stats: ClientStats | undefined;
  let stored: StoredRun[] = [];
  let asking = false;
  let closed = false;

  const refresh = (): void => {
    if (asking || closed) return;
    asking = true;
    client
      .stats()
      .then((answer) => {
        stats = answer;
        if (!closed) onChange();
      })
      .finally(() => {
        asking = false;
      });
  };
  const stops = [
    journeys.listen(client),
    client.on('receipt', ({ receipt }) => {
      if (receipt.status !== 'stored') return;
      const { lane, first, count, shard, sequence } = receipt;
      stored.push({ lane, first, count, shard, sequence, watched: isWatched(shard) });
    }),
    ...CHANGES.map((name) => client.on(name, refresh)),
  ];
  refresh();

  return {
    stats: () => stats,
    journeys,
    stored: () => stored,
    settle: (lanes) => {
      if (stored.length > 0) stored = outstandingRuns(stored, lanes);
    },
    refresh,
    close: () => {
      closed = true;
      for (const stop of stops) stop();
    },
  };
}
