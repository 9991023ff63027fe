/** Entry `rivulet/protocol`: what client, relay and consumer agree on. No code. */
export * from './aggregate.ts';
export * from './base64url.ts';
export * from './batch.ts';
export * from './drop.ts';
export * from './erase.ts';
export * from './event.ts';
export * from './histogram.ts';
export * from './hmac.ts';
export * from './limits.ts';
export * from './parsed.ts';
export * from './partition-key.ts';
export * from './receipt.ts';
export * from './session.ts';
export * from './token.ts';
