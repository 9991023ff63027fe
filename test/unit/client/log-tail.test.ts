import { describe, expect, test } from 'vitest';
import { createLogTail, type LogTail } from '../../../src/client/log-tail.ts';
import type { Segment } from '../../../src/queue/types.ts';

const segment = (first: number, count = 1): Segment => ({
  ...{ lane: 'lane0001', first, count, createdAt: 0, context: '' },
  body: new TextEncoder().encode(
    Array.from({ length: count }, (_, at) => `"${first + at}"`).join('\n'),
  ),
});

const known = (tail: LogTail): string =>
  tail
    .segments()
    .map(({ body }) => new TextDecoder().decode(body).replaceAll('\n', ' '))
    .join(' ');

/** A tail that has seen the log empty. */
async function openTail(maxBytes = 1000): Promise<LogTail> {
  const tail = createLogTail(maxBytes);
  await tail.follow(async () => []);
  return tail;
}

describe('the tail of the log', () => {
  test('is not known before the log was seen empty', async () => {
    const tail = createLogTail(1000);
    tail.add([segment(1)]);
    await tail.follow(async () => [segment(1)]);
    tail.add([segment(2)]);

    expect(known(tail)).toBe('');
  });

  test('begins with what was written while an empty log was read', async () => {
    const tail = createLogTail(1000);
    await tail.follow(async () => {
      tail.add([segment(1)]);
      return [];
    });
    tail.add([segment(2)]);

    expect(known(tail)).toBe('"1" "2"');
  });

  test('is less what was settled, in the middle of a segment too', async () => {
    const tail = await openTail();
    tail.add([segment(1, 2), segment(3, 4)]);
    tail.drop({ lane: 'lane0001', first: 1, count: 3 });
    tail.drop({ lane: 'another1', first: 4, count: 9 });
    tail.drop({ lane: 'lane0001', first: 5, count: 1 });

    expect(known(tail)).toBe('"4" "6"');
    expect(tail.segments().map(({ first }) => first)).toEqual([4, 6]);
  });

  test('stays known through a read of a log that is not empty', async () => {
    const tail = await openTail();
    tail.add([segment(1)]);
    await tail.follow(async () => [segment(1)]);

    expect(known(tail)).toBe('"1"');
  });

  test('holds the head of what is too much, and nothing that stands behind a gap', async () => {
    const tail = await openTail(10);
    for (let seq = 1; seq <= 6; seq++) tail.add([segment(seq)]);
    expect(known(tail)).toBe('"1" "2" "3" "4"');

    tail.drop({ lane: 'lane0001', first: 1, count: 4 });
    tail.add([segment(7)]);
    expect(known(tail)).toBe('');

    await tail.follow(async () => []);
    tail.add([segment(8)]);
    expect(known(tail)).toBe('"8"');
  });

  test('is known no more when somebody else has a hand in it', async () => {
    const tail = await openTail();
    tail.add([segment(1)]);
    tail.lose();
    tail.add([segment(2)]);

    expect(known(tail)).toBe('');
  });
});
