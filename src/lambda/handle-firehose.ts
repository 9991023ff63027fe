import type { ConsumedRecord } from '../consumer/types.ts';
import { RivuletError } from '../errors.ts';
import { joinBytes } from '../protocol/bytes.ts';
import { isObject } from '../protocol/parsed.ts';
import { encodeBase64 } from './base64.ts';
import { decodeFirehoseRecord } from './decode-event.ts';
import type {
  FirehoseEvent,
  FirehoseEventRecord,
  FirehoseResponse,
  FirehoseResponseRecord,
} from './types.ts';

/**
 * What becomes of a record: text, to which the end of its line is added where it has none, as Firehose puts records next to
 * each other; bytes as they are; `undefined` where it is left out.
 */
export type FirehoseOutput = string | Uint8Array | undefined;

export interface PartitionedOutput {
  readonly data: FirehoseOutput;
  /** For dynamic partitioning. */
  readonly partitionKeys: Readonly<Record<string, string>>;
}

export type FirehoseTransform = (
  record: ConsumedRecord,
) => FirehoseOutput | PartitionedOutput | Promise<FirehoseOutput | PartitionedOutput>;

export interface FirehoseHandlerOptions {
  /** Hears why a record is `ProcessingFailed`, which Firehose keeps beside the others. @default the function's log */
  readonly onFailure?: (recordId: string, error: unknown) => void;
}

export type FirehoseFunction = (event: FirehoseEvent) => Promise<FirehoseResponse>;

/** Of the 6 MB that a function may answer with: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** What an answer holds of a record beside its data. */
const FRAME_BYTES = 256;

/**
 * Makes a function for the transformation of Amazon Data Firehose: one record out for each record in, in their order. What
 * the transformation throws for, or what the answer has no room for, is `ProcessingFailed`: Firehose keeps it, as it came,
 * below the error prefix. A record that holds an aggregate goes out as the lines of its records.
 *
 * @example
 * export const handler = handleFirehose(({ event }) => event && JSON.stringify(event));
 */
export function handleFirehose(
  transform: FirehoseTransform,
  { onFailure = logFailure }: FirehoseHandlerOptions = {},
): FirehoseFunction {
  if (typeof transform !== 'function') {
    throw new RivuletError('invalid_option', `transform: expected a function, got ${transform}`);
  }

  async function transformed(record: FirehoseEventRecord): Promise<FirehoseResponseRecord> {
    const parts: (string | Uint8Array)[] = [];
    let keys: Readonly<Record<string, string>> | undefined;
    for (const part of decodeFirehoseRecord(record)) {
      const answer = await transform(part);
      const { data, partitionKeys } = isPartitioned(answer)
        ? answer
        : { data: answer, partitionKeys: undefined };
      if (data === undefined) continue;
      if (parts.length > 0 && JSON.stringify(keys) !== JSON.stringify(partitionKeys)) {
        throw new RivuletError(
          'invalid_option',
          `partitionKeys: expected the same for all of an aggregate, got ${JSON.stringify([keys, partitionKeys])}`,
        );
      }
      keys = partitionKeys;
      parts.push(typeof data === 'string' ? withLineEnd(data) : data);
    }
    const { recordId } = record;
    if (parts.length === 0) return { recordId, result: 'Dropped' };
    const data = encodeBase64(joinBytes(...parts));
    return { recordId, result: 'Ok', data, ...(keys && { metadata: { partitionKeys: keys } }) };
  }

  return async (event) => {
    if (!isObject(event) || !Array.isArray(event.records)) {
      throw new RivuletError('invalid_option', `event: expected Firehose's, got ${typeof event}`);
    }
    const records: FirehoseResponseRecord[] = [];
    let bytes = 0;
    for (const record of event.records as FirehoseEvent['records']) {
      try {
        const answer = await transformed(record);
        const added = FRAME_BYTES + JSON.stringify(answer).length;
        if (bytes + added > MAX_RESPONSE_BYTES) throw tooLarge();
        bytes += added;
        records.push(answer);
      } catch (error) {
        // Without data, as AWS's own blueprints answer: Firehose has what came.
        onFailure(record.recordId, error);
        bytes += FRAME_BYTES;
        records.push({ recordId: record.recordId, result: 'ProcessingFailed' });
      }
    }
    return { records };
  };
}

function isPartitioned(answer: FirehoseOutput | PartitionedOutput): answer is PartitionedOutput {
  return isObject(answer) && 'partitionKeys' in answer;
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function tooLarge(): RivuletError {
  return new RivuletError(
    'invalid_option',
    `answer: expected at most ${MAX_RESPONSE_BYTES} bytes, got more: a smaller buffer of the transformation helps`,
  );
}

function logFailure(recordId: string, error: unknown): void {
  console.error(`rivulet: record ${recordId}: kept as it came, below the error prefix:`, error);
}
