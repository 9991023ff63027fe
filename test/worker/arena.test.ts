import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArena } from '../../worker/events/arena.ts';

describe('an arena', () => {
  test('gives each text its UTF-8, however many there are and however wrong the guess was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 40_000 }),
      fc.constantFrom('', '\ud800', 'ключ', '😀'.repeat(30_000)),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), fc.nat(200_000), (texts, expected) => {
        const arena = createArena(expected);
        const views = texts.map(arena);

        expect(
          views.map((bytes) => Buffer.from(bytes).equals(Buffer.from(texts.shift() ?? ''))),
        ).not.toContain(false);
      }),
      { numRuns: 200 },
    );
  });
});
