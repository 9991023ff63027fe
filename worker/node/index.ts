/** The relay in Node: `rivulet/node-relay`. No code. */
export type { LimiterName } from '../runtime.ts';
export type { Rate } from './limiters.ts';
export { createNodeRelay, type NodeRelay, type NodeRelayOptions } from './relay.ts';
export type { Address } from './server.ts';
