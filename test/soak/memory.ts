import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { commandOf, descendantsOf } from '../helpers/processes.ts';
import { inTime } from './in-time.ts';

/** Bytes of JavaScript objects that each page holds, after a garbage collection. */
export async function readHeaps(pages: readonly Page[]): Promise<number[]> {
  const heaps = await Promise.all(pages.map((page) => inTime(readHeap(page))));
  return heaps.filter((bytes) => bytes !== undefined);
}

async function readHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Resident bytes of workerd, which runs the relay; 0 where the system does not tell. */
export function readRelayBytes(): number {
  try {
    const pids = descendantsOf(process.pid).filter((pid) => commandOf(pid).includes('workerd'));
    const sizes = pids.map((pid) =>
      /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')),
    );
    return sizes.reduce((sum, match) => sum + Number(match?.[1] ?? 0) * 1024, 0);
  } catch {
    // A process that has just ended, or a system without /proc.
    return 0;
  }
}
