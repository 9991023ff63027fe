import { describe, expect, it, vi } from 'vitest';
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

  it('writes what is new beside what waits already, and that not again', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([segmentOf('lane-aaaa', 1, 2)]);
    const written = vi.spyOn(storage, 'setItem');

    spill.leave([segmentOf('lane-aaaa', 3, 1)]);

    expect(written).toHaveBeenCalledTimes(1);
    expect((await takeUp(createSpill(storage, 'rivulet'))).map(({ first }) => first)).toEqual([
      1, 3,
    ]);
  });

  it('gives each lane in its order, whatever the order of the keys', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    const firsts = [9, 10, 1, 100, 20];

    spill.leave(firsts.map((first) => segmentOf('lane-aaaa', first, 1)));

    expect((await takeUp(createSpill(storage, 'rivulet'))).map(({ first }) => first)).toEqual([
      1, 9, 10, 20, 100,
    ]);
  });

  it('takes up what an older version has left under one key', async () => {
    const storage = createMemoryStorage();
    const texts = [segmentOf('lane-aaaa', 1, 2), segmentOf('lane-aaaa', 3, 1)].map((segment) => ({
      ...segment,
      body: new TextDecoder().decode(segment.body),
    }));
    storage.setItem('rivulet left lane-aaaa', JSON.stringify(texts));

    expect(await takeUp(createSpill(storage, 'rivulet'))).toHaveLength(2);
    expect(storage.length).toBe(0);
  });

  it('takes up once what is being written, and again what could not be', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 2)]);
    const spill = createSpill(storage, 'rivulet');
    let fail = (): void => {};
    const write = new Promise<void>((_, reject) => {
      fail = () => reject(new Error('full'));
    });

    spill.takeUp(() => write);
    expect(await takeUp(spill)).toEqual([]);
    fail();
    await write.catch(() => {});

    expect(await takeUp(spill)).toHaveLength(1);
  });

  it('leaves alone what the page itself has left, and will write', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([segmentOf('lane-aaaa', 1, 2)]);

    expect(await takeUp(spill)).toEqual([]);
    expect(storage.length).toBe(1);
  });

  it('forgets what is on disk, whoever left it', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 2)]);

    createSpill(storage, 'rivulet').forget([{ lane: 'lane-aaaa', first: 1 }]);

    expect(storage.length).toBe(0);
  });

  it('forgets everything of its database, and nothing else', async () => {
    const storage = createMemoryStorage();
    createSpill(storage, 'rivulet').leave([segmentOf('lane-aaaa', 1, 2)]);
    createSpill(storage, 'other').leave([segmentOf('lane-aaaa', 1, 2)]);
    storage.setItem('rivulet', 'the identity');

    createSpill(storage, 'rivulet').clear();

    expect(storage.length).toBe(2);
  });

  it('leaves no ciphertext: sealing has taken turns already', async () => {
    const storage = createMemoryStorage();

    createSpill(storage, 'rivulet').leave([{ ...segmentOf('lane-aaaa', 1, 2), sealedBefore: 0 }]);

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

  const large = (lane: string, first: number): Segment => ({
    ...segmentOf(lane, first, 1),
    body: new TextEncoder().encode(`"${'x'.repeat(240 * KiB)}"`),
  });
  const sizeOf = (storage: Storage): number =>
    Array.from(
      { length: storage.length },
      (_, index) => storage.getItem(storage.key(index) ?? '')?.length ?? 0,
    ).reduce((sum, length) => sum + length, 0);

  it('leaves the oldest that fit into 512 KiB, none behind a gap, and room to the page', async () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');

    spill.leave([1, 2, 3].map((first) => large('lane-aaaa', first)));
    spill.leave([segmentOf('lane-aaaa', 4, 1)]);

    expect(sizeOf(storage)).toBeLessThan(512 * KiB);
    expect((await takeUp(createSpill(storage, 'rivulet'))).map(({ first }) => first)).toEqual([
      1, 2,
    ]);
  });

  it('has room again when what it left is on disk', () => {
    const storage = createMemoryStorage();
    const spill = createSpill(storage, 'rivulet');
    spill.leave([1, 2, 3].map((first) => large('lane-aaaa', first)));

    spill.forget([1, 2, 3].map((first) => ({ lane: 'lane-aaaa', first })));
    spill.leave([large('lane-aaaa', 4)]);

    expect(storage.length).toBe(1);
  });

  it('counts what earlier pages could not bring to the disk', () => {
    const storage = createMemoryStorage();

    for (const lane of ['lane-aaaa', 'lane-bbbb', 'lane-cccc', 'lane-dddd']) {
      createSpill(storage, 'rivulet').leave([large(lane, 1)]);
    }

    expect(sizeOf(storage)).toBeLessThan(512 * KiB);
  });

  it.each([
    '{"not":',
    '[1, null, "text"]',
    JSON.stringify({ ...segmentOf('lane-aaaa', 1, 1), body: 'text', count: 0 }),
    JSON.stringify({ ...segmentOf('lane-aaaa', 1, 1), body: 'text', context: 7 }),
  ])('takes up nothing from %s, and forgets it', async (text) => {
    const storage = createMemoryStorage();
    storage.setItem('rivulet left lane-aaaa 1', text);

    expect(await takeUp(createSpill(storage, 'rivulet'))).toEqual([]);
    expect(storage.length).toBe(0);
  });

  const throwing = (): never => {
    throw new DOMException('refused', 'SecurityError');
  };
  it.each([
    ['is refused', undefined],
    ['is full', { ...createMemoryStorage(), setItem: throwing }],
    [
      'is revoked',
      Object.defineProperty(
        { getItem: throwing, setItem: throwing, removeItem: throwing, key: throwing },
        'length',
        { get: throwing },
      ) as unknown as Storage,
    ],
  ])('is silent where the storage %s', async (_, storage) => {
    const spill = createSpill(storage, 'rivulet');

    spill.leave([segmentOf('lane-aaaa', 1, 1)]);
    spill.forget([{ lane: 'lane-aaaa', first: 1 }]);
    spill.clear();

    expect(await takeUp(spill)).toEqual([]);
  });
});
