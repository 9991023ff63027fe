import type { LaneRange, Position } from '../../src/protocol/event.ts';
import type { Receipt } from '../../src/protocol/receipt.ts';

type Without<T, Field extends PropertyKey> = T extends unknown ? Omit<T, Field> : never;

/** What a receipt says, without the events it says it of. */
export type Verdict = Without<Receipt, keyof LaneRange>;

/** One receipt for every run of neighbours with the same verdict. Covers each event exactly once. */
export function writeReceipts(
  events: readonly Position[],
  verdictOf: (index: number) => Verdict,
): Receipt[] {
  const receipts: { range: { lane: string; first: number; count: number }; verdict: Verdict }[] =
    [];
  events.forEach(({ lane, seq }, index) => {
    const verdict = verdictOf(index);
    const last = receipts.at(-1);
    const { range } = last ?? {};
    const follows = range?.lane === lane && range.first + range.count === seq;
    if (range && last && follows && isSame(last.verdict, verdict)) range.count++;
    else receipts.push({ range: { lane, first: seq, count: 1 }, verdict });
  });
  return receipts.map(({ range, verdict }) => ({ ...range, ...verdict }));
}

function isSame(one: Verdict, other: Verdict): boolean {
  if (one === other) return true;
  switch (one.status) {
    case 'stored':
      return (
        other.status === 'stored' && one.sequence === other.sequence && one.shard === other.shard
      );
    case 'retry':
      return other.status === 'retry' && one.after === other.after && one.unknown === other.unknown;
    case 'rejected':
      return other.status === 'rejected' && one.code === other.code && one.reason === other.reason;
  }
}
