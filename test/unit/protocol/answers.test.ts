import { describe, expect, test } from 'vitest';
import { isEventType, isLane, messageIdOf } from '../../../src/protocol/event.ts';
import { isBatchAnswer, REFUSAL_STATUS, reactionTo } from '../../../src/protocol/receipt.ts';
import { isSessionAnswer } from '../../../src/protocol/session.ts';

describe('the reaction', () => {
  test.each([
    [400, 'split'],
    [413, 'split'],
    [401, 'renew'],
    [403, 'stop'],
    [404, 'wait'],
    [405, 'wait'],
    [429, 'wait'],
    [500, 'wait'],
    [502, 'wait'],
    [503, 'wait'],
    [0, 'wait'],
    [302, 'wait'],
  ])('to %i is to %s', (status, reaction) => {
    expect(reactionTo(status)).toBe(reaction);
  });

  test('is known for every refusal of the relay', () => {
    const reactions = Object.entries(REFUSAL_STATUS).map(([code, status]) => [
      code,
      reactionTo(status),
    ]);

    expect(Object.fromEntries(reactions)).toMatchObject({
      malformed: 'split',
      too_large: 'split',
      token_expired: 'renew',
      token_invalid: 'renew',
      signature_invalid: 'renew',
      clock_skew: 'renew',
      origin_refused: 'stop',
      source_disabled: 'stop',
      write_key_unknown: 'stop',
      rate_limited: 'wait',
      stream_throttled: 'wait',
      stream_unavailable: 'wait',
      stream_misconfigured: 'wait',
      internal: 'wait',
    });
  });
});

describe('the answer to a batch', () => {
  const receipt = { lane: 'lane-aaaa1', first: 1, count: 2, status: 'stored' };

  test('is one when every receipt is one', () => {
    expect(isBatchAnswer({ now: 1, receipts: [] })).toBe(true);
    expect(isBatchAnswer({ now: 1, receipts: [receipt, { ...receipt, status: 'retry' }] })).toBe(
      true,
    );
  });

  test.each([
    undefined,
    null,
    [],
    {},
    { receipts: {} },
    { receipts: [null] },
    { receipts: [{ ...receipt, lane: 1 }] },
    { receipts: [{ ...receipt, first: '1' }] },
    { receipts: [{ ...receipt, count: 1.5 }] },
    { receipts: [receipt, { ...receipt, status: 'lost' }] },
  ])('is not %j', (value) => {
    expect(isBatchAnswer(value)).toBe(false);
  });
});

describe('the answer to a session call', () => {
  const session = { token: 't', key: 'k', expires: 2, now: 1, config: {} };

  test('is one when it has every part', () => {
    expect(isSessionAnswer(session)).toBe(true);
  });

  test.each(['token', 'key', 'expires', 'now', 'config'])('is none without its %s', (part) => {
    expect(isSessionAnswer({ ...session, [part]: undefined })).toBe(false);
  });
});

describe('names', () => {
  test.each([
    ['1234567', false],
    ['12345678', true],
    ['a'.repeat(32), true],
    ['a'.repeat(33), false],
    ['lane aaaa', false],
    ['lane.aaaa', false],
    [12345678, false],
  ])('of lanes: %j is one: %s', (value, is) => {
    expect(isLane(value)).toBe(is);
  });

  test('of events are the lane and the number', () => {
    expect(messageIdOf({ lane: 'k3f9aL0qXw', seq: 41 })).toBe('k3f9aL0qXw.41');
    expect(isEventType('track')).toBe(true);
    expect(isEventType('toString')).toBe(false);
  });
});
