import type { Ledger, ShardState } from '../../consumer/types.ts';
import { formatShard } from '../format.ts';
import type { Reach } from './reach.ts';
import type { Verdict } from './verdict.ts';

export interface ProofFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly stream: string;
  readonly fromBeginning: boolean;
  readonly verdict: Verdict;
  readonly ledger: Pick<Ledger, 'summary'>;
  readonly shards: readonly ShardState[];
  readonly reachOf: (shardId: string) => Reach | undefined;
}

const WORDS: Record<Verdict['tone'], string> = {
  none: 'nothing to prove',
  proven: 'proven',
  pending: 'not proven yet',
  lost: 'loss proven',
};

/** For a report: when, which stream, how many, and up to where each shard was read. */
export function proofText(facts: ProofFacts): string {
  const { verdict, shards, reachOf } = facts;
  const at = new Date(facts.now).toISOString();
  const from = facts.fromBeginning ? 'from its beginning' : 'from the middle';
  const read = shards
    .flatMap(({ shardId, lastSequenceNumber }) => {
      const to = reachOf(shardId)?.to ?? lastSequenceNumber;
      return to === undefined ? [] : [`shard ${formatShard(shardId)} to ${to}`];
    })
    .join(', ');
  return `${at}, stream ${facts.stream}: ${verdict.text} (${WORDS[verdict.tone]}), read ${from}${read && `, ${read}`}. ${facts.ledger.summary(shards).text}`;
}
