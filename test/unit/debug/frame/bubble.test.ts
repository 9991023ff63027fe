import { describe, expect, it } from 'vitest';
import { badgeOf } from '../../../../src/debug/frame/bubble.ts';
import type { Verdict } from '../../../../src/debug/ledger/verdict.ts';

const stats = (events: number, reason?: 'offline' | 'backoff') =>
  ({
    queue: { events, segments: 1, bytes: 100, inMemory: 0 },
    pause: reason && { reason },
  }) as Parameters<typeof badgeOf>[0]['stats'];

const verdict = (tone: Verdict['tone'], text: string) => ({ tone, text }) as Verdict;

describe('the bubble', () => {
  it('says how much waits, and that nothing is missing once it is proven', () => {
    const facts = {
      stats: stats(20),
      verdict: verdict('proven', '0 missing of 412'),
      isOnline: true,
    };

    expect(badgeOf(facts)).toEqual({
      tone: 'proven',
      sign: '✓',
      count: 20,
      words: '20 events queued, 0 missing of 412',
    });
  });

  it('says how many are lost before all else', () => {
    const facts = {
      stats: stats(1),
      verdict: verdict('lost', '1,205 lost of 9,000'),
      isOnline: false,
    };

    expect(badgeOf(facts)).toMatchObject({ tone: 'lost', sign: '!', count: 1_205 });
    expect(badgeOf(facts).words).toBe('1,205 lost of 9,000, 1 event queued');
  });

  it.each([
    ['the browser', stats(812), false],
    ['the client', stats(812, 'offline'), true],
  ])('says that it is offline when %s is', (_, stats, isOnline) => {
    const facts = { stats, verdict: verdict('proven', '0 missing of 3'), isOnline };

    expect(badgeOf(facts)).toMatchObject({ tone: 'offline', count: 812 });
  });

  it('claims nothing before the stream is read', () => {
    expect(badgeOf({ stats: undefined, verdict: undefined, isOnline: true })).toEqual({
      tone: 'none',
      sign: '',
      count: 0,
      words: '0 events queued',
    });
  });

  it('waits without a word of success while something is outstanding', () => {
    const facts = {
      stats: stats(0),
      verdict: verdict('pending', '3 stored, not read yet'),
      isOnline: true,
    };

    expect(badgeOf(facts)).toMatchObject({ tone: 'pending', sign: '…' });
  });
});
