/**
 * Sequence numbers as the service's look: 56 digits of a 186-bit number that holds when the shard was made, a counter,
 * the second of the record and the shard's index. Not a contract of the service; only the order is.
 */

const CLOSED = 0x7fff_ffff_ffff_ffffn;

export function sequenceNumber(
  shard: { readonly index: number; readonly createdAt: number },
  counter: bigint,
  at: number,
): string {
  const hex = [
    '2',
    digits(Math.floor(shard.createdAt / 1000), 9),
    digits(shard.index % 16, 1),
    digits(counter, 16),
    '00',
    digits(Math.floor(at / 1000), 9),
    digits(shard.index, 8),
    '2',
  ].join('');
  return BigInt(`0x${hex}`).toString();
}

/** Greater than every number that the shard gave. */
export function endingSequenceNumber(
  shard: { readonly index: number; readonly createdAt: number },
  at: number,
): string {
  return sequenceNumber(shard, CLOSED, at);
}

function digits(value: number | bigint, length: number): string {
  return value.toString(16).padStart(length, '0');
}
