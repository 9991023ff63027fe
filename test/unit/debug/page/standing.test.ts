import { describe, expect, it } from 'vitest';
import type { ClientStats } from '../../../../src/client/types.ts';
import type { Outage } from '../../../../src/debug/page/deliveries.ts';
import {
  describeNext,
  describePause,
  describeReturn,
  formatClock,
} from '../../../../src/debug/page/standing.ts';

const NOW = 1_763_673_600_000;
const offline: Outage = { reason: 'offline', since: NOW, triedAt: undefined, endedAt: undefined };

describe('a pause', () => {
  it('says why, when the next try is and how many failed', () => {
    const pause = { reason: 'unreachable', until: NOW + 4_000 } as const;

    expect(describePause(pause, undefined, 3, NOW)).toEqual([
      'The relay does not answer.',
      'Next try in 4.0 s; 3 failed.',
    ]);
  });

  it('says so when the try is due', () => {
    expect(describePause({ reason: 'backoff', until: NOW }, undefined, 1, NOW)).toEqual([
      'The relay asked to wait.',
      'Trying now.',
    ]);
  });

  it('says since when, where that was heard', () => {
    expect(describePause({ reason: 'offline' }, offline, 0, NOW + 8_000)).toEqual([
      'The browser is offline; capturing goes on.',
      `Since ${formatClock(NOW)}, 8.0 s.`,
    ]);
    const over = { ...offline, endedAt: NOW + 1 };
    expect(describePause({ reason: 'follower' }, over, 0, NOW)).toEqual([
      'Another tab sends for all.',
    ]);
  });
});

describe('the way back', () => {
  it('is told once the relay has taken an event', () => {
    const back = { ...offline, triedAt: NOW + 11_000, endedAt: NOW + 12_000 };

    expect(describeReturn(back, 3, NOW + 60_000)).toBe(
      `Sending again since ${formatClock(NOW + 12_000)}: offline for 12 s.`,
    );
  });

  it('is a try before that, where something waits', () => {
    expect(describeReturn({ ...offline, triedAt: NOW + 5_000 }, 3, NOW + 6_000)).toBe(
      'Trying again: offline for 6.0 s.',
    );
  });

  it('is open where nothing waits', () => {
    expect(describeReturn({ ...offline, triedAt: NOW + 5_000 }, 0, NOW + 6_000)).toBe(
      `Nothing stands in the way since ${formatClock(NOW + 5_000)}: offline for 5.0 s.`,
    );
  });

  it('is not there before the first try', () => {
    expect(describeReturn(offline, 3, NOW)).toBeUndefined();
  });
});

describe('what comes next', () => {
  const statsOf = (
    events: number,
    nextSendAt?: number,
  ): Pick<ClientStats, 'pause' | 'nextSendAt' | 'queue'> => ({
    pause: undefined,
    nextSendAt,
    queue: { events, segments: 1, bytes: 1, inMemory: 0 },
  });

  it('is the request under way', () => {
    const sending = {
      ranges: [
        { lane: 'k3f9aL0qXw', first: 1, count: 19 },
        { lane: 'p0aaQe81Zr', first: 4, count: 1 },
      ],
      ...{ bytes: 4_000, wireBytes: 812, attempt: 2, at: NOW },
    };

    expect(describeNext(statsOf(20), sending, NOW)).toBe(
      'now: 20 events, 812 B on the wire, try 2',
    );
  });

  it('is the end of the wait for company', () => {
    expect(describeNext(statsOf(3, NOW + 1_400), undefined, NOW)).toBe(
      'in 1.4 s, or when a batch is full',
    );
  });

  it.each([
    [3, NOW - 1, 'about to leave'],
    [3, undefined, 'about to leave'],
    [0, undefined, 'nothing waits'],
  ])('with %d events and a wait until %s is: %s', (events, nextSendAt, expected) => {
    expect(describeNext(statsOf(events, nextSendAt), undefined, NOW)).toBe(expected);
  });

  it('is left to a pause', () => {
    const paused = { ...statsOf(3), pause: { reason: 'offline' } as const };

    expect(describeNext(paused, undefined, NOW)).toBeUndefined();
  });
});
