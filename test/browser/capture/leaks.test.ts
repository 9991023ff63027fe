import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import * as entry from '../../../src/capture/index.ts';
import type { CaptureHost, CaptureSource } from '../../../src/capture/types.ts';
import { useCaptureSite } from '../../helpers/capture-site.ts';
import { LEAK_BODY } from '../../helpers/commotion.ts';
import { type HoldingsLedger, keepHoldings } from '../../helpers/holdings.ts';
import { useWorld } from '../../helpers/world.ts';
import type * as capturePage from '../pages/capture-page.ts';

const ROUNDS = 100;
const BODY = `${LEAK_BODY}<p style="height: 3000px"></p>`;

interface InPage {
  readonly ledger: HoldingsLedger;
  /** The host of a real client. */
  readonly host: CaptureHost;
  readonly rivulet: Omit<typeof capturePage, 'sources'> & {
    readonly sources: Record<string, (options?: object) => CaptureSource>;
  };
}

const world = useWorld();
const site = useCaptureSite(world, {
  '/hosted': {
    capture: "{ name: 'spy', start(host) { window.host = host; return () => {}; } }",
    body: BODY,
  },
  '/bare': { capture: '', body: BODY },
});

let page: Page;

beforeEach(async () => {
  const browser = await world.profile.open();
  await browser.context.addInitScript(`window.ledger = (${keepHoldings})(window)`);
  page = await browser.newPage('about:blank');
});

describe('every source, started and stopped 100 times in Chromium', () => {
  it('leaves no listener, timer, observer or patched function behind', async () => {
    await page.goto(`${site.origin}/hosted`);

    const left = await page.evaluate(async (rounds) => {
      const { ledger, host, rivulet } = window as unknown as InPage;
      const left: Record<string, unknown> = {};
      const quiet = () => new Promise((resolve) => setTimeout(resolve, 50));
      // What the client itself holds comes and goes with what it writes and sends.
      const noted = () => {
        const held = Object.entries(ledger.held()).filter(
          ([name]) => !/^(IDB|set|request)/.test(name),
        );
        return { held, patched: ledger.patched() };
      };
      for (const [name, create] of Object.entries(rivulet.sources)) {
        const round = () => {
          const stop = create(rivulet.leakOptions[name]).start(host);
          rivulet.happen(window);
          stop();
        };
        // A library that can be asked but once is asked in the first.
        round();
        await quiet();
        const before = JSON.stringify(noted());
        for (let n = 0; n < rounds; n++) round();
        await quiet();
        const after = JSON.stringify(noted());
        if (before !== after) left[name] = { before, after };
      }
      return left;
    }, ROUNDS);

    expect(left).toEqual({});
  });

  it('captures nothing after', async () => {
    await page.goto(`${site.origin}/hosted`);

    const counts = await page.evaluate(async () => {
      const { host, rivulet } = window as unknown as InPage;
      let captured = 0;
      for (const [name, create] of Object.entries(rivulet.sources)) {
        create(rivulet.leakOptions[name]).start(host)();
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      host.on('captured', () => captured++);
      rivulet.happen(window);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { captured, sources: Object.keys(rivulet.sources).length };
    });

    expect(counts).toEqual({ captured: 0, sources: Object.keys(entry).length });
  });
});

it('leaves nothing of 100 clients that were made with every source, and closed', async () => {
  await page.goto(`${site.origin}/bare`);
  const { relay, writeKey } = world.pipeline;
  const devtools = await page.context().newCDPSession(page);
  /** As the browser itself counts them, by target and type. */
  const listeners = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const expression of ['window', 'document', 'navigator.serviceWorker', 'navigation']) {
      const { result } = await devtools.send('Runtime.evaluate', { expression });
      const { objectId = '' } = result;
      const found = await devtools.send('DOMDebugger.getEventListeners', { objectId });
      for (const { type } of found.listeners) {
        const name = `${expression} ${type}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
    }
    return counts;
  };
  const live = (rounds: number): Promise<readonly string[]> =>
    page.evaluate(
      async ([endpoint, writeKey, rounds]) => {
        const { ledger, rivulet } = window as unknown as InPage;
        const options = { endpoint, writeKey, databaseName: 'leaks' };
        for (let n = 0; n < rounds; n++) {
          const capture = Object.entries(rivulet.sources).map(([name, create]) =>
            create(rivulet.leakOptions[name]),
          );
          const client = rivulet.createClient({ ...options, capture });
          rivulet.happen(window);
          await client.close();
        }
        return ledger.patched();
      },
      [relay.gate.url, writeKey, rounds] as const,
    );

  // The library of the vitals can be asked but once, and listens on.
  await live(1);
  const once = await listeners();
  const patched = await live(ROUNDS);

  expect(patched).toEqual([]);
  // That library waits for an idle moment after each click, and lets go in it.
  await expect.poll(async () => more(await listeners(), once), { timeout: 20_000 }).toEqual([]);
});

/** The kinds of which there are more than before. */
function more(now: Record<string, number>, before: Record<string, number>): readonly string[] {
  return Object.keys(now).filter((name) => (now[name] ?? 0) > (before[name] ?? 0));
}
