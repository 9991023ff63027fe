import { describe, expect, it } from 'vitest';
import { createDrawClock } from '../../../src/debug/frame/draw-clock.ts';

function setUp(drawMs: number) {
  let now = 0;
  let hidden = false;
  const drawnAt: number[] = [];
  const waiting: { at: number; callback: () => void }[] = [];
  const clock = createDrawClock({
    draw: () => {
      drawnAt.push(now);
      now += drawMs;
    },
    isHidden: () => hidden,
    monotonic: () => now,
    delay: (callback, delayMs) => {
      const timer = { at: now + delayMs, callback };
      waiting.push(timer);
      return () => waiting.splice(waiting.indexOf(timer), waiting.includes(timer) ? 1 : 0);
    },
  });
  const runUntil = (end: number): void => {
    while (now < end) {
      clock.request();
      const timer = waiting.shift();
      if (!timer) {
        now = end;
        return;
      }
      now = Math.max(now, timer.at);
      if (now < end) timer.callback();
    }
  };
  return {
    clock,
    drawnAt,
    runUntil,
    waiting,
    hide: (value: boolean) => {
      hidden = value;
    },
  };
}

describe('the clock of drawings', () => {
  it('draws at once, then at most ten times a second', () => {
    const { drawnAt, runUntil } = setUp(0);

    runUntil(1_000);

    expect(drawnAt).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  });

  it('rests seven times as long as a slow drawing took', () => {
    const { drawnAt, runUntil } = setUp(50);

    runUntil(1_300);

    expect(drawnAt).toEqual([0, 400, 800, 1_200]);
  });

  it('draws nothing while hidden', () => {
    const { clock, drawnAt, hide, waiting } = setUp(0);
    hide(true);

    clock.request();
    clock.now();

    expect(drawnAt).toEqual([]);
    expect(waiting).toEqual([]);
  });

  it('draws at once for a person, and drops the drawing that waited', () => {
    const { clock, drawnAt, waiting } = setUp(0);
    clock.now();
    clock.request();

    clock.now();

    expect(drawnAt).toEqual([0, 0]);
    expect(waiting).toEqual([]);
  });

  it('draws nothing after its end', () => {
    const { clock, waiting } = setUp(0);
    clock.request();

    clock.stop();

    expect(waiting).toEqual([]);
  });
});
