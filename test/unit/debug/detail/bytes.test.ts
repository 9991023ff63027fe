// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hexPage, PAGE_BYTES, textPage } from '../../../../src/debug/detail/bytes.ts';

const pagesOf = (data: Uint8Array, pageBytes: number): number[] =>
  Array.from({ length: Math.ceil(data.length / pageBytes) }, (_, page) => page * pageBytes);

test('hexadecimal has the place, the bytes and their characters', () => {
  const data = new TextEncoder().encode('{"é":1}\n');

  expect(hexPage(data, 0)).toBe(
    ['0000  7b 22 c3 a9 22 3a 31 7d  {"··":1}', '0008  0a                       ·'].join('\n'),
  );
});

test('the pages of any text are the text, whatever its characters', () => {
  const unit = fc.constantFrom('a', 'é', '日', '😀');
  const text = fc
    .array(unit, { minLength: 1, maxLength: 9 })
    .map((units) => units.join('').repeat(4_000));
  fc.assert(
    fc.property(text, (text) => {
      const data = new TextEncoder().encode(text);

      const pages = pagesOf(data, PAGE_BYTES.text).map((from) => textPage(data, from));

      expect(pages.join('')).toBe(text);
    }),
    { numRuns: 20 },
  );
});

test('the pages in hexadecimal have every byte once', () => {
  const data = Uint8Array.from({ length: PAGE_BYTES.hex * 2 + 5 }, (_, index) => index % 256);

  const shown = pagesOf(data, PAGE_BYTES.hex)
    .flatMap((from) => hexPage(data, from).split('\n'))
    .flatMap((line) => line.slice(6, 29).trim().split(' '))
    .map((byte) => Number.parseInt(byte, 16));

  expect(shown).toEqual([...data]);
});

test.each([PAGE_BYTES.hex - 1, PAGE_BYTES.hex, PAGE_BYTES.hex + 1])(
  'a page of %i bytes has no more lines than a page',
  (length) => {
    const lines = hexPage(new Uint8Array(length), 0).split('\n');

    expect(lines).toHaveLength(Math.min(256, Math.ceil(length / 8)));
  },
);
