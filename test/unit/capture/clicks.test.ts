import { afterEach, describe, expect, test } from 'vitest';
import { type ClickOptions, clicks } from '../../../src/capture/clicks.ts';
import { createTestHost } from '../../helpers/capture-host.ts';

type Captured = readonly [event: string | undefined, properties: Record<string, unknown>];

let stop: () => void = () => {};

function show(
  html: string,
  options?: ClickOptions,
): { readonly captured: readonly Captured[]; readonly writes: () => number } {
  document.body.innerHTML = html;
  const host = createTestHost(window);
  stop = clicks(options).start(host);
  return {
    get captured() {
      return host.captured.map(({ event, properties = {} }) => [event, properties] as const);
    },
    writes: host.writes,
  };
}

function click(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

afterEach(() => stop());

describe('clicks', () => {
  test.each([
    ['<a id="x" href="/boots">Boots</a>', 'a'],
    ['<button id="x">Buy</button>', 'button'],
    ['<div id="x" role="button">Buy</div>', 'div'],
    ['<div id="x" role="link">Buy</div>', 'div'],
    ['<div id="x" role="menuitem">Buy</div>', 'div'],
    ['<div id="x" role="tab">Buy</div>', 'div'],
    ['<input id="x" type="submit">', 'input'],
    ['<input id="x" type="button">', 'input'],
    ['<input id="x" type="checkbox">', 'input'],
    ['<input id="x" type="radio">', 'input'],
    ['<details><summary id="x">More</summary></details>', 'summary'],
    ['<label id="x">Name</label>', 'label'],
    ['<p id="x" data-rivulet-event="Read">Text</p>', 'p'],
  ])('on %s are captured', (html, tag) => {
    const shown = show(html);
    click('#x');

    expect(shown.captured).toMatchObject([
      [tag === 'p' ? 'Read' : 'Element Clicked', { tag, id: 'x' }],
    ]);
  });

  test('on what cannot be pressed are not captured', () => {
    const shown = show('<main><p id="x">Text</p><input id="y" type="text"></main>');
    click('#x');
    click('#y');

    expect(shown.captured).toEqual([]);
  });

  test('belong to the nearest element that can be pressed', () => {
    const shown = show(
      '<article data-rivulet-event="Card"><button><b id="x">Buy</b> it</button></article>',
    );
    click('#x');

    expect(shown.captured).toEqual([['Element Clicked', { tag: 'button', text: 'Buy it' }]]);
  });

  test('carry the name and the properties that the page gives', () => {
    const shown = show(
      '<button data-rivulet-event="Product Added" data-rivulet-product-id="A-17" data-other="no">Add</button>',
    );
    click('button');

    expect(shown.captured).toEqual([
      ['Product Added', { tag: 'button', text: 'Add', productId: 'A-17' }],
    ]);
  });

  test('on a label with a control are captured once, as the control', () => {
    const shown = show('<label>Gift <input type="checkbox" id="gift"></label>');
    click('label');
    click('#gift');

    expect(shown.captured.map(([, { id }]) => id)).toEqual(shown.captured.map(() => 'gift'));
    expect(shown.captured.length).toBeGreaterThan(0);
  });

  test('never carry what somebody typed', () => {
    const shown = show(
      `<form><label id="x">Card <textarea>4111 1111</textarea><select><option>Visa</option></select>
        <span contenteditable>secret</span></label>
        <input type="submit" value="4111 2222"></form>`,
    );
    document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
    click('#x');
    click('input');

    expect(JSON.stringify(shown.captured)).not.toMatch(/4111|Visa|secret/);
    expect(shown.captured[0]?.[1].text).toBe('Card');
  });

  test('carry no text of what the page calls private', () => {
    const shown = show(
      `<div data-private><button id="x">Ada's account</button></div>
       <button id="y">Account <i data-private>of Ada</i></button>`,
    );
    click('#x');
    click('#y');

    expect(shown.captured.map(([, { text }]) => text)).toEqual([undefined, 'Account']);
  });

  test('carry at most 80 characters of text, and a label where there is none', () => {
    const shown = show(
      `<button id="x">  a\n${'b'.repeat(100)}</button><button id="y" aria-label="Close"><svg></svg></button>`,
    );
    click('#x');
    click('#y');

    expect(shown.captured[0]?.[1].text).toBe(`a ${'b'.repeat(78)}`);
    expect(shown.captured[1]?.[1].text).toBe('Close');
  });

  test.each([
    ['https://shop.test/boots?token=secret#top', 'https://shop.test/boots'],
    [
      'https://shop.test/boots?utm_source=mail&sku=1#/sizes',
      'https://shop.test/boots?utm_source=mail#/sizes',
    ],
    ['https://ada:secret@shop.test/boots', 'https://shop.test/boots'],
    ['mailto:ada@shop.test', 'mailto:'],
    ['http://[', undefined],
  ])('on a link to %s say that it leads to %s, and write at once', (href, leads) => {
    const shown = show(`<a href="${href}">Go</a>`);
    document.addEventListener('click', (event) => event.preventDefault(), { once: true });
    click('a');

    expect(shown.captured[0]?.[1].href).toBe(leads);
    expect(shown.writes()).toBe(1);
  });

  test('on a button that sends a form write at once, on another button not', () => {
    const { writes } = show(
      '<button id="x">Send</button><button id="y" type="button">Open</button>',
    );
    click('#y');
    expect(writes()).toBe(0);
    click('#x');

    expect(writes()).toBe(1);
  });

  test('inside an open shadow root are captured', () => {
    const shown = show('<section></section>');
    const root = document.querySelector('section')?.attachShadow({ mode: 'open' });
    if (root) root.innerHTML = '<button>Inside</button>';
    root?.querySelector('button')?.click();

    expect(shown.captured).toMatchObject([['Element Clicked', { text: 'Inside' }]]);
  });

  test('pass by a form whose control is called "matches"', () => {
    const shown = show('<form><input name="matches"><button type="button">Go</button></form>');
    const form = document.querySelector('form');
    Object.defineProperty(form, 'matches', { value: form?.firstElementChild });
    click('button');

    expect(shown.captured).toHaveLength(1);
  });

  test.each([
    ['https://elsewhere.test/boots', true],
    ['http://localhost:3001/', true],
    ['/boots', undefined],
    ['#reviews', undefined],
    ['mailto:ada@shop.test', undefined],
    ['javascript:void(0)', undefined],
  ])('on a link to %s say whether it leads to another host: %s', (href, outbound) => {
    const shown = show(`<a href="${href}">Go</a>`);
    document.addEventListener('click', (event) => event.preventDefault(), { once: true });
    click('a');

    expect(shown.captured[0]?.[1].outbound).toBe(outbound);
  });

  test.each([
    ['href="/price-list.pdf"', true],
    ['href="/Price.List.PDF?v=2"', true],
    ['href="https://elsewhere.test/setup.exe"', true],
    ['href="/boots.html"', undefined],
    ['href="/pdf"', undefined],
    ['href="/pdf.d/boots"', undefined],
    ['href="/export" download', true],
    ['href="/export" download="ada.csv"', true],
  ])('on a link with %s say whether it leads to a file: %s', (attributes, download) => {
    const shown = show(`<a ${attributes}>Get it</a>`);
    document.addEventListener('click', (event) => event.preventDefault(), { once: true });
    click('a');

    expect(shown.captured[0]?.[1].download).toBe(download);
    expect(JSON.stringify(shown.captured)).not.toContain('ada.csv');
  });

  test('take the endings of files that the application names', () => {
    const shown = show('<a href="/plan.dwg">Plan</a><a href="/plan.pdf" id="pdf">Plan</a>', {
      downloads: 'dwg|dxf',
    });
    for (const selector of ['a', '#pdf']) {
      document.addEventListener('click', (event) => event.preventDefault(), { once: true });
      click(selector);
    }

    expect(shown.captured.map(([, { download }]) => download)).toEqual([true, undefined]);
  });

  test('on what is drawn in a link are of the link', () => {
    const shown = show('<a href="/file.zip"><svg><path id="x"></path></svg></a>');
    document.addEventListener('click', (event) => event.preventDefault(), { once: true });
    document
      .querySelector('path')
      ?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));

    expect(shown.captured).toMatchObject([['Element Clicked', { tag: 'a', download: true }]]);
  });

  test.each([
    [1, 'a', 1],
    [1, 'button', 0],
    [2, 'a', 0],
  ])('with button %i on a link or button (%s) are captured %i times', (button, selector, times) => {
    const shown = show('<a href="/boots">Boots</a><button>Buy</button>');
    document
      .querySelector(selector)
      ?.dispatchEvent(new MouseEvent('auxclick', { button, bubbles: true, composed: true }));

    expect(shown.captured).toHaveLength(times);
  });

  test('are those alone that the application asks for', () => {
    const shown = show('<button>Buy</button><b data-rivulet-event="Read">Text</b><i>More</i>', {
      selector: '[data-rivulet-event],i',
    });
    for (const selector of ['button', 'b', 'i']) click(selector);

    expect(shown.captured.map(([event]) => event)).toEqual(['Read', 'Element Clicked']);
  });

  test('are not begun with a selector that is none', () => {
    expect(() => show('', { selector: 'a[' })).toThrow();
  });

  test('in a form that names its submission are not the submission', () => {
    const shown = show('<form data-rivulet-event="Subscribed"><p>Text</p></form>');
    click('p');

    expect(shown.captured).toEqual([]);
  });

  test('carry nothing of how the page names things', () => {
    const shown = show(
      '<button data-rivulet-event="Seen" data-rivulet-view="Banner" data-rivulet-form data-rivulet-submit>Go</button>',
    );
    click('button');

    expect(shown.captured).toEqual([['Seen', { tag: 'button', text: 'Go' }]]);
  });

  test.each(['class="rivulet-ignore"', 'data-rivulet-ignore'])(
    'inside an element with %s are left alone',
    (attribute) => {
      const shown = show(`<nav ${attribute}><p><button>Buy</button></p></nav>`);
      click('button');

      expect(shown.captured).toEqual([]);
    },
  );

  test('are captured no more when the source has stopped', () => {
    const shown = show('<button>Buy</button>');
    stop();
    click('button');

    expect(shown.captured).toEqual([]);
  });
});
