import { describe, expect, test } from 'vitest';
import { reports } from '../../../src/capture/reports.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const VIOLATION = {
  blockedURI: 'https://evil.test/x.js?key=secret',
  effectiveDirective: 'script-src-elem',
  sourceFile: 'https://shop.test/app.js?v=7',
  lineNumber: 3,
  columnNumber: 14,
  sample: 'alert(secret)',
};

function open() {
  const page = createTestPage('https://shop.test/');
  const observing = new Map<object, { call: (list: object[]) => void; init: object }>();
  Object.assign(page.window, {
    ReportingObserver: function (this: object, call: (list: object[]) => void, init: object) {
      return {
        observe: () => observing.set(this, { call, init }),
        disconnect: () => observing.delete(this),
      };
    },
  });
  const host = createTestHost(page.window);
  const stop = reports().start(host);
  return {
    ...{ ...host, observing, stop },
    // It bubbles to the window.
    violate: (fields: object = {}) =>
      page.fire('window', 'securitypolicyviolation', { ...VIOLATION, ...fields }),
    report: (type: string, body: object) => {
      for (const { call } of [...observing.values()]) call([{ type, body }]);
    },
  };
}

describe('reports', () => {
  test('tell what the content security policy forbids, and never the code', () => {
    const { captured, violate } = open();
    violate();

    expect(captured).toEqual([
      {
        type: 'error',
        properties: {
          ...{ kind: 'csp-violation', name: 'script-src-elem', handled: false, count: 1 },
          message: 'https://evil.test/x.js',
          ...{ source: 'https://shop.test/app.js', line: 3, column: 14 },
        },
      },
    ]);
  });

  test.each([
    ['inline', 'inline'],
    ['eval', 'eval'],
    ['data', 'data'],
    ['wss://evil.test/socket?key=secret', 'wss://evil.test/socket'],
  ])('of %s say so', (blockedURI, message) => {
    const { captured, violate } = open();
    violate({ blockedURI });

    expect(captured[0]?.properties?.message).toBe(message);
  });

  test('of a request of the client itself make no other one', () => {
    const { captured, violate } = open();
    violate({ blockedURI: 'https://relay.test/v1/batch' });
    expect(captured).toEqual([]);
    violate({ blockedURI: 'https://relay.test/image.png' });

    expect(captured).toHaveLength(1);
  });

  test.each(['deprecation', 'intervention'])('tell of a %s, from before the start too', (kind) => {
    const { captured, observing, report } = open();
    report(kind, {
      ...{ id: 'UnloadHandler', message: 'unload is going', sourceFile: null, lineNumber: null },
    });

    expect([...observing.values()][0]?.init).toEqual({
      types: ['deprecation', 'intervention'],
      buffered: true,
    });
    expect(captured[0]?.properties).toEqual({
      ...{ kind, name: 'UnloadHandler', message: 'unload is going', handled: false, count: 1 },
    });
  });

  test('need no ReportingObserver', () => {
    const { window } = createTestPage('https://shop.test/');
    Object.assign(window, { ReportingObserver: undefined });

    expect(() => reports().start(createTestHost(window))()).not.toThrow();
  });

  test('leave nothing behind when they stop', () => {
    const { captured, observing, stop, violate } = open();
    stop();
    violate();

    expect(observing.size).toBe(0);
    expect(captured).toEqual([]);
  });
});
