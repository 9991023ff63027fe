// @vitest-environment node
import { createMemoryAuditLog, createMemoryErasureStore } from '../../../src/erasure/memory.ts';
import { testAuditLog, testErasureStore } from '../../conformance/erasure-store.ts';

testErasureStore('in memory', () => {
  const store = createMemoryErasureStore();
  return { store, reopen: () => store };
});

testAuditLog('in memory', () => {
  const log = createMemoryAuditLog();
  return { log, reopen: () => log };
});
