import type { RefusalCode } from './protocol/receipt.ts';

/** Every code that an error of this library carries. */
export type ErrorCode =
  | RefusalCode
  /** An option, an argument or a setting is not what was expected. The only kind that is thrown at a caller. */
  | 'invalid_option'
  /** The browser refuses a durable queue: events are kept in memory. */
  | 'storage_unavailable'
  /** The log could not take a write for now. */
  | 'storage_failed'
  /** A record of the log cannot be read: it is passed over, and declared where it tells its place. */
  | 'storage_corrupt'
  /** No answer came: offline, blocked, or the relay is out of reach. */
  | 'network'
  /** An answer came that is not the relay's, such as a captive portal's page. */
  | 'answer_invalid'
  /** A source of captured events failed; the others go on. */
  | 'capture_failed'
  /** A middleware of the application threw, or did not hand on in time: its event went on as it was. */
  | 'middleware_failed'
  /** A listener of ours, written by the application, threw. */
  | 'listener_failed'
  /** What handles the records of a run did not answer in time. */
  | 'handler_failed'
  /** The store of checkpoints could not be read or written: what was not written comes again after a crash. */
  | 'checkpoint_failed'
  /** An erasure was not carried out, or could not be written down. It is tried again. */
  | 'erasure_failed'
  /** A read of the stream failed. */
  | 'read_failed';

/** The one error of the library. `message` is "what: expected A, got B"; `code` is what a program looks at. */
export class RivuletError extends Error {
  override readonly name = 'RivuletError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Compares the name, because a page may hold two copies of the library, or an error of another realm. */
export function isRivuletError(value: unknown): value is RivuletError {
  return value instanceof Error && value.name === 'RivuletError';
}

/** Throws `invalid_option` unless it holds. */
export function expectOption(
  option: string,
  holds: unknown,
  expected: string,
  got: unknown,
): asserts holds {
  if (!holds)
    throw new RivuletError('invalid_option', `${option}: expected ${expected}, got ${got}`);
}
