import { afterEach, describe, expect, test } from 'vitest';
import { type DeadClickOptions, deadClicks } from '../../../src/capture/dead-clicks.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

let page: TestPage;
let stop: () => void = () => {};

function show(html: string, options?: DeadClickOptions) {
  page = createTestPage('https://shop.test/boots');
  page.window.document.body.innerHTML = html;
  const host = createTestHost(page.window);
  stop = deadClicks(options).start(host);
  return host;
}

const $ = (selector: string) => page.window.document.querySelector(selector) as HTMLElement;

function send(selector: string, type: string, fields: MouseEventInit = {}): void {
  $(selector).dispatchEvent(
    new page.window.MouseEvent(type, { bubbles: true, composed: true, ...fields }),
  );
}

/** As a pointer does. */
function click(selector = '#x'): void {
  send(selector, 'pointerdown');
  send(selector, 'click', { cancelable: true, detail: 1 });
}

afterEach(() => stop());

describe('a click', () => {
  test('on what can be pressed is dead when nothing happens within a second', async () => {
    const host = show('<main id="cart"><p><button>Buy the kettle</button></p></main>');
    click('button');
    await host.clock.advance(999);
    expect(host.captured).toEqual([]);
    await host.clock.advance(1);

    expect(host.captured).toEqual([
      {
        type: 'track',
        event: 'Dead Clicked',
        properties: { tag: 'button', place: '#cart>p>button' },
      },
    ]);
  });

  test('by the keyboard is dead as well', async () => {
    const host = show('<button id="x">Buy</button>');
    $('#x').click();
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(1);
  });

  test.each([
    ['<p id="x">Text</p>', 0],
    ['<p id="x" style="cursor: pointer">Text</p>', 1],
    ['<div role="button"><svg id="x"></svg></div>', 1],
    ['<a id="x" href="#">Nowhere</a>', 1],
    ['<a id="x">Nowhere</a>', 1],
    ['<a id="x" href="javascript:void(0)">Nowhere</a>', 1],
    ['<a id="x" href="/elsewhere">Elsewhere</a>', 0],
    ['<a id="x" href="mailto:ada@shop.test">Mail</a>', 0],
    ['<a href="/list.pdf"><b id="x">List</b></a>', 0],
    ['<input id="x" type="checkbox">', 0],
    ['<label id="x">Size</label>', 0],
    ['<select id="x" style="cursor: pointer"></select>', 0],
    ['<video id="x" style="cursor: pointer"></video>', 0],
    ['<p class="rivulet-ignore"><button id="x">Buy</button></p>', 0],
  ])('on %s that is answered by nothing is dead %i times', async (html, times) => {
    const host = show(html);
    click();
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(times);
  });

  test('on a link that the application catches is dead when nothing happens', async () => {
    const host = show('<a id="x" href="/elsewhere">Elsewhere</a>');
    $('#x').addEventListener('click', (event) => event.preventDefault());
    click();
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(1);
  });

  test.each<[answer: string, act: () => void]>([
    ['a new node', () => $('main').append('Added')],
    ['another attribute', () => $('main').setAttribute('hidden', '')],
    ['another text', () => ($('main').firstChild as Text).replaceData(0, 1, 'b')],
    ['another address', () => page.window.history.pushState({}, '', '/elsewhere')],
    ['the way to another page', () => page.navigate('https://shop.test/elsewhere')],
    ['scrolling', () => send('main', 'scroll', { bubbles: false })],
    ['a submission', () => send('main', 'submit')],
    ['a field found wrong', () => send('main', 'invalid', { bubbles: false })],
    ['a popover', () => send('main', 'toggle', { bubbles: false })],
    ['a film', () => send('main', 'play', { bubbles: false })],
    ['a copy', () => send('main', 'copy')],
    ['a printed page', () => page.fire('window', 'beforeprint')],
    ['another tab', () => page.setHidden(true)],
    ['a window of the browser', () => page.fire('window', 'blur')],
    ['the end of the page', () => page.fire('window', 'pagehide')],
    ['a selection', () => page.window.getSelection()?.selectAllChildren($('main'))],
    ['a field in focus', () => send('input', 'focusin')],
  ])('that is answered by %s is not dead', async (_, act) => {
    const host = show('<main>a</main><input><button id="x">Buy</button>');
    click();
    await host.clock.advance(500);
    act();
    await host.clock.advance(500);

    expect(host.captured).toEqual([]);
  });

  test.each<[event: string, act: () => void]>([
    ['the focus on itself', () => send('#x', 'focusin')],
    ['a field that loses it', () => send('input', 'blur', { bubbles: false })],
    ['a step to the same place', () => page.fire('window', 'popstate')],
    ['the way to a fragment', () => page.navigate('https://shop.test/#', { hashChange: true })],
  ])('is not answered by %s', async (_, act) => {
    const host = show('<input><button id="x">Buy</button>');
    click();
    act();
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(1);
  });

  test('is answered by what happens when the button goes down, before the click', async () => {
    const host = show('<main></main><button id="x">Menu</button>');
    $('#x').addEventListener('pointerdown', () => $('main').setAttribute('open', ''));
    send('#x', 'pointerdown');
    await host.clock.settle();
    send('#x', 'click');
    await host.clock.advance(1000);

    expect(host.captured).toEqual([]);
  });

  test('is answered by a change in the shadow tree that it hits', async () => {
    const host = show('<section></section>');
    const root = $('section').attachShadow({ mode: 'open' });
    root.innerHTML = '<button>Inside</button><output></output>';
    const button = root.querySelector('button');
    for (const isAnswered of [true, false]) {
      button?.click();
      if (isAnswered) root.querySelector('output')?.append('Done');
      await host.clock.advance(1000);
      expect(host.captured).toHaveLength(isAnswered ? 0 : 1);
    }
  });

  test('is not judged after the page stood still: somebody may have read an alert', async () => {
    const host = show('<button id="x">Buy</button>');
    let elapsed = 0;
    const monotonic = host.runtime.monotonic;
    Object.assign(host.runtime, { monotonic: () => monotonic() + elapsed });
    click();
    elapsed = 1001;
    await host.clock.advance(1000);

    expect(host.captured).toEqual([]);
  });

  test('among several is judged by the last of them', async () => {
    const host = show('<button id="x">Buy</button>');
    for (let n = 0; n < 5; n++) {
      click();
      await host.clock.advance(200);
    }
    await host.clock.advance(1000);

    expect(host.captured).toHaveLength(1);
  });

  test('is given as long as the application says, and leave to do nothing', async () => {
    const host = show('<button id="x">Buy</button><button id="y">Log</button>', {
      withinMs: 3000,
      except: '#y',
    });
    click('#y');
    await host.clock.advance(5000);
    click();
    await host.clock.advance(2999);
    expect(host.captured).toEqual([]);
    await host.clock.advance(1);

    expect(host.captured).toHaveLength(1);
  });

  test('leaves nothing behind when the source stops, not even while it waits', async () => {
    const host = show('<button id="x">Buy</button>');
    click();
    stop();
    expect(host.clock.timers()).toEqual([]);
    click();
    await host.clock.advance(1000);

    expect(host.captured).toEqual([]);
  });

  test('is not looked at with a selector that is none', () => {
    expect(() => show('', { except: 'a[' })).toThrow();
  });
});
