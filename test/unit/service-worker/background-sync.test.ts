import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CaptureHost, HostEvents } from '../../../src/capture/types.ts';
import { type BackgroundSyncOptions, backgroundSync } from '../../../src/service-worker/index.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const register = vi.fn(async (_tag: string) => {});
const registerPeriodic = vi.fn(async (_tag: string, _options: object) => {});
afterEach(() => {
  register.mockClear();
  registerPeriodic.mockClear();
});

const supported = { sync: { register }, periodicSync: { register: registerPeriodic } };

/** A page with a worker, and a client that says what the test lets it say. */
async function startPage(options?: BackgroundSyncOptions, registration: unknown = supported) {
  const page = createTestPage('https://shop.test/');
  Object.defineProperty(page.window.navigator, 'serviceWorker', {
    get: () => {
      if (registration instanceof Error) throw registration;
      return registration && { ready: Promise.resolve(registration) };
    },
  });
  const listeners = new Map<string, (detail: never) => void>();
  const on: CaptureHost['on'] = (name, listener) => {
    listeners.set(name, listener as never);
    return () => listeners.delete(name);
  };
  const stop = backgroundSync(options).start({ window: page.window, on } as unknown as CaptureHost);
  await new Promise((resolve) => setImmediate(resolve));
  const say = <Name extends keyof HostEvents>(name: Name, detail: HostEvents[Name]): void =>
    listeners.get(name)?.(detail as never);
  return {
    page,
    stop,
    say,
    capture: (seq: number) => say('captured', { lane: 'lane-aaaa', seq, type: 'track' }),
    settle: (first: number, count: number, status = 'stored', lane = 'lane-aaaa') =>
      say('receipt', { receipt: { lane, first, count, status } as never }),
  };
}

describe('a page with a worker asks for a sync', () => {
  it('as it goes out of sight with events that wait, under the tag of its log', async () => {
    const { page, capture } = await startPage();
    capture(1);

    page.setHidden(true);

    expect(register.mock.calls).toEqual([['rivulet']]);
  });

  it('as it is left, by pagehide alone', async () => {
    const { page, capture } = await startPage({ databaseName: 'other' });
    capture(1);

    page.fire('window', 'pagehide');

    expect(register.mock.calls).toEqual([['other']]);
  });

  it('not where everything has a receipt', async () => {
    const { page, capture, settle } = await startPage();
    capture(1);
    capture(2);
    settle(1, 2);

    page.setHidden(true);

    expect(register).not.toHaveBeenCalled();
  });

  it.each([
    ['asks to try again', 1, 2, 'retry', 'lane-aaaa'],
    ['is for some of them', 1, 1, 'stored', 'lane-aaaa'],
    ['is for another lane', 1, 2, 'stored', 'lane-bbbb'],
  ] as const)('where the receipt %s', async (_, first, count, status, lane) => {
    const { page, capture, settle } = await startPage();
    capture(1);
    capture(2);
    settle(first, count, status, lane);

    page.setHidden(true);

    expect(register).toHaveBeenCalledTimes(1);
  });

  it('at once when delivery stops with events that wait, and once until something is stored', async () => {
    const { say, capture, settle } = await startPage();
    capture(1);
    for (let n = 0; n < 3; n++) {
      say('paused', { reason: 'offline' });
      say('resumed', {});
    }
    expect(register).toHaveBeenCalledTimes(1);

    settle(1, 1);
    capture(2);
    say('paused', { reason: 'unreachable' });

    expect(register).toHaveBeenCalledTimes(2);
  });

  it('with the first event that is captured while delivery has stopped', async () => {
    const { say, capture } = await startPage();
    say('paused', { reason: 'offline' });
    expect(register).not.toHaveBeenCalled();

    capture(1);
    capture(2);

    expect(register).toHaveBeenCalledTimes(1);
  });

  it.each(['follower', 'consent'])('not because of a pause by %s', async (reason) => {
    const { say, capture } = await startPage();
    capture(1);

    say('paused', { reason });
    capture(2);

    expect(register).not.toHaveBeenCalled();
  });

  it('not as it goes either, where the user has not agreed', async () => {
    const { page, say, capture } = await startPage();
    capture(1);
    say('paused', { reason: 'consent' });

    page.setHidden(true);

    expect(register).not.toHaveBeenCalled();
  });

  it('no more when it has been stopped', async () => {
    const { page, stop, say, capture } = await startPage();
    capture(1);
    stop();

    page.setHidden(true);
    page.fire('window', 'pagehide');
    say('paused', { reason: 'offline' });

    expect(register).not.toHaveBeenCalled();
  });
});

describe('periodic sync', () => {
  it('is asked for where the application wants it', async () => {
    await startPage({ periodicMs: 3_600_000 });

    expect(registerPeriodic.mock.calls).toEqual([['rivulet', { minInterval: 3_600_000 }]]);
  });

  it('is not asked for otherwise', async () => {
    await startPage();

    expect(registerPeriodic).not.toHaveBeenCalled();
  });

  it('may be refused', async () => {
    registerPeriodic.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));

    const { page, capture } = await startPage({ periodicMs: 1 });
    capture(1);
    page.setHidden(true);

    expect(register).toHaveBeenCalledTimes(1);
  });
});

describe('a browser', () => {
  it.each([
    ['without Background Sync', {}],
    ['without service workers', undefined],
    ['whose user forbids them', new DOMException('no', 'SecurityError')],
  ])('%s is left in peace', async (_, registration) => {
    const { page, capture } = await startPage({ periodicMs: 1 }, registration);
    capture(1);

    expect(() => page.setHidden(true)).not.toThrow();
  });

  it('may refuse the sync', async () => {
    let asked = 0;
    const refuse = async (): Promise<void> => {
      asked++;
      throw new DOMException('no', 'NotAllowedError');
    };
    const { page, capture } = await startPage({}, { sync: { register: refuse } });
    capture(1);

    page.setHidden(true);
    // A rejection that nobody hears fails the test's run.
    await new Promise((resolve) => setImmediate(resolve));

    expect(asked).toBe(1);
  });
});
