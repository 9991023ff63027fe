import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../src/protocol/event.ts';
import { median } from '../../bench/median.ts';
import { recordsOf, useCaptureSite } from '../../helpers/capture-site.ts';
import { untilStats } from '../../helpers/client-page.ts';
import { useWorld } from '../../helpers/world.ts';

const ROWS = 10_000;
const CLICKS = 100;
/** Shorter than a person's patience, and than a test's. */
const DEAD_MS = 300;

const world = useWorld();
const site = useCaptureSite(world, {
  '/': { capture: '' },
  '/file.zip': { body: 'PK', headers: { 'content-disposition': 'attachment' } },
  '/elsewhere': { body: 'Elsewhere' },
  '/clicks': {
    capture: 'sources.clicks()',
    body: `
      <a id="out" href="/elsewhere">Elsewhere <i data-private>of Ada</i></a>
      <a id="in" href="/?token=secret&utm_source=mail#/boots">In</a>
      <a id="file" href="/file.zip"><b>File</b></a>
      <button data-rivulet-event="Product Added" data-rivulet-sku="A-17">Add</button>
      <label id="gift">Gift <input type="checkbox" id="wrap"></label>
      <input id="name" value="Ada">`,
  },
  '/table': {
    capture:
      '...(location.search ? [] : [sources.clicks(), sources.rageClicks(), sources.deadClicks()])',
    body: `<table><tbody></tbody></table><script>
      document.querySelector('tbody').innerHTML = Array.from(
        { length: ${ROWS} },
        (_, n) => '<tr data-rivulet-event="Row Opened" data-rivulet-row="' + n + '"><td>Row ' + n + '</td></tr>',
      ).join('');
      window.opened = 0;
      document.querySelector('table').addEventListener('click', () => opened++);
    </script>`,
  },
  '/rage': {
    capture: 'sources.rageClicks()',
    body: `
      <p>A paragraph that somebody selects</p>
      <label><input type="checkbox"> Gift</label>
      <div id="more" style="cursor: pointer">More</div>`,
  },
  '/dead': {
    capture: 'sources.deadClicks()',
    body: `<main id="shop"><button>Buy</button><p style="cursor: pointer">Looks pressed</p><a href="#">Top</a></main>`,
  },
  '/answers': {
    capture: `sources.deadClicks({ withinMs: ${DEAD_MS} })`,
    body: `
      <button id="mutates" onclick="this.append('!')">Mutates</button>
      <div role="button" id="menu" onpointerdown="setTimeout(() => this.append('!'))">Opens before the click</div>
      <button id="popover" popovertarget="tip">Popover</button><div id="tip" popover>Tip</div>
      <details><summary>Details</summary>More</details>
      <button id="focuses" onclick="document.querySelector('#field').focus()">Focuses</button>
      <form action="/" onsubmit="return false"><input id="field"><button id="submits">Submits</button></form>
      <form><input required><button id="refuses">Refuses</button></form>
      <button id="pushes" onclick="history.pushState({}, '', '?pushed')">Pushes</button>
      <button id="scrolls" onclick="window.scrollTo(0, 500)">Scrolls</button>
      <a id="file" href="/file.zip">Downloads</a>
      <a id="slow" href="/slow">Takes its time</a>
      <p style="height: 3000px">Nothing that looks pressed</p>`,
  },
  '/slow': { capture: '', waitMs: DEAD_MS * 3 },
  '/form': {
    capture: 'sources.forms()',
    body: `
      <form id="account" name="account" action="/sent?token=secret" data-rivulet-plan="free">
        <input name="first" required>
        <input name="pw" type="PASSWORD">
        <input name="number" autocomplete="billing cc-number">
        <p data-private><input name="illness"></p>
        <select name="country"><option>Chad</option><option>Peru</option></select>
        <button>Save</button>
      </form>
      <form id="script"><input name="query"></form>
      <form id="app"><input name="todo"><button>Add</button></form>
      <script>
        app.onsubmit = (event) => {
          event.preventDefault();
          app.todo.toggleAttribute('aria-invalid', false);
          if (app.todo.value.length < 3) app.todo.setAttribute('aria-invalid', 'true');
          else app.remove();
        };
      </script>`,
  },
  '/sent': { capture: '' },
  '/views': {
    capture: 'sources.visibility({ minimumMs: 100 })',
    body: `
      <section data-rivulet-view="Hero Viewed" data-rivulet-slot="1">Hello Ada</section>
      <div style="height: 2000px"></div>
      <section id="low" data-rivulet-view>Below</section>
      <div style="height: 2000px"></div>
      <section id="tall" data-rivulet-view style="height: 3000px; background: tan">Tall</section>`,
  },
  '/copy': {
    capture: 'sources.copyAndPrint()',
    body: '<pre>npm install</pre><textarea>a secret</textarea><p data-private>Ada</p>',
  },
});

