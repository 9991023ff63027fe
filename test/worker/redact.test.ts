import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRedaction } from '../../worker/events/redact.ts';
import { createRelayUnderTest, sources, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const redactor = (...rules: Parameters<typeof createRedaction>[0]) =>
  createRedaction(rules) as NonNullable<ReturnType<typeof createRedaction>>;
const email = redactor('email');
const card = redactor('card');
const inText = (redact: typeof email, text: string) => JSON.parse(redact(JSON.stringify(text)));

describe('an e-mail address', () => {
  test.each([
    ['jane@shop.example', '[redacted:email]'],
    ['Jane Doe <jane.doe+news@mail.shop.example>, soon', 'Jane Doe <[redacted:email]>, soon'],
    ['a@b.example;c@d.example', '[redacted:email];[redacted:email]'],
    ['用户@例子.公司', '[redacted:email]'],
    ['mailto:jane@shop.example?subject=x', 'mailto:[redacted:email]?subject=x'],
    [
      'https://shop.example/?mail=jane%40shop.example&page=2',
      'https://shop.example/?mail=[redacted:email]&page=2',
    ],
    [`${'x'.repeat(300)}@shop.example`, '[redacted:email]'],
  ])('is taken out of %s', (text, expected) => {
    expect(inText(email, text)).toBe(expected);
  });

  test.each(['@jane', 'jane@localhost', '5 @ 3.50', 'a@b@', '100%40', 'jane(at)shop.example'])(
    'is not %s',
    (text) => {
      expect(inText(email, text)).toBe(text);
    },
  );

  test('is found behind an escape', () => {
    expect(email('{"to":"jane\\u0040shop.example\\n"}')).toBe('{"to":"[redacted:email]\\n"}');
  });
});

describe('a card number', () => {
  // Numbers for tests: docs.stripe.com/testing#cards
  test.each([
    ['4242424242424242', '[redacted:card]'],
    ['4242 4242 4242 4242', '[redacted:card]'],
    ['5555-5555-5555-4444', '[redacted:card]'],
    ['3782 822463 10005', '[redacted:card]'],
    ['card=4242+4242+4242+4242&x=1', 'card=[redacted:card]&x=1'],
    ['card=4242%204242%204242%204242', 'card=[redacted:card]'],
    ['VISA4242424242424242!', 'VISA[redacted:card]!'],
    ['1234 4242 4242 4242 4242 77', '1234 [redacted:card] 77'],
    ['4242424242424242 5555555555554444', '[redacted:card] [redacted:card]'],
    ['4222222222222', '[redacted:card]'],
    ['6205500000000000004', '[redacted:card]'],
  ])('is taken out of %s', (text, expected) => {
    expect(inText(card, text)).toBe(expected);
  });

  test.each([
    ['one with a wrong digit', '4242424242424241'],
    ['a moment in milliseconds', '1763673600000'],
    ['a part of a longer number', '42424242424242424242'],
    ['the decimals of a fraction', '0.4242424242424242'],
    ['twelve digits', '424242424242'],
    ['one that begins as no card does', '0000000000000000'],
  ])('is not %s', (_, text) => {
    expect(inText(card, text)).toBe(text);
  });

  test('may be a number', () => {
    const json = '{"card":4242424242424242,"id":9007199254740993,"at":1763673600000,"f":0.5e3}';

    expect(card(json)).toBe(json.replace('4242424242424242', '"[redacted:card]"'));
  });
});

describe("an operator's own pattern", () => {
  const order = redactor({ name: 'order', pattern: 'ORD-\\d+' });

  test('takes out what it matches', () => {
    expect(inText(order, 'ORD-1, ORD-22 and ord-3')).toBe(
      '[redacted:order], [redacted:order] and ord-3',
    );
  });

  test('is not tried on a text of more than 8,192 characters, which goes whole', () => {
    expect(inText(order, 'x'.repeat(8192))).toBe('x'.repeat(8192));
    expect(inText(order, 'x'.repeat(8193))).toBe('[redacted:order]');
  });

  test('changes nothing where it matches nothing at all', () => {
    expect(inText(redactor({ name: 'x', pattern: 'x*' }), 'axxb')).toBe('a[redacted:x]b');
  });
});

test('keys stay, and values that are no text', () => {
  const json = '{"jane@shop.example" : ["jane@shop.example",{"a":true,"b":null,"c":-1.50e+3}]}';

  expect(email(json)).toBe(json.replace('["jane@shop.example"', '["[redacted:email]"'));
});

test('what is redacted is the same JSON, but for the texts that hold it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('jane@shop.example', '4242 4242 4242 4242', '\\', '"', '%40', '\u2028'),
  );
  const value = fc.object({ key: text, values: [text, fc.integer(), fc.constant(null)] });
  const both = redactor('email', 'card');

  fc.assert(
    fc.property(value, (tree) => {
      const json = JSON.stringify(tree);

      const redacted = both(json);

      expect(JSON.parse(redacted)).toEqual(
        JSON.parse(json, (_, part) => (typeof part === 'string' ? inText(both, part) : part)),
      );
      expect(Object.keys(JSON.parse(redacted))).toEqual(Object.keys(JSON.parse(json)));
    }),
    { seed: 4, numRuns: 500 },
  );
});

