import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, useDebugView } from '../../helpers/debug-view.ts';

const view = useDebugView();
const { text } = view;
let page: Page;

async function open(...which: Parameters<typeof view.open>): Promise<void> {
  page = await view.open(...which);
}

/** What has the focus, inside the view. */
const focused = () =>
  page.evaluate(() => debugPage.view.shadowRoot?.activeElement?.className ?? '');

describe('the bubble', () => {
  it('says what waits, opens from the keyboard, and gives the focus back when it is closed', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.feed(40);
      debugPage.settle(20);
      debugPage.view.mode = 'bubble';
    });
    await eventually(() => text('.bubble')).toBe('20 …');
    expect(await page.locator('rivulet-debug .view').count()).toBe(0);

    await page.locator('rivulet-debug .bubble').focus();
    await page.keyboard.press('Enter');
    await page.locator('rivulet-debug .view').waitFor();
    await eventually(focused).toBe('grid');
    await page.getByRole('button', { name: 'Close the view' }).click();

    await eventually(focused).toBe('bubble');
    const box = await page.locator('rivulet-debug .bubble').boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  });

  it('goes on counting while it is closed', async () => {
    await open();
    await page.evaluate(() => {
      debugPage.view.mode = 'bubble';
      debugPage.settle(0);
    });
    await eventually(() => text('.bubble')).toMatch(/^0/);

    await page.evaluate(() => {
      debugPage.feed(60);
      debugPage.settle(812);
    });

    await eventually(() => text('.bubble')).toMatch(/^812/);
    await page.evaluate(() => debugPage.view.toggle());
    await eventually(() => text('.records .aside')).toContain('60');
  });
});

describe('the dock', () => {
  it('is as high as somebody makes it, by the arrow keys too, and remembers it', async () => {
    await open();
    const height = () => page.evaluate(() => debugPage.view.offsetHeight / innerHeight);
    await page.evaluate(() => {
      debugPage.view.mode = 'dock';
    });
    await page.getByRole('separator', { name: 'Height of the view' }).focus();
    await eventually(height).toBeCloseTo(0.62, 2);

    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');

    await eventually(height).toBeCloseTo(0.72, 2);
    expect(await page.evaluate(() => localStorage.getItem('rivulet.debug.dock'))).toBe('72');
  });

  it('fills the window and goes back', async () => {
    await open();
    const height = () => page.evaluate(() => debugPage.view.offsetHeight);
    await page.evaluate(() => {
      debugPage.view.mode = 'dock';
    });
    await eventually(height).toBeLessThan(800);
    const docked = await height();

    await page.getByRole('button', { name: 'Fill the window' }).click();
    await eventually(height).toBe(800);
    await page.getByRole('button', { name: 'Back to its place' }).click();

    await eventually(height).toBe(docked);
  });
});

describe('the palette', () => {
  it('does what is typed', async () => {
    await open();
    await page.evaluate(() => debugPage.feed(60));
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('hold');
    await page.keyboard.press('Enter');

    await page.locator('rivulet-debug .pill').waitFor();
    expect(await page.locator('rivulet-debug dialog[open]').count()).toBe(0);
  });

  it('goes to a record by its message id, and to a moment', async () => {
    await open();
    await page.evaluate(() => debugPage.feedHistory(60));
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('k3f9aL0qXw.3');
    await page.getByRole('option', { name: 'Open the record k3f9aL0qXw.3' }).click();

    await page.locator('rivulet-debug .detail').waitFor();
    await eventually(() =>
      page.locator('rivulet-debug .row[aria-selected="true"]').innerText(),
    ).toContain('k3f9a·3');
  });

  it('says that nothing is called so, and closes at Escape', async () => {
    await open();
    await page.locator('rivulet-debug .grid').focus();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('xyzzy');
    await eventually(() => text('.palette')).toContain('Nothing is called that.');
    await page.keyboard.press('Escape');

    await eventually(() => page.locator('rivulet-debug dialog[open]').count()).toBe(0);
  });
});

