/** An answer of the service that refuses a call. */
export class KinesisError extends Error {
  override readonly name = 'KinesisError';
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export function invalid(message: string): KinesisError {
  return new KinesisError('InvalidArgumentException', message);
}

/** The model's constraints, in the words of the service. */
export function validation(value: unknown, field: string, constraint: string): KinesisError {
  return new KinesisError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** Codes that an entry of PutRecords can fail with, and the service's text for each. */
export type EntryErrorCode = 'ProvisionedThroughputExceededException' | 'InternalFailure';

export function entryErrorText(
  code: EntryErrorCode,
  at: { readonly shardId: string; readonly stream: string; readonly account: string },
): string {
  return code === 'InternalFailure'
    ? 'Internal Service Failure'
    : `Rate exceeded for shard ${at.shardId} in stream ${at.stream} under account ${at.account}.`;
}
