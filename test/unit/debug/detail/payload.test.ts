// @vitest-environment node
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  eventIn,
  isBranch,
  MAX_PARSED_BYTES,
  readPayload,
  textOf,
  textOfValue,
} from '../../../../src/debug/detail/payload.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  '12345678901234567890',
  '-9007199254740993',
  '0.10000000000000000555',
  '49.90',
  '1e400',
  '1.5E-7',
])('the number %s stays as it was written', (number) => {
  const data = bytesOf(`{"price":${number}}`);

  const payload = readPayload(data);

  const { price } = (payload as { value: { price: unknown } }).value;
  expect(textOfValue(price)).toBe(number);
  expect(isBranch(price)).toBe(false);
  expect(textOf(data)).toBe(`{\n  "price": ${number}\n}`);
});

test('any JSON is read as what it is, and written as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);

      const payload = readPayload(bytesOf(text));

      expect(payload.kind).toBe('json');
      expect(JSON.stringify((payload as { value: unknown }).value)).toBe(text);
    }),
  );
});

test('whatever the bytes, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
      expect(['json', 'text', 'binary']).toContain(readPayload(data).kind);
      expect(typeof textOf(data)).toBe('string');
    }),
  );
});

test('text is copied pretty where it is JSON, as it is where it is not, in hexadecimal where it is no text', () => {
  expect(textOf(bytesOf('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(textOf(bytesOf('hello'))).toBe('hello');
  expect(textOf(Uint8Array.of(0xff, 0x00, 0x10))).toContain('ff 00 10');
});

test('text that is no JSON stays text, and bytes that are no text are binary', () => {
  expect(readPayload(bytesOf('hello'))).toEqual({ kind: 'text', text: 'hello' });
  expect(readPayload(Uint8Array.of(0xff, 0xfe))).toEqual({ kind: 'binary' });
});

test.each([
  [MAX_PARSED_BYTES - 1, 'json'],
  [MAX_PARSED_BYTES, 'json'],
  [MAX_PARSED_BYTES + 1, 'large'],
])('%i bytes are %s', (length, kind) => {
  const data = bytesOf(`"${'x'.repeat(length - 2)}"`);

  expect(data).toHaveLength(length);
  expect(readPayload(data).kind).toBe(kind);
});

test('the event of a CloudEvent is its data', () => {
  const event = { type: 'track' };

  expect(eventIn({ kind: 'json', value: event })).toBe(event);
  expect(eventIn({ kind: 'json', value: { specversion: '1.0', data: event } })).toBe(event);
  expect(eventIn({ kind: 'text', text: 'hello' })).toBeUndefined();
});
