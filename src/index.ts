/** Entry `rivulet`. No code. */

export type { CaptureHost, CaptureSource } from './capture/types.ts';
export { createClient } from './client/client.ts';
export type * from './client/types.ts';
export { type ErrorCode, isRivuletError, RivuletError } from './errors.ts';
export type {
  DropReason,
  ErasureSubject,
  EventType,
  LaneRange,
  Position,
  Properties,
} from './protocol/event.ts';
export type { Receipt, RejectionCode } from './protocol/receipt.ts';
export type { SessionAnswer } from './protocol/session.ts';
export type { LogStats } from './queue/types.ts';
export type { Runtime } from './runtime.ts';
