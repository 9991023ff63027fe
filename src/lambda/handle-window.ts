import type { ConsumedRecord } from '../consumer/types.ts';
import { decodeKinesisEvent } from './decode-event.ts';
import type { KinesisWindowEvent, KinesisWindowResponse } from './types.ts';

/** A tumbling window of one shard. */
export interface LambdaWindow {
  readonly shardId: string;
  /** Milliseconds since 1970, by the times of arrival. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** Its state outgrew what Lambda carries, 1 MB: the window goes on, and ends once more. */
  readonly isTerminatedEarly: boolean;
}

export interface WindowHandler<State> {
  /** The state of a window of which nothing has come. */
  readonly start: () => State;
  /** The state with one record more. Plain JSON: Lambda carries it from call to call. */
  readonly add: (state: State, record: ConsumedRecord) => State;
  /** What a window has come to. When it rejects, Lambda calls again. */
  readonly end: (state: State, window: LambdaWindow) => unknown;
}

/** A function for AWS Lambda with a tumbling window. */
export type WindowFunction<State> = (
  event: KinesisWindowEvent,
) => Promise<KinesisWindowResponse<State>>;

/**
 * Makes a function for AWS Lambda with a tumbling window. A failure is thrown: Lambda brings the batch again, with the state
 * from before it, so that nothing counts twice or not at all in what it carries.
 */
export function handleWindow<State>({
  start,
  add,
  end,
}: WindowHandler<State>): WindowFunction<State> {
  return async (event) => {
    let state = isEmpty(event.state) ? start() : (event.state as State);
    const records = decodeKinesisEvent(event);
    for (const record of records) state = add(state, record);
    const isTerminatedEarly = event.isWindowTerminatedEarly === true;
    if (event.isFinalInvokeForWindow === true || isTerminatedEarly) {
      await end(state, {
        shardId: event.shardId ?? records[0]?.shardId ?? '',
        startsAt: Date.parse(event.window.start),
        endsAt: Date.parse(event.window.end),
        isTerminatedEarly,
      });
    }
    return { state, batchItemFailures: [] };
  };
}

/** Lambda begins a window with `{}`. */
function isEmpty(state: unknown): boolean {
  return typeof state !== 'object' || state === null || Object.keys(state).length === 0;
}