it('lists every key that it knows', async () => {
  await open();
  await page.locator('rivulet-debug .grid').focus();

  await page.keyboard.press('?');

  const keys = await text('.keys-list');
  for (const title of ['Go to the filter', 'Hold or follow', 'Command palette', 'Show ledger']) {
    expect(keys).toContain(title);
  }
});

describe('a stream that is read with a token', () => {
  const ENDPOINT = 'https://relay.invalid';
  const HEADERS = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'content-type': 'application/x-amz-json-1.1',
  };

  /** A read door that takes one token. */
  async function answerAsRelay(asked: string[]): Promise<void> {
    await page.route(`${ENDPOINT}/**`, async (route: Route) => {
      const request = route.request();
      if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: HEADERS });
      const token = request.headers().authorization ?? '';
      asked.push(token);
      if (token !== 'Bearer the right one') {
        const body = JSON.stringify({ __type: 'AccessDeniedException', message: 'token: expired' });
        return route.fulfill({ status: 403, headers: HEADERS, body });
      }
      return route.fulfill({ status: 200, headers: HEADERS, body: '{"Shards":[]}' });
    });
  }

  it('asks for it, asks again when the relay refuses it, and keeps it for the tab only', async () => {
    await open();
    const asked: string[] = [];
    await answerAsRelay(asked);
    await page.evaluate((endpoint) => {
      debugPage.view.consumer = undefined;
      debugPage.view.endpoint = endpoint;
    }, ENDPOINT);
    const field = page.getByLabel('Read token');
    await field.waitFor();
    expect(await text('.first-steps')).toContain('A read token is missing.');
    expect(asked).toEqual([]);

    await field.fill('a wrong one');
    await page.keyboard.press('Enter');
    await eventually(() => text('.first-steps')).toContain('The relay refuses: ');
    await field.fill('the right one');
    await page.getByRole('button', { name: 'Read the stream' }).click();

    await eventually(() => asked.at(-1)).toBe('Bearer the right one');
    await eventually(() => field.count()).toBe(0);
    const kept = await page.evaluate(() => ({
      session: Object.values(sessionStorage),
      local: Object.values(localStorage).join(),
      address: location.href + history.length,
    }));
    expect(kept.session).toEqual(['the right one']);
    expect(kept.local + kept.address).not.toContain('one');
  });
});

describe('the first steps', () => {
  it('send an event and open it as soon as it is read', async () => {
    await open();
    await page.evaluate(() => {
      const { client } = debugPage;
      Object.assign(client, {
        track: (event: string) =>
          client.tell('captured', {
            lane: 'k3f9aL0qXw',
            seq: 1,
            type: 'track',
            event,
            at: Date.now(),
          }),
      });
    });

    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.evaluate(() => debugPage.feed(1));

    await page.locator('rivulet-debug .detail').waitFor();
    await eventually(() => page.locator('rivulet-debug .first-steps').count()).toBe(0);
  });
});

it('shows the other stream when another source is chosen', async () => {
  await open();
  await page.evaluate(() => {
    const { view, consumer, client } = debugPage;
    view.sources = [
      { name: 'Shop', stream: 'clickstream', consumer, client },
      { name: 'Tills', stream: 'telemetry' },
    ];
  });

  await page.getByLabel('Stream', { exact: true }).selectOption({ label: 'Tills' });

  await eventually(() => text('.live')).toContain('Not connected to a stream');
  await eventually(() => text('.first-steps')).toContain('No client on this page');
});

it('finds the client of the script tag, also when that comes later', async () => {
  await open();
  await page.evaluate(() => {
    debugPage.view.client = undefined;
  });
  await eventually(() => text('.queue')).toContain('No client on this page');

  await page.evaluate(() => {
    debugPage.settle(20);
    Object.assign(globalThis, { rivulet: debugPage.client });
  });

  await eventually(() => text('.queue .tiles')).toMatch(/20\s+Events|Events\s+20/);
});

it('goes from the verdict to the ledger', async () => {
  await open('narrow');
  await page.evaluate(() => debugPage.feed(8));
  await page.locator('rivulet-debug .ledger').waitFor({ state: 'hidden' });

  await page.locator('rivulet-debug .verdict').click();

  await page.locator('rivulet-debug .ledger').waitFor();
});
