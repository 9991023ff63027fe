import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import type { Runtime } from '../runtime.ts';
import { decodeRecord, type ReadFrom } from './decode.ts';
import type { Pause } from './pause.ts';
import { comparePositions } from './position.ts';
import type { ConsumedRecord, Position } from './types.ts';

/** Decoding lets the page breathe after this long. */
const SLICE_MS = 8;

/** The application's records in Kinesis records, without those up to the position. */
export async function unpack(
  records: readonly KinesisRecord[],
  after: Position | undefined,
  from: ReadFrom,
  { runtime, pause }: { readonly runtime: Pick<Runtime, 'monotonic'>; readonly pause: Pause },
): Promise<ConsumedRecord[]> {
  const unpacked: ConsumedRecord[] = [];
  let sliceAt = runtime.monotonic();
  for (const record of records) {
    for (const part of decodeRecord(record, from)) {
      // They come in their order: what lies before the position lies in front.
      const isDone = after && unpacked.length === 0 && comparePositions(part, after) <= 0;
      if (!isDone) unpacked.push(part);
    }
    if (runtime.monotonic() - sliceAt > SLICE_MS) {
      await pause(0);
      sliceAt = runtime.monotonic();
    }
  }
  return unpacked;
}
