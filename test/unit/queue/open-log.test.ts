import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import type { RivuletError } from '../../../src/errors.ts';
import { openLog } from '../../../src/queue/open-log.ts';
import type { SegmentLog } from '../../../src/queue/types.ts';
import { eventsOf, segmentOf, testSegmentLog } from '../../conformance/segment-log.ts';

let databases = 0;
const onMemory = vi.fn<(error: RivuletError) => void>();
const open = (factory: IDBFactory | undefined): SegmentLog => {
  onMemory.mockClear();
  return openLog({ indexedDB: factory, databaseName: `open-${++databases}`, onMemory });
};
const refusing = {
  open: () => {
    throw new DOMException('storage is blocked', 'SecurityError');
  },
} as unknown as IDBFactory;

testSegmentLog('the best there is', () => open(indexedDB));
testSegmentLog('the best there is, where storage is refused', () => open(refusing));

describe('openLog', () => {
  it('uses the database where there is one', async () => {
    const log = open(indexedDB);

    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    expect(log.kind).toBe('indexeddb');
    expect(onMemory).not.toHaveBeenCalled();
    log.close();
  });

  it.each([
    ['there is no database', undefined],
    ['the user refuses storage', refusing],
  ])('moves to memory with all that waited, in order, when %s', async (_, factory) => {
    const log = open(factory);

    const appended = [1, 2, 3].map((first) => log.append([segmentOf('lane-aaaa', first, 1)]));
    await Promise.all(appended);

    expect(log.kind).toBe('memory');
    expect(await eventsOf(log)).toEqual(['lane-aaaa.1', 'lane-aaaa.2', 'lane-aaaa.3']);
  });

  it('tells once, and why, that it lives in memory', async () => {
    const log = open(refusing);

    await Promise.all([log.stats(), log.getValue('session'), log.stats()]);
    await log.append([segmentOf('lane-aaaa', 1, 1)]);

    expect(onMemory).toHaveBeenCalledTimes(1);
    expect(onMemory.mock.calls[0]?.[0]).toMatchObject({
      code: 'storage_unavailable',
      cause: { name: 'SecurityError' },
    });
  });
});
