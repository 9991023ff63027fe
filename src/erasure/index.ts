/** Entry `rivulet/erasure`: carries out what `erase` events ask for, and can prove it. No code. */
export { hashSubject } from './audit-line.ts';
export { createErasureHandler } from './erasure-handler.ts';
export { createMemoryAuditLog, createMemoryErasureStore } from './memory.ts';
export type * from './types.ts';
export { type AuditReport, type VerifyOptions, verifyAuditLog } from './verify-audit-log.ts';
