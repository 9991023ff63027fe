import { afterEach, describe, expect, test } from 'vitest';
import { type RageClickOptions, rageClicks } from '../../../src/capture/rage-clicks.ts';
import { createTestHost } from '../../helpers/capture-host.ts';

let stop: () => void = () => {};

function show(html: string, options?: RageClickOptions) {
  document.body.innerHTML = html;
  const host = createTestHost(window);
  stop = rageClicks(options).start(host);
  return host;
}

interface ClickFields {
  readonly selector?: string;
  readonly x?: number;
  readonly detail?: number;
}

function click({ selector = '#x', x = 10, detail = 1 }: ClickFields = {}): void {
  document
    .querySelector(selector)
    ?.dispatchEvent(
      new MouseEvent('click', { bubbles: true, composed: true, clientX: x, clientY: 10, detail }),
    );
}

/** Selects the text, as three clicks do. */
function select(selector: string): void {
  window.getSelection()?.selectAllChildren(document.querySelector(selector) as Element);
}

afterEach(() => {
  stop();
  window.getSelection()?.removeAllRanges();
});

describe('rage clicks', () => {
  test('are three in a second, in one place', async () => {
    const host = show('<ul id="cart"><li><img id="" class="x"></li></ul>');
    for (const wait of [0, 400, 600]) {
      await host.clock.advance(wait);
      click({ selector: 'img' });
    }

    expect(host.captured).toEqual([
      {
        type: 'track',
        event: 'Rage Clicked',
        properties: { tag: 'img', place: '#cart>li>img' },
      },
    ]);
  });

  test.each([
    ['two', [0, 100]],
    ['three in more than a second', [0, 500, 501]],
    ['a click each second', [0, 1000, 1000, 1000]],
  ])('are not %s', async (_, waits) => {
    const host = show('<b id="x">Total</b>');
    for (const wait of waits) {
      await host.clock.advance(wait);
      click();
    }

    expect(host.captured).toEqual([]);
  });

  test('count once a burst, however long it goes on', async () => {
    const host = show('<b id="x">Total</b>');
    for (let n = 0; n < 20; n++) {
      click();
      await host.clock.advance(200);
    }
    expect(host.captured).toHaveLength(1);
    await host.clock.advance(1001);
    for (let n = 0; n < 3; n++) click();

    expect(host.captured).toHaveLength(2);
  });

  test('are within 30 pixels of one another', () => {
    const host = show('<b id="x">Total</b>');
    for (const x of [0, 31, 62]) click({ x });
    expect(host.captured).toHaveLength(0);
    for (const x of [100, 130, 100]) click({ x });

    expect(host.captured).toHaveLength(1);
  });

  test('are as many, as fast and as near as the application says', async () => {
    const host = show('<b id="x">Total</b>', { clicks: 5, withinMs: 100, withinPx: 5 });
    for (let n = 0; n < 4; n++) click({ x: n * 5 });
    expect(host.captured).toHaveLength(0);
    await host.clock.advance(100);
    click({ x: 20 });

    expect(host.captured).toHaveLength(1);
  });

  test('do not come from a keyboard or a script', () => {
    const host = show('<button id="x">More</button>');
    for (let n = 0; n < 5; n++) click({ detail: 0 });

    expect(host.captured).toEqual([]);
  });

  test.each([
    '<input id="x" type="number">',
    '<input id="x" type="checkbox">',
    '<label id="x">Size</label>',
    '<label><b id="x">Size</b></label>',
    '<textarea id="x"></textarea>',
    '<select id="x"></select>',
    '<div contenteditable><b id="x">Text</b></div>',
    '<canvas id="x"></canvas>',
    '<video id="x"></video>',
  ])('do not happen in %s', (html) => {
    const host = show(html);
    for (let n = 0; n < 5; n++) click();

    expect(host.captured).toEqual([]);
  });

  test.each(['<input id="x" type="submit">', '<input id="x" type="button">', '<i id="x">i</i>'])(
    'happen on %s',
    (html) => {
      const host = show(html);
      for (let n = 0; n < 3; n++) click();

      expect(host.captured).toMatchObject([{ properties: { place: '#x' } }]);
    },
  );

  test('do not select text', () => {
    const host = show('<p id="x" style="cursor: text">A paragraph</p>');
    select('p');
    for (let n = 0; n < 3; n++) click();

    expect(host.captured).toEqual([]);
  });

  test('may select the text of what shows that it can be pressed', () => {
    const host = show('<div id="x" style="cursor: pointer">More</div>');
    select('div');
    for (let n = 0; n < 3; n++) click();

    expect(host.captured).toHaveLength(1);
  });

  test('leave alone what is made to be clicked fast, and what the application ignores', () => {
    const host = show(
      '<b class="stepper"><i id="x">+</i></b><p data-rivulet-ignore><i id="y">Text</i></p>',
      { except: '.stepper' },
    );
    for (let n = 0; n < 3; n++) click();
    for (let n = 0; n < 3; n++) click({ selector: '#y' });

    expect(host.captured).toEqual([]);
  });

  test('are not looked for with a selector that is none', () => {
    expect(() => show('', { except: 'a[' })).toThrow();
  });

  test('never carry text', () => {
    const host = show('<button id="x" aria-label="Ada">Ada <span>Lovelace</span></button>');
    for (let n = 0; n < 3; n++) click({ selector: 'span' });

    expect(host.captured).toMatchObject([{ properties: { tag: 'span', place: '#x>span' } }]);
    expect(JSON.stringify(host.captured)).not.toMatch(/Ada|Lovelace/);
  });

  test('are captured no more when the source has stopped', () => {
    const host = show('<b id="x">Total</b>');
    click();
    click();
    stop();
    click();

    expect(host.captured).toEqual([]);
  });
});
