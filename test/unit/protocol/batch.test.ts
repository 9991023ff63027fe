import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeHead,
  encodeSegmentHead,
  isGzip,
  parseHead,
  parsePayload,
  signedBytes,
} from '../../../src/protocol/batch.ts';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const head = { token: 'a.b', sentAt: 1_700_000_000_000, signature: 'c2ln' };

describe('the first line', () => {
  test('is read back, and the payload is what follows it, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        const body = new Uint8Array([...bytesOf(encodeHead(head)), ...payload]);
        const parsed = parseHead(body);
        expect(parsed.ok && parsed.value.head).toEqual(head);
        expect(parsed.ok && Uint8Array.from(parsed.value.payload)).toEqual(
          Uint8Array.from(payload),
        );
      }),
    );
  });

  test.each([
    '',
    'rivulet1 a.b 1 c2ln',
    'rivulet2 a.b 1 c2ln\n',
    'rivulet1 a.b 1\n',
    'rivulet1 a.b 1 \n',
    'rivulet1  1 c2ln\n',
    'rivulet1 a.b soon c2ln\n',
    'rivulet1 a.b -1 c2ln\n',
    'rivulet1 a.b 12345678901234567 c2ln\n',
    'rivulet1 a.b 1 c2ln more\n',
  ])('is not %j', (text) => {
    expect(parseHead(bytesOf(text))).toMatchObject({ ok: false, code: 'malformed' });
  });

  test.each([
    [4095, true],
    [4096, true],
    [4097, false],
  ])('of %i bytes is read: %s', (length, ok) => {
    const frame = encodeHead({ ...head, token: '' }).length;
    const text = encodeHead({ ...head, token: 'x'.repeat(length - frame) });

    expect(parseHead(bytesOf(text)).ok).toBe(ok);
  });
});

describe('the payload', () => {
  const sender = '{"sdk":"rivulet/1.0.0","clockOffset":-12}';

  test('is read into segments whose lines are untouched', () => {
    const text = [
      sender,
      encodeSegmentHead('lane-aaaa1', 1, '{"anonymousId":"a"}').trimEnd(),
      '{"type":"track"}',
      'not json',
      encodeSegmentHead('lane-bbbb2', 41, '{"a": "b c"}').trimEnd(),
      '{"type":"page"}',
      '',
    ].join('\n');

    expect(parsePayload(text)).toEqual({
      ok: true,
      value: {
        sender: { sdk: 'rivulet/1.0.0', clockOffset: -12 },
        segments: [
          {
            lane: 'lane-aaaa1',
            first: 1,
            context: '{"anonymousId":"a"}',
            lines: ['{"type":"track"}', 'not json'],
          },
          { lane: 'lane-bbbb2', first: 41, context: '{"a": "b c"}', lines: ['{"type":"page"}'] },
        ],
      },
    });
  });

  test('may come without a clock offset, or with one that is none', () => {
    for (const offset of ['', ',"clockOffset":"soon"', ',"clockOffset":null']) {
      expect(parsePayload(`{"sdk":"x"${offset}}`)).toMatchObject({
        ok: true,
        value: { sender: { sdk: 'x' } },
      });
    }
  });

  test.each([
    '',
    'sdk',
    '[]',
    'null',
    '{"sdk":1}',
    `${sender}\n{"type":"track"}`,
    `${sender}\n@short 1 {}`,
    `${sender}\n@lane-aaaa1 0 {}`,
    `${sender}\n@lane-aaaa1 -1 {}`,
    `${sender}\n@lane-aaaa1 1234567890123456 {}`,
    `${sender}\n@lane-aaaa1 1`,
    `${sender}\n@lane with space 1 {}`,
  ])('is not %j', (text) => {
    expect(parsePayload(text)).toMatchObject({ ok: false, code: 'malformed' });
  });

  test('is gzip by its first two bytes alone', () => {
    expect(isGzip(Uint8Array.of(0x1f, 0x8b))).toBe(true);
    expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
    expect(isGzip(Uint8Array.of(0x1f, 0x8c, 0))).toBe(false);
    expect(isGzip(bytesOf('{"sdk"'))).toBe(false);
  });

  test('is signed together with the moment of sending', () => {
    expect(new TextDecoder().decode(signedBytes(17, bytesOf('payload')))).toBe('17\npayload');
  });
});