test.each([
  ['letters', 'a'.repeat(250_000)],
  ['letters and an @', `${'a'.repeat(250_000)}@`],
  ['@', '@'.repeat(250_000)],
  ['half addresses', 'a@'.repeat(125_000)],
  ['labels', `a@${'a.'.repeat(125_000)}1`],
  ['%40', '%40'.repeat(83_000)],
  ['%40 and labels', '%40a.'.repeat(50_000)],
  ['digits', '4'.repeat(250_000)],
  ['single digits', '4 '.repeat(125_000)],
  ['short groups', '4242 '.repeat(50_000)],
  ['backslashes', '\\'.repeat(125_000)],
  ['quotes', '"'.repeat(125_000)],
])('a quarter of a mebibyte of %s takes no longer than it is long', (_, text) => {
  const json = JSON.stringify({ text: `${text}` });
  const both = redactor('email', 'card');

  const startedAt = performance.now();
  both(json);

  // A pattern that goes back over it takes minutes.
  expect(performance.now() - startedAt).toBeLessThan(1500);
});

test('nothing that is redacted leaves the edge, in whatever field or key; ids do', async () => {
  const kinesis = scriptKinesis();
  const { sendBatch, logs } = createRelayUnderTest({
    SOURCES: sources({ redact: ['email', 'card'], partition: 'properties.mail' }),
  });
  const mail = 'jane@shop.example';
  const url = `https://shop.example/?mail=jane%40shop.example&card=4242424242424242`;
  const page = { url, referrer: url, search: `?m=${mail}`, title: `for ${mail}` };

  const { answer } = await sendBatch([
    {
      context: { anonymousId: mail, userId: mail, sessionId: mail, page },
      events: [
        track({ mail, deep: [{ mail }], big: 1 }, { context: { mail }, groupId: mail }),
        { type: 'identify', timestamp: 1, traits: { mail } },
      ],
    },
  ]);

  const [first, second] = kinesis.records();
  expect(answer.receipts.map(({ status }) => status)).toEqual(['stored', 'stored']);
  expect(first).toMatchObject({
    partitionKey: '[redacted:email]',
    record: {
      ...{ anonymousId: mail, userId: mail, groupId: mail },
      properties: { mail: '[redacted:email]', deep: [{ mail: '[redacted:email]' }], big: 1 },
      context: {
        sessionId: mail,
        mail: '[redacted:email]',
        page: {
          url: 'https://shop.example/?mail=[redacted:email]&card=[redacted:card]',
          referrer: 'https://shop.example/?mail=[redacted:email]&card=[redacted:card]',
          search: '?m=[redacted:email]',
          title: 'for [redacted:email]',
        },
      },
    },
  });
  expect(second?.record.traits).toEqual({ mail: '[redacted:email]' });
  expect(logs.join()).not.toContain('jane');
});
