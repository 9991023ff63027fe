import { describe, expect, test } from 'vitest';
import { type ResourceOptions, resources } from '../../../src/capture/resources.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { fakePerformance } from '../../helpers/fake-performance.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const IMAGE = {
  name: 'https://shop.test/kettle.png?token=secret',
  initiatorType: 'img',
  startTime: 40.4,
  duration: 30,
  transferSize: 5_000,
  responseStatus: 200,
};

function open(options?: ResourceOptions) {
  const { window } = createTestPage('https://shop.test/');
  const performance = fakePerformance(window, ['resource']);
  const host = createTestHost(window);
  const stop = resources(options).start(host);
  const load = (...entries: object[]) =>
    performance.tell('resource', ...entries.map((entry) => ({ ...IMAGE, ...entry })));
  const break_ = (html: string) => {
    window.document.body.innerHTML = html;
    const element = window.document.querySelector('#x');
    element?.dispatchEvent(new window.Event('error'));
  };
  return { ...host, performance, stop, load, fail: break_ };
}

describe('resources', () => {
  test('that were slow are captured without their query', () => {
    const { captured, load } = open();
    load({ duration: 2_345.6 });

    expect(captured).toEqual([
      {
        type: 'metric',
        event: 'Resource Duration',
        priority: 'low',
        properties: {
          ...{ value: 2346, unit: 'ms', kind: 'histogram', reason: 'slow' },
          ...{ url: 'https://shop.test/kettle.png', initiator: 'img', bytes: 5_000, startMs: 40 },
        },
      },
    ]);
  });

  test.each([
    [{ duration: 1_999 }, undefined],
    [{ duration: 2_000 }, 'slow'],
    [{ transferSize: 999_999 }, undefined],
    [{ transferSize: 1_000_000 }, 'large'],
    [{ duration: 5_000, initiatorType: 'fetch' }, undefined],
    [{ duration: 5_000, initiatorType: 'xmlhttprequest' }, undefined],
    [{ duration: 5_000, initiatorType: 'beacon' }, undefined],
  ])('of %o are captured as %s', (entry, reason) => {
    const { captured, load } = open();
    load(entry);

    expect(captured.map(({ properties }) => properties?.reason)).toEqual(reason ? [reason] : []);
  });

  test('that were answered with an error are faults', () => {
    const { captured, load } = open();
    load({ responseStatus: 404 });

    expect(captured).toEqual([
      {
        type: 'error',
        properties: {
          ...{ kind: 'resource', name: 'img', source: 'https://shop.test/kettle.png', status: 404 },
          ...{ handled: false, count: 1 },
        },
      },
    ]);
  });

  test.each([
    ['<img id="x" src="/a.png?key=secret">', 'img', 'https://shop.test/a.png'],
    ['<link id="x" href="/a.css?key=secret">', 'link', 'https://shop.test/a.css'],
  ])('that did not load are faults: %s', (html, name, source) => {
    const { captured, fail } = open();
    fail(html);

    expect(captured).toMatchObject([
      { type: 'error', properties: { kind: 'resource', name, source } },
    ]);
  });

  test('of what is ignored are not captured, nor errors of what has no address', () => {
    const { captured, fail, window } = open();
    fail('<div class="rivulet-ignore"><img id="x" src="/a.png"></div>');
    fail('<div id="x"></div>');
    window.dispatchEvent(new window.Event('error'));

    expect(captured).toEqual([]);
  });

  test('are told of once by address, and so many of a page load', () => {
    const { captured, load } = open({ maxEvents: 3 });
    for (const name of ['a', 'a', 'b', 'c', 'd']) {
      load({ name: `https://shop.test/${name}`, duration: 4_000 });
    }

    expect(captured.map(({ properties }) => properties?.url)).toEqual(
      ['a', 'b', 'c'].map((name) => `https://shop.test/${name}`),
    );
  });

  test('that were slow and did not load are both', () => {
    const { captured, load, fail } = open();
    load({ duration: 4_000, name: 'https://shop.test/a.png' });
    fail('<img id="x" src="/a.png">');

    expect(captured.map(({ type }) => type)).toEqual(['metric', 'error']);
  });

  test('are watched no more when the source has stopped', () => {
    const { captured, performance, fail, stop } = open();
    stop();
    fail('<img id="x" src="/a.png">');

    expect(performance.observed()).toEqual([]);
    expect(captured).toEqual([]);
  });
});
