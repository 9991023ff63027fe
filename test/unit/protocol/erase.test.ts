// @vitest-environment node
import { expect, test } from 'vitest';
import { parseErase } from '../../../src/protocol/erase.ts';
import { MAX_ERASE_PRODUCTS, MAX_NAME_LENGTH } from '../../../src/protocol/limits.ts';

const subject = { userId: 'user-42' };
const names = (count: number, length = 3) =>
  Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'p'));

test.each([
  ['a user', { subject }, { subject }],
  ['a client', { subject: { anonymousId: 'c-1' } }, { subject: { anonymousId: 'c-1' } }],
  ['ids that are empty', { subject: { anonymousId: '', ...subject } }, { subject }],
  ['what it is for', { subject, products: ['crm'] }, { subject, products: ['crm'] }],
  ['as many products as may be', { subject, products: names(MAX_ERASE_PRODUCTS) }, undefined],
  ['the longest name', { subject, products: names(1, MAX_NAME_LENGTH) }, undefined],
  ['anything beside', { subject, ticket: 7 }, { subject }],
])('%s is read', (_, properties, expected) => {
  expect(parseErase(properties)).toEqual({ ok: true, value: expected ?? properties });
});

test.each([
  ['nothing', undefined, 'subject: expected an object with userId or anonymousId'],
  ['a list', [], 'subject: expected an object'],
  ['a text for a subject', { subject: 'user-42' }, 'subject: expected an object'],
  ['a subject of nobody', { subject: {} }, 'subject: expected userId or anonymousId, got neither'],
  ['a subject with empty names', { subject: { userId: '' } }, 'subject: expected userId or anon'],
  ['a number for a user', { subject: { userId: 7 } }, 'subject.userId: expected text'],
  ['null for a client', { subject: { ...subject, anonymousId: null } }, 'subject.anonymousId: exp'],
  ['an id that nobody reads', { subject: { ...subject, email: 'a' } }, 'alone, got another'],
  [
    'a text for products',
    { subject, products: 'crm' },
    'products: expected 1 to 100 names of 1 to',
  ],
  ['no products', { subject, products: [] }, 'products: expected 1 to 100 names'],
  ['a product without a name', { subject, products: [''] }, 'products: '],
  ['a number for a product', { subject, products: [1] }, 'products: '],
  ['one product too many', { subject, products: names(MAX_ERASE_PRODUCTS + 1) }, 'products: '],
  ['a name too long', { subject, products: names(1, MAX_NAME_LENGTH + 1) }, 'products: '],
])('%s is refused, and why', (_, properties, reason) => {
  const parsed = parseErase(properties);

  expect(parsed).toMatchObject({ ok: false, code: 'not_an_event' });
  expect(parsed.ok ? '' : parsed.reason).toContain(
    `properties.${reason}`.replace(/.*alone/, 'alone'),
  );
});
