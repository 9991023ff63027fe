import { describe, expect, test } from 'vitest';
import { type LongFrameOptions, longFrames } from '../../../src/capture/long-frames.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { fakePerformance } from '../../helpers/fake-performance.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const FRAME = 'long-animation-frame';
const SCRIPT = {
  duration: 90.4,
  invokerType: 'event-listener',
  invoker: 'BUTTON#user-4711.onclick',
  sourceURL: 'https://shop.test/app.js?key=secret',
  sourceFunctionName: 'sortRows',
  sourceCharPosition: 120,
};

function open(options?: LongFrameOptions, types = ['longtask', FRAME]) {
  const page = createTestPage('https://shop.test/');
  const performance = fakePerformance(page.window, types);
  const host = createTestHost(page.window);
  return { ...host, page, performance, stop: longFrames(options).start(host) };
}

describe('long animation frames', () => {
  test('of an interval become one event: the longest, and how many there were', async () => {
    const { captured, clock, performance } = open();
    const quick = { ...SCRIPT, duration: 9, sourceFunctionName: 'other' };
    performance.tell(FRAME, { startTime: 10, duration: 120, blockingDuration: 60, scripts: [] });
    performance.tell(FRAME, {
      ...{ startTime: 900.6, duration: 300.2, blockingDuration: 200 },
      scripts: [quick, SCRIPT],
    });
    expect(captured).toEqual([]);
    await clock.advance(10_000);

    expect(captured).toEqual([
      {
        type: 'metric',
        event: 'Long Animation Frame',
        priority: 'low',
        properties: {
          ...{ value: 300, unit: 'ms', kind: 'histogram', startMs: 901 },
          ...{ count: 2, totalMs: 420, blockingMs: 260 },
          script: {
            durationMs: 90,
            invoker: 'BUTTON.onclick',
            source: 'https://shop.test/app.js',
            functionName: 'sortRows',
            position: 120,
          },
        },
      },
    ]);
  });

  test.each([
    ['IMG[src=https://cdn.test/a.png?key=secret].onload', 'IMG.onload'],
    ['Window.setTimeout', 'Window.setTimeout'],
    ['Response.json.then', 'Response.json.then'],
    ['DIV#a.b#c.onclick', 'DIV.onclick'],
  ])('called by %s name it %s', (invoker, named) => {
    const { captured, performance, stop } = open();
    performance.tell(FRAME, { startTime: 0, duration: 120, scripts: [{ ...SCRIPT, invoker }] });
    stop();

    expect(captured[0]?.properties?.script).toMatchObject({ invoker: named });
  });

  test('of a whole script name its address alone, without its query', () => {
    const { captured, performance, stop } = open();
    const script = {
      ...{ ...SCRIPT, invoker: SCRIPT.sourceURL, invokerType: 'module-script' },
      ...{ sourceFunctionName: '', sourceCharPosition: -1 },
    };
    performance.tell(FRAME, { startTime: 0, duration: 120, scripts: [script] });
    stop();

    expect(captured[0]?.properties?.script).toEqual({
      durationMs: 90,
      invoker: 'module-script',
      source: 'https://shop.test/app.js',
    });
  });

  test.each([
    [99, 0],
    [100, 1],
  ])('of %d ms are %d events', (duration, events) => {
    const { captured, performance, stop } = open();
    performance.tell(FRAME, { startTime: 0, duration });
    stop();

    expect(captured).toHaveLength(events);
  });

  test('from before the start are asked for', () => {
    expect(open().performance.observed()).toEqual([{ type: FRAME, buffered: true }]);
  });

  test('are sent and written when the page is hidden, and counted anew', async () => {
    const { captured, clock, performance, page, writes } = open();
    performance.tell(FRAME, { startTime: 0, duration: 200 });
    page.setHidden(true);
    expect(captured).toHaveLength(1);
    expect(writes()).toBe(1);
    performance.tell(FRAME, { startTime: 0, duration: 150 });
    await clock.advance(10_000);

    expect(captured[1]?.properties).toMatchObject({ value: 150, count: 1, totalMs: 150 });
  });

  test('are long tasks where the browser knows only those', () => {
    const { captured, performance, stop } = open({}, ['longtask']);
    performance.tell('longtask', { startTime: 0, duration: 180 });
    stop();

    expect(captured[0]).toMatchObject({
      event: 'Long Task',
      properties: { value: 180, blockingMs: 130 },
    });
  });

  test('are nothing where the browser knows neither, or has no observer', () => {
    const { captured, performance } = open({}, []);
    expect(performance.observed()).toEqual([]);
    const { window } = createTestPage('https://shop.test/');
    Object.assign(window, { PerformanceObserver: undefined });
    longFrames().start(createTestHost(window))();

    expect(captured).toEqual([]);
  });

  test('leave nothing behind when the source stops', () => {
    const { clock, performance, page, captured, stop } = open();
    performance.tell(FRAME, { startTime: 0, duration: 200 });
    stop();
    performance.tell(FRAME, { startTime: 0, duration: 200 });
    page.setHidden(true);

    expect(performance.observed()).toEqual([]);
    expect(clock.timers()).toEqual([]);
    expect(captured).toHaveLength(1);
  });
});