async function open(path: string): Promise<Page> {
  const browser = await world.profile.open();
  return browser.newPage(site.origin + path);
}

/** What arrived of the person's doing, without the rest of the record. A page that is left may have to send twice. */
async function arrivedFrom(page: Page) {
  const records = await recordsOf(world, page);
  const once = new Map(records.map((record: StreamRecord) => [record.messageId, record]));
  return [...once.values()].map(({ event, properties }) => ({ event, ...properties }));
}

/** Resolves when the client has captured so many events. */
function captured(page: Page, count: number): Promise<unknown> {
  return untilStats(page, ({ captured }) => captured >= count);
}

/** Of clicks all over the table, with everything that listens to them. */
async function medianClickMs(page: Page): Promise<number> {
  const { times, opened } = await page.evaluate(
    async ([rows, clicks]) => {
      const cells = document.querySelectorAll('td');
      const times: number[] = [];
      for (let n = 0; n < rows; n += rows / clicks) {
        const startedAt = performance.now();
        cells[n]?.click();
        times.push(performance.now() - startedAt);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return { times, opened: (window as unknown as { opened: number }).opened };
    },
    [ROWS, CLICKS] as const,
  );
  expect(opened).toBe(CLICKS);
  return median(times);
}

describe('clicks', () => {
  it('on a link to another host arrive, though the page is left with them', async () => {
    const page = await open('/clicks');
    await page.evaluate((other) => {
      const link = document.querySelector<HTMLAnchorElement>('#out');
      if (link) link.href = `${other}/elsewhere?token=secret`;
    }, site.otherOrigin);
    await Promise.all([page.waitForURL(/elsewhere/), page.click('#out')]);
    await page.goto(site.origin);

    expect(await arrivedFrom(page)).toEqual([
      {
        ...{ event: 'Element Clicked', tag: 'a', text: 'Elsewhere', id: 'out', outbound: true },
        href: `${site.otherOrigin}/elsewhere`,
      },
    ]);
  });

  it('on a file, with the middle button, by the keyboard and on a label arrive once each', async () => {
    const page = await open('/clicks');
    await Promise.all([page.waitForEvent('download'), page.click('#file b')]);
    await Promise.all([
      page.context().waitForEvent('page'),
      page.click('#in', { button: 'middle' }),
    ]);
    await page.click('#in', { button: 'right' });
    await page.focus('button');
    await page.keyboard.press('Enter');
    await page.click('#gift', { position: { x: 5, y: 5 } });
    await page.click('#name');

    expect(await arrivedFrom(page)).toEqual([
      {
        ...{ event: 'Element Clicked', tag: 'a', text: 'File', id: 'file', download: true },
        href: `${site.origin}/file.zip`,
      },
      {
        ...{ event: 'Element Clicked', tag: 'a', text: 'In', id: 'in' },
        href: `${site.origin}/?utm_source=mail#/boots`,
      },
      { event: 'Product Added', tag: 'button', text: 'Add', sku: 'A-17' },
      { event: 'Element Clicked', tag: 'input', id: 'wrap' },
    ]);
  });

  it('in a table of 10,000 rows cost nothing for each row', async () => {
    const page = await open('/table?bare');
    const bareMs = await medianClickMs(page);
    await page.goto(`${site.origin}/table`);
    const watchedMs = await medianClickMs(page);
    console.info(`a click among ${ROWS} rows: ${watchedMs} ms, without sources ${bareMs} ms`);
    const arrived = await arrivedFrom(page);
    // Nothing answers them, and the last one may be found dead by now.
    const records = arrived.filter(({ event }) => event === 'Row Opened');

    expect(records).toHaveLength(CLICKS);
    expect(records[1]).toEqual({ event: 'Row Opened', tag: 'tr', text: 'Row 100', row: '100' });
    expect(watchedMs).toBeLessThan(2);
  });
});

describe('clicks in vain', () => {
  it('in a burst arrive once, and selecting a paragraph is none', async () => {
    const page = await open('/rage');
    await page.click('p', { clickCount: 3 });
    await page.click('label', { clickCount: 4 });
    await page.click('#more', { clickCount: 5, position: { x: 4, y: 4 } });

    expect(await arrivedFrom(page)).toEqual([
      { event: 'Rage Clicked', tag: 'div', place: '#more' },
    ]);
  });

  it('that change nothing arrive with the place that was clicked', async () => {
    const page = await open('/dead');
    for (const [index, selector] of ['button', 'p', 'a'].entries()) {
      await page.click(selector);
      await captured(page, index + 1);
    }

    expect(await arrivedFrom(page)).toEqual([
      { event: 'Dead Clicked', tag: 'button', place: '#shop>button' },
      { event: 'Dead Clicked', tag: 'p', place: '#shop>p' },
      { event: 'Dead Clicked', tag: 'a', place: '#shop>a' },
    ]);
  });

  it('are not those that the page answers, however it does', async () => {
    const page = await open('/answers');
    const answered = [
      ...['#mutates', '#menu', '#popover', 'summary', '#focuses', '#submits', '#refuses'],
      ...['#pushes', '#scrolls', '#file', 'p'],
    ];
    for (const selector of answered) {
      await page.click(selector, { position: { x: 3, y: 3 } });
      // So long the source waits for an answer.
      await page.waitForTimeout(DEAD_MS * 1.5);
    }
    await page.click('#slow');
    await page.waitForURL(/slow/);

    expect(await arrivedFrom(page)).toEqual([]);
  });
});

describe('forms', () => {
  const FACTS = { id: 'account', name: 'account', plan: 'free' };

  it('arrive when they are sent: with names, without values, and without any secret', async () => {
    const page = await open('/form');
    const action = `${site.origin}/sent`;
    await page.click('#account button');
    await page.fill('[name=first]', 'Ada');
    await page.fill('[name=pw]', 'hunter2');
    await page.fill('[name=number]', '4111');
    await page.fill('[name=illness]', 'flu');
    await page.selectOption('[name=country]', 'Peru');
    await Promise.all([page.waitForURL(/sent/), page.click('#account button')]);
    const records = await arrivedFrom(page);

    expect(records).toEqual([
      { event: 'Form Started', ...FACTS, action },
      {
        ...{ event: 'Form Submitted', ...FACTS, action },
        ...{ fields: ['first', 'country'], lastField: 'country', invalidFields: ['first'] },
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(records)).not.toMatch(
      /Ada|hunter2|4111|flu|Peru|token|pw|number"|illness/,
    );
  });

  it('arrive as abandoned when the page is left, though nothing was sent before', async () => {
    const page = await open('/form');
    await page.fill('[name=first]', 'Ada');
    await page.goto(site.origin);

    expect(await arrivedFrom(page)).toMatchObject([
      { event: 'Form Started', id: 'account' },
      { event: 'Form Abandoned', id: 'account', fields: ['first'], lastField: 'first' },
    ]);
  });

  it('sent by a script without an event arrive as submitted', async () => {
    const page = await open('/form');
    await page.fill('[name=query]', 'boots');
    await Promise.all([
      page.waitForURL(/query=boots/),
      page.evaluate(() => document.querySelector<HTMLFormElement>('#script')?.submit()),
    ]);

    expect(await arrivedFrom(page)).toMatchObject([
      { event: 'Form Started', id: 'script' },
      { event: 'Form Submitted', id: 'script', fields: ['query'] },
    ]);
  });

  it('that an application takes arrive once it does, and not when it refuses them', async () => {
    const page = await open('/form');
    await page.fill('[name=todo]', 'a');
    await page.click('#app button');
    await page.fill('[name=todo]', 'a kettle');
    await page.click('#app button');
    await captured(page, 2);

    expect(await arrivedFrom(page)).toMatchObject([
      { event: 'Form Started', id: 'app' },
      { event: 'Form Submitted', id: 'app', invalidFields: ['todo'] },
    ]);
  });
});

describe('elements', () => {
  it('arrive when they were seen: at once, scrolled to, larger than the window, added later', async () => {
    const page = await open('/views');
    await captured(page, 1);
    for (const [index, selector] of ['#low', '#tall'].entries()) {
      await page.locator(selector).evaluate((element) => element.scrollIntoView());
      await captured(page, index + 2);
    }
    await page.evaluate(() => {
      scrollTo(0, 0);
      document.body.insertAdjacentHTML('afterbegin', '<p data-rivulet-view="Tip Viewed">Tip</p>');
    });
    await captured(page, 4);

    expect(await arrivedFrom(page)).toEqual([
      { event: 'Hero Viewed', tag: 'section', slot: '1' },
      { event: 'Element Viewed', tag: 'section', id: 'low' },
      { event: 'Element Viewed', tag: 'section', id: 'tall' },
      { event: 'Tip Viewed', tag: 'p' },
    ]);
  });
});

describe('copies and prints', () => {
  it('arrive without what was copied, and not at all out of what is private', async () => {
    const page = await open('/copy');
    for (const selector of ['pre', 'textarea', 'p']) {
      await page.click(selector, { clickCount: 3 });
      await page.keyboard.press('Control+c');
    }
    await page.pdf();

    expect(await arrivedFrom(page)).toEqual([
      { event: 'Text Copied', length: expect.any(Number), tag: 'pre' },
      { event: 'Page Printed' },
    ]);
  });
});
