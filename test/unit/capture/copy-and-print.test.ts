import { afterEach, describe, expect, test } from 'vitest';
import { copyAndPrint } from '../../../src/capture/copy-and-print.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

let page: TestPage;
let stop: () => void = () => {};

function show(html: string) {
  page = createTestPage('https://shop.test/');
  page.window.document.body.innerHTML = html;
  const host = createTestHost(page.window);
  stop = copyAndPrint().start(host);
  return host;
}

function copy(selector: string, type = 'copy'): void {
  const element = page.window.document.querySelector(selector) as Element;
  page.window.getSelection()?.selectAllChildren(element);
  element.dispatchEvent(new page.window.Event(type, { bubbles: true, composed: true }));
}

afterEach(() => stop());

describe('a copy', () => {
  test.each(['copy', 'cut'])('(%s) tells how much, and out of what, and never the text', (type) => {
    const host = show('<pre>npm install</pre>');
    copy('pre', type);

    expect(host.captured).toEqual([
      {
        ...{ type: 'track', event: 'Text Copied', priority: 'low' },
        properties: { length: 11, tag: 'pre' },
      },
    ]);
  });

  test('of nothing is none', () => {
    const host = show('<pre></pre>');
    copy('pre');

    expect(host.captured).toEqual([]);
  });

  test.each([
    '<div data-private><p id="x">Ada</p></div>',
    '<div contenteditable><p id="x">Ada</p></div>',
    '<textarea id="x">Ada</textarea>',
    '<div data-rivulet-ignore><p id="x">Ada</p></div>',
    '<div class="rivulet-ignore"><p id="x">Ada</p></div>',
  ])('out of %s is nobody’s business', (html) => {
    const host = show(html);
    copy('#x');

    expect(host.captured).toEqual([]);
  });
});

test('a page that is printed says so', () => {
  const host = show('');
  page.fire('window', 'beforeprint');

  expect(host.captured).toEqual([{ type: 'track', event: 'Page Printed' }]);
});

test('nothing is captured any more when the source has stopped', () => {
  const host = show('<pre>npm install</pre>');
  stop();
  copy('pre');
  page.fire('window', 'beforeprint');

  expect(host.captured).toEqual([]);
});
