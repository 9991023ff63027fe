/** Reads what an `erase` event asks for: the relay before it takes one, the consumer before it calls anybody. */

import type { EraseProperties, ErasureSubject } from './event.ts';
import { MAX_ERASE_PRODUCTS, MAX_NAME_LENGTH } from './limits.ts';
import { accepted, isObject, type Parsed, refused } from './parsed.ts';

const IDS: readonly string[] = ['userId', 'anonymousId'] satisfies (keyof ErasureSubject)[];

/**
 * The properties of an `erase` event, without ids that are empty. Strict: what asks for the removal of data must say of whom
 * and where, and a name that nobody reads would look as if it had been heard.
 */
export function parseErase(properties: unknown): Parsed<EraseProperties, 'not_an_event'> {
  const { subject, products } = isObject(properties) ? properties : {};
  if (!isObject(subject)) return wrong('subject: expected an object with userId or anonymousId');
  if (!Object.keys(subject).every((name) => IDS.includes(name))) {
    return wrong('subject: expected userId and anonymousId alone, got another one');
  }
  const ids = Object.entries(subject).filter(([, id]) => id !== '');
  if (ids.length === 0) return wrong('subject: expected userId or anonymousId, got neither');
  const [bad] = ids.find(([, id]) => typeof id !== 'string') ?? [];
  if (bad !== undefined) return wrong(`subject.${bad}: expected text`);
  if (products !== undefined && !isNames(products)) {
    return wrong(
      `products: expected 1 to ${MAX_ERASE_PRODUCTS} names of 1 to ${MAX_NAME_LENGTH} characters`,
    );
  }
  return accepted({ subject: Object.fromEntries(ids), ...(products && { products }) });
}

function wrong(reason: string): Parsed<never, 'not_an_event'> {
  return refused('not_an_event', `properties.${reason}`);
}

function isNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_ERASE_PRODUCTS &&
    value.every((name) => typeof name === 'string' && name !== '' && name.length <= MAX_NAME_LENGTH)
  );
}
