import type { LedgerSummary, LedgerTotals, ShardState } from '../types.ts';
import { accountOf, completeTo, type Lane } from './lane.ts';
import type { LedgerState } from './snapshot.ts';

export interface SummaryFacts {
  readonly totals: LedgerTotals;
  readonly state: LedgerState;
  /** With something missing. */
  readonly gapped: readonly Lane[];
  /** The latest arrival of each shard. */
  readonly readTo: ReadonlyMap<string, number>;
  readonly shards: readonly ShardState[] | undefined;
}

/** Gaps that the text names: enough to look one up. */
const MAX_NAMED = 3;

export function summarise(facts: SummaryFacts): LedgerSummary {
  const { totals, shards = [] } = facts;
  const unread = shards.filter(isUnread);
  const completeUpTo = findCompleteUpTo(facts, unread);
  const sentences = [
    describeTime(totals, completeUpTo),
    describeEvents(totals, facts.gapped),
    ...describeShards(shards, unread),
    ...describeLimits(totals, facts.state),
  ];
  return {
    isComplete:
      totals.received > 0 &&
      totals.missing === 0 &&
      unread.length === 0 &&
      shards.every(({ loss }) => loss === undefined),
    completeUpTo,
    missing: totals.missing,
    text: sentences.join(' '),
  };
}

/** What it brings next may be of any time since: another consumer's shards are another ledger's. */
function isUnread({ status, isDrained }: ShardState): boolean {
  if (status === 'elsewhere') return false;
  return !isDrained || (status !== 'live' && status !== 'closed');
}

function findCompleteUpTo(
  { state, gapped, readTo, totals }: SummaryFacts,
  unread: readonly ShardState[],
): number | undefined {
  if (totals.received === 0) return undefined;
  const upTo = Math.min(
    state.latestAt,
    state.forgotten.completeUpTo ?? Number.POSITIVE_INFINITY,
    ...unread
      .filter(({ status }) => status !== 'waiting')
      .map(({ shardId }) => readTo.get(shardId) ?? 0),
    // Not all at once: they may be more than a call takes arguments.
    gapped.reduce((least, lane) => Math.min(least, completeTo(lane)[1]), Number.POSITIVE_INFINITY),
  );
  return upTo > 0 ? upTo : undefined;
}

function describeTime({ received }: LedgerTotals, completeUpTo: number | undefined): string {
  if (received === 0) return 'Nothing has arrived.';
  return completeUpTo === undefined
    ? 'Not complete up to any time that could be named.'
    : `Complete up to ${new Date(completeUpTo).toISOString()}.`;
}

function describeEvents(totals: LedgerTotals, gapped: readonly Lane[]): string {
  const { received, dropped, lanes, missing, incomplete } = totals;
  const arrived = `${count(received, 'event')} of ${count(lanes, 'lane')} arrived, ${dropped} left out on purpose`;
  if (missing === 0) return `${arrived}, none missing.`;
  const gaps = gapped.slice(0, MAX_NAMED).flatMap((lane) => accountOf(lane).gaps);
  const named = gaps
    .slice(0, MAX_NAMED)
    .map(
      ({ lane, first, count }) => `${lane} ${count > 1 ? `${first}–${first + count - 1}` : first}`,
    );
  const more = gaps.length > MAX_NAMED || gapped.length > MAX_NAMED ? ' …' : '';
  const where = named.length > 0 ? `: ${named.join(', ')}${more}` : '';
  return `${arrived}, ${missing} missing of ${count(incomplete, 'lane')}${where}.`;
}

function describeShards(shards: readonly ShardState[], unread: readonly ShardState[]): string[] {
  const elsewhere = shards.filter(({ status }) => status === 'elsewhere').length;
  return [
    ...(unread.length > 0 ? [`${count(unread.length, 'shard')} not read to the end.`] : []),
    ...(elsewhere > 0 ? [`${count(elsewhere, 'shard')} read by another consumer.`] : []),
    ...shards.flatMap(({ shardId, loss }) => (loss ? [`${shardId}: ${loss}.`] : [])),
  ];
}

function describeLimits({ partial, forgotten }: LedgerTotals, state: LedgerState): string[] {
  const lost = state.forgotten.missing;
  return [
    ...(partial > 0 ? [`${count(partial, 'lane')} known from the middle on.`] : []),
    ...(forgotten > 0 ? [`${count(forgotten, 'lane')} forgotten, with ${lost} missing.`] : []),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
