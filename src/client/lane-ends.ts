import type { SenderFacts } from '../protocol/batch.ts';
import type { Receipt } from '../protocol/receipt.ts';

/** Lanes that are remembered, at most: the others are of pages that have gone. */
const MAX_LANES = 9;

/** For sources with strict order: where lanes ended on the stream, as a batch says it and as it is kept with the queue. */
export type LaneEnds = NonNullable<SenderFacts['after']>;

export function endsAfter(receipts: readonly Receipt[], ends: LaneEnds): LaneEnds {
  const stored = receipts.flatMap((receipt) =>
    receipt.status === 'stored' ? [[receipt.lane, receipt.sequence] as const] : [],
  );
  return Object.fromEntries([...Object.entries(ends), ...stored].slice(-MAX_LANES));
}
