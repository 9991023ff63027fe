import { afterEach, describe, expect, test } from 'vitest';
import { clicks } from '../../../src/capture/clicks.ts';
import type { CaptureHost } from '../../../src/capture/types.ts';

type Captured = [event: string, properties: Record<string, unknown>];

let stop: () => void = () => {};

function show(html: string): { captured: Captured[]; writes: () => number } {
  document.body.innerHTML = html;
  const captured: Captured[] = [];
  let writes = 0;
  stop = clicks().start({
    window,
    track: (...call: unknown[]) => captured.push(JSON.parse(JSON.stringify(call))),
    page: () => {},
    write: () => writes++,
    on: () => () => {},
  } as unknown as CaptureHost);
  return { captured, writes: () => writes };
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
    const { captured } = show(html);
    click('#x');

    expect(captured).toMatchObject([[tag === 'p' ? 'Read' : 'Element Clicked', { tag, id: 'x' }]]);
  });

  test('on what cannot be pressed are not captured', () => {
    const { captured } = show('<main><p id="x">Text</p><input id="y" type="text"></main>');
    click('#x');
    click('#y');

    expect(captured).toEqual([]);
  });

  test('belong to the nearest element that can be pressed', () => {
    const { captured } = show(
      '<article data-rivulet-event="Card"><button><b id="x">Buy</b> it</button></article>',
    );
    click('#x');

    expect(captured).toEqual([['Element Clicked', { tag: 'button', text: 'Buy it' }]]);
  });

  test('carry the name and the properties that the page gives', () => {
    const { captured } = show(
      '<button data-rivulet-event="Product Added" data-rivulet-product-id="A-17" data-other="no">Add</button>',
    );
    click('button');

    expect(captured).toEqual([
      ['Product Added', { tag: 'button', text: 'Add', productId: 'A-17' }],
    ]);
  });

  test('on a label with a control are captured once, as the control', () => {
    const { captured } = show('<label>Gift <input type="checkbox" id="gift"></label>');
    click('label');
    click('#gift');

    expect(captured.map(([, { id }]) => id)).toEqual(captured.map(() => 'gift'));
    expect(captured.length).toBeGreaterThan(0);
  });

  test('never carry what somebody typed', () => {
    const { captured } = show(
      `<form><label id="x">Card <textarea>4111 1111</textarea><select><option>Visa</option></select>
        <span contenteditable>secret</span></label>
        <input type="submit" value="4111 2222"></form>`,
    );
    document.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
    click('#x');
    click('input');

    expect(JSON.stringify(captured)).not.toMatch(/4111|Visa|secret/);
    expect(captured[0]?.[1].text).toBe('Card');
  });

  test('carry no text of what the page calls private', () => {
    const { captured } = show(
      `<div data-private><button id="x">Ada's account</button></div>
       <button id="y">Account <i data-private>of Ada</i></button>`,
    );
    click('#x');
    click('#y');

    expect(captured.map(([, { text }]) => text)).toEqual([undefined, 'Account']);
  });

  test('carry at most 80 characters of text, and a label where there is none', () => {
    const { captured } = show(
      `<button id="x">  a\n${'b'.repeat(100)}</button><button id="y" aria-label="Close"><svg></svg></button>`,
    );
    click('#x');
    click('#y');

    expect(captured[0]?.[1].text).toBe(`a ${'b'.repeat(78)}`);
    expect(captured[1]?.[1].text).toBe('Close');
  });

  test.each([
    ['https://shop.test/boots?token=secret#top', 'https://shop.test/boots'],
    ['https://ada:secret@shop.test/boots', 'https://shop.test/boots'],
    ['mailto:ada@shop.test', 'mailto:'],
    ['http://[', undefined],
  ])('on a link to %s say that it leads to %s, and write at once', (href, captured) => {
    const shown = show(`<a href="${href}">Go</a>`);
    document.addEventListener('click', (event) => event.preventDefault(), { once: true });
    click('a');

    expect(shown.captured[0]?.[1].href).toBe(captured);
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
    const { captured } = show('<section></section>');
    const root = document.querySelector('section')?.attachShadow({ mode: 'open' });
    if (root) root.innerHTML = '<button>Inside</button>';
    root?.querySelector('button')?.click();

    expect(captured).toMatchObject([['Element Clicked', { text: 'Inside' }]]);
  });

  test('pass by a form whose control is called "matches"', () => {
    const { captured } = show(
      '<form><input name="matches"><button type="button">Go</button></form>',
    );
    const form = document.querySelector('form');
    Object.defineProperty(form, 'matches', { value: form?.firstElementChild });
    click('button');

    expect(captured).toHaveLength(1);
  });

  test('are captured no more when the source has stopped', () => {
    const { captured } = show('<button>Buy</button>');
    stop();
    click('button');

    expect(captured).toEqual([]);
  });
});
