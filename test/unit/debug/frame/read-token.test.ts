import { describe, expect, it } from 'vitest';
import { createReadTokens } from '../../../../src/debug/frame/read-token.ts';

const ENDPOINT = 'https://events.example.com';

function memory(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  } as Storage;
}

describe('the read token', () => {
  it('is kept for the tab, by endpoint', () => {
    const storage = memory();
    createReadTokens(storage).keep(ENDPOINT, 'a token');

    const later = createReadTokens(storage);
    expect(later.of(ENDPOINT)).toBe('a token');
    expect(later.of('https://other.example.com')).toBeUndefined();
  });

  it('is forgotten when asked', () => {
    const storage = memory();
    const tokens = createReadTokens(storage);
    tokens.keep(ENDPOINT, 'a token');
    tokens.keep(ENDPOINT, undefined);

    expect(tokens.of(ENDPOINT)).toBeUndefined();
    expect(createReadTokens(storage).of(ENDPOINT)).toBeUndefined();
  });

  it('lives as long as the page where storage is refused', () => {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    const tokens = createReadTokens({
      getItem: refuse,
      setItem: refuse,
      removeItem: refuse,
    } as unknown as Storage);

    tokens.keep(ENDPOINT, 'a token');

    expect(tokens.of(ENDPOINT)).toBe('a token');
  });
});
