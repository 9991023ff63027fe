import { createLedger } from '../../src/consumer/ledger/ledger.ts';
import type { StreamRecord } from '../../src/protocol/index.ts';
import type { Account } from './account-report.ts';
import { readStats } from './client-page.ts';
import type { World } from './world.ts';

/** The account of the witnessed lanes, by the project's own ledger. */
export async function computeAccount(
  { witness, profile }: Pick<World, 'witness' | 'profile'>,
  events: readonly StreamRecord[],
  isKilled: boolean,
): Promise<Account> {
  const captured = new Map(
    witness.lanes().map((told) => [told.lane, isKilled ? told.logged : told.captured]),
  );
  let queued = 0;
  for (const page of profile.pages()) {
    // One without a client, or one that has crashed, has nothing to say.
    const stats = await readStats(page).catch(() => undefined);
    if (!stats) continue;
    if (stats.captured > 0) captured.set(stats.lane, stats.captured);
    // Each page counts the log that all share, and what only it holds.
    queued = Math.max(queued, stats.queue.events);
  }

  const clients = new Set(
    events.filter(({ rivulet }) => captured.has(rivulet.lane)).map((event) => event.anonymousId),
  );
  const own = events.filter(({ anonymousId }) => clients.has(anonymousId));
  const ledger = createLedger();
  for (const event of own) ledger.add({ ...ARRIVED, event });
  for (const { lane, highest } of ledger.lanes()) {
    const known = captured.get(lane) ?? 0;
    // Only of a page that was killed may more be known to the stream than to the test.
    if (highest > known) {
      if (!isKilled) throw new Error(`account: lane ${lane} ends at ${known}, got ${highest}`);
      captured.set(lane, highest);
    }
  }
  const renumbered = countRenumbered(own);
  if (renumbered > 0)
    throw new Error(`account: expected one id an event, got ${renumbered} with more`);

  const { received: stored, dropped, droppedBy, duplicates, outOfOrder } = ledger.totals();
  const { rejected = 0 } = droppedBy;
  const total = [...captured.values()].reduce((sum, count) => sum + count, 0);
  return {
    lanes: [...captured.values()].filter((count) => count > 0).length,
    captured: total,
    stored,
    rejected,
    declared: dropped - rejected,
    queued,
    lost: total - stored - dropped - queued,
    duplicates,
    disordered: outOfOrder,
  };
}

/** Events that have arrived under more than one id: a duplicate that no consumer can tell. */
function countRenumbered(events: readonly StreamRecord[]): number {
  const ids = new Map<string, string>();
  const renumbered = new Set<string>();
  for (const { properties, messageId } of events) {
    if (properties?.by === undefined) continue;
    const key = `${properties.by} ${properties.n}`;
    if ((ids.get(key) ?? messageId) !== messageId) renumbered.add(key);
    ids.set(key, messageId);
  }
  return renumbered.size;
}

/** The ledger looks at the event alone. */
const ARRIVED = {
  shardId: '',
  sequenceNumber: '',
  subSequenceNumber: 0,
  aggregateCount: undefined,
  undecoded: undefined,
  outOfRange: false,
  kclDrops: false,
  partitionKey: '',
  data: new Uint8Array(),
  arrivedAt: undefined,
  readAt: 0,
} as const;
