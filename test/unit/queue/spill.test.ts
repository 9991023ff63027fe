import { describe, expect, it } from 'vitest';
import { createSpill, type Spill } from '../../../src/queue/spill.ts';
import type { Segment } from '../../../src/queue/types.ts';
import { segmentOf } from '../../conformance/segment-log.ts';
import { createMemoryStorage } from '../../helpers/test-client.ts';

const KiB = 1024;

/** Takes up what was left, and answers for the write. */
async function takeUp(spill: Spill, isWritten = true): Promise<Segment[]> {
  const taken: Segment[] = [];
  const writes: Promise<void>[] = [];
  spill.takeUp((segments) => {
    taken.push(...segments);
    const write = isWritten ? Promise.resolve() : Promise.reject(new Error('full'));
    writes.push(write);
    return write;
  });
  await Promise.allSettled(writes);
  return taken;
}

describe('the spill', () => {
  it('gives the next page what the last one left, to the byte', async () => {
    const storage = createMemoryStorage();
    const segments = [
      { ...segmentOf('lane-aaaa', 1, 2), body: new TextEncoder().encode('{"a":"Käse ✓ 😀"}\n{}') },
      segmentOf('lane-aaaa', 3, 1),
    ];
    createSpill(storage, 'rivulet').leave(segments);

    expect(await takeUp(createSpill(storage, 'rivulet'))).toEqual(segments);
  });

  it('forgets what has been written', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 2)]);

    await takeUp(createSpill(storage, 'rivulet'));

    expect(storage.length).toBe(0);
  });

  it('keeps what could not be written', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 2)]);

    await takeUp(createSpill(storage, 'rivulet'), false);

    expect(await takeUp(createSpill(storage, 'rivulet'))).toHaveLength(1);
  });

  it('replaces what the same page left before', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([segmentOf('lane-aaaa', 1, 2)]);

    spill.leave([segmentOf('lane-aaaa', 3, 1)]);

    expect(await takeUp(createSpill(storage, 'rivulet'))).toEqual([segmentOf('lane-aaaa', 3, 1)]);
  });

  it('leaves alone what the page itself has left, and will write', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([segmentOf('lane-aaaa', 1, 2)]);

    expect(await takeUp(spill)).toEqual([]);
    expect(storage.length).toBe(1);
  });

  it('leaves nothing where nothing waits', () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([segmentOf('lane-aaaa', 1, 2)]);

    spill.leave([]);

    expect(storage.length).toBe(0);
  });

  it('keeps two pages and two databases apart', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 1)]);
    createSpill(storage, 'rivulet').leave([segmentOf('lane-bbbb', 1, 1)]);
    createSpill(storage, 'other').leave([segmentOf('lane-cccc', 1, 1)]);

    const taken = await takeUp(createSpill(storage, 'rivulet'));

    expect(taken.map(({ lane }) => lane).sort()).toEqual(['lane-aaaa', 'lane-bbbb']);
  });

  it('leaves the oldest that fit into 512 KiB, and room to the page', async () => {
    const storage = createMemoryStorage();
    const large = (first: number): Segment => ({
      ...segmentOf('lane-aaaa', first, 1),
      body: new TextEncoder().encode(`"${'x'.repeat(240 * KiB)}"`),
    });

    createSpill(storage, 'rivulet').leave([large(1), large(2), large(3)]);

    expect(storage.getItem(storage.key(0) ?? '')?.length).toBeLessThan(512 * KiB);
    expect((await takeUp(createSpill(storage, 'rivulet'))).map(({ first }) => first)).toEqual([
      1, 2,
    ]);
  });

  it('takes up nothing from what another script has written', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 1)]);
    storage.setItem(storage.key(0) ?? '', '{"not":');

    expect(await takeUp(createSpill(storage, 'rivulet'))).toEqual([]);
  });

  it.each([
    ['is refused', undefined],
    [
      'is full',
      {
        ...createMemoryStorage(),
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    ],
  ])('is silent where the storage %s', async (_, storage) => {
    const spill = createSpill(storage, 'rivulet');

    expect(() => spill.leave([segmentOf('lane-aaaa', 1, 1)])).not.toThrow();
    expect(await takeUp(spill)).toEqual([]);
  });
});
