import { afterEach, describe, expect, test } from 'vitest';
import { forms } from '../../../src/capture/forms.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage, type TestPage } from '../../helpers/test-page.ts';

let page: TestPage;
let stop: () => void = () => {};

function show(html: string) {
  page = createTestPage('https://shop.test/checkout/address');
  page.window.document.body.innerHTML = html;
  const host = createTestHost(page.window);
  stop = forms().start(host);
  return host;
}

const $ = (selector: string) => page.window.document.querySelector(selector) as HTMLElement;

function send(target: string | Element, type: string, fields: EventInit = {}): Event {
  const event = new page.window.Event(type, { bubbles: true, cancelable: true, ...fields });
  (typeof target === 'string' ? $(target) : target).dispatchEvent(event);
  return event;
}

const type = (...selectors: string[]) => {
  for (const selector of selectors) send(selector, 'input', { composed: true });
};
const submit = (selector = 'form') => send(selector, 'submit');
const press = (selector: string) => send(selector, 'click', { composed: true });

/** Catches the submission, as an application does. */
function onSubmit(act: () => void = () => {}): void {
  $('form').addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

const FORM = `<form id="f" name="address" action="save?token=secret" data-rivulet-step="2">
    <input name="first"><input name="last"><textarea name="note"></textarea>
    <select name="country"></select><button>Save</button>
  </form>`;
const FACTS = {
  ...{ id: 'f', name: 'address', action: 'https://shop.test/checkout/save' },
  step: '2',
};

const named = ({ event }: { readonly event?: string }) => event;

afterEach(() => stop());

describe('a form', () => {
  test('is started with its first input, once', () => {
    const host = show(FORM);
    expect(host.captured).toEqual([]);
    type('[name=first]', '[name=first]', '[name=last]');

    expect(host.captured).toEqual([{ type: 'track', event: 'Form Started', properties: FACTS }]);
  });

  test('is submitted with the names of its fields, and the time that it took', async () => {
    const host = show(FORM);
    type('[name=first]', '[name=country]');
    await host.clock.advance(4000);
    type('[name=note]', '[name=first]');
    await host.clock.advance(2500);
    submit();
    await host.clock.advance(0);

    expect(host.captured.at(-1)).toEqual({
      ...{ type: 'track', event: 'Form Submitted' },
      properties: {
        ...FACTS,
        ...{ fields: ['first', 'country', 'note'], lastField: 'first', durationMs: 6500 },
      },
    });
    expect(host.writes()).toBe(1);
  });

  test('that is submitted as it came was not started', async () => {
    const host = show(FORM);
    submit();
    await host.clock.advance(0);

    expect(host.captured).toEqual([{ type: 'track', event: 'Form Submitted', properties: FACTS }]);
  });

  test('is abandoned when the page goes', async () => {
    const host = show(FORM);
    type('[name=first]');
    await host.clock.advance(1500);
    page.fire('window', 'pagehide');
    page.fire('window', 'pagehide');

    expect(host.captured.slice(1)).toEqual([
      {
        ...{ type: 'track', event: 'Form Abandoned' },
        properties: { ...FACTS, fields: ['first'], lastField: 'first', durationMs: 1500 },
      },
    ]);
    expect(host.writes()).toBe(1);
  });

  test('is abandoned when the application takes it away, and not when it moves it', async () => {
    const host = show(`<main>${FORM}</main><aside></aside>`);
    type('[name=first]');
    $('aside').append($('form'));
    await host.clock.settle();
    expect(host.captured).toHaveLength(1);
    $('aside').replaceChildren();
    await host.clock.settle();
    page.fire('window', 'pagehide');

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Abandoned']);
  });

  test('that nobody has touched is not abandoned', () => {
    const host = show(FORM);
    page.fire('window', 'pagehide');

    expect(host.captured).toEqual([]);
  });

  test('is submitted when the page goes in the same task', () => {
    const host = show(FORM);
    type('[name=first]');
    submit();
    page.fire('window', 'pagehide');

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
  });

  test('is submitted when the application takes it away in the same task', async () => {
    const host = show(FORM);
    onSubmit(() => $('form').remove());
    // Nobody takes the mark off a form that goes.
    $('[name=last]').setAttribute('aria-invalid', 'true');
    type('[name=first]');
    submit();
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
  });

  test('begins anew after it was sent', async () => {
    const host = show(FORM);
    onSubmit();
    for (const field of ['[name=first]', '[name=last]']) {
      type(field);
      submit();
      await host.clock.advance(0);
    }

    const sent = host.captured.filter(({ event }) => event === 'Form Submitted');
    expect(sent.map(({ properties }) => properties?.fields)).toEqual([['first'], ['last']]);
  });

  test('submitted twice in one task is submitted once', async () => {
    const host = show(FORM);
    submit();
    submit();
    await host.clock.advance(0);

    expect(host.captured).toHaveLength(1);
  });

  test('names its submission, where the page gives it a name', async () => {
    const host = show('<form data-rivulet-event="Subscribed"><input name="mail"></form>');
    type('input');
    submit();
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Started', 'Subscribed']);
  });

  test('with controls called like its own properties is told apart from them', async () => {
    const host = show(
      '<form id="f"><input name="id"><input name="name"><input name="action"></form>',
    );
    for (const name of ['id', 'name', 'action']) {
      Object.defineProperty($('form'), name, { value: $(`[name=${name}]`) });
    }
    type('[name=name]');

    expect(host.captured[0]?.properties).toEqual({ id: 'f' });
  });

  test('is found from a field outside it that belongs to it', () => {
    const host = show('<form id="f"></form><input form="f" name="first">');
    Object.defineProperty($('input'), 'form', { value: $('form') });
    type('input');

    expect(host.captured).toMatchObject([{ properties: { id: 'f' } }]);
  });

  test('inside an open shadow root is watched as well', async () => {
    const host = show('<section></section>');
    const root = $('section').attachShadow({ mode: 'open' });
    root.innerHTML = '<form><input name="first"></form>';
    const [form, input] = [root.querySelector('form'), root.querySelector('input')];
    send(input as Element, 'input', { composed: true });
    send(form as Element, 'submit');
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
  });
});

describe('a form that its page does not let go', () => {
  test('tells which fields were found wrong, when it is sent at last', async () => {
    const host = show(FORM);
    press('button');
    for (const field of ['[name=first]', '[name=last]']) send(field, 'invalid', { bubbles: false });
    type('[name=first]');
    submit();
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
    expect(host.captured[1]?.properties).toMatchObject({
      ...{ fields: ['first'], invalidFields: ['first', 'last'] },
    });
  });

  test('is not started by a page that asks its fields with each key, or at its load', () => {
    const host = show(FORM);
    send('[name=first]', 'invalid', { bubbles: false });
    expect(host.captured).toEqual([]);
    press('button');
    type('[name=first]');
    send('[name=last]', 'invalid', { bubbles: false });
    page.fire('window', 'pagehide');

    expect(host.captured[1]?.properties?.invalidFields).toBeUndefined();
  });

  test.each<[how: string, refuse: () => void]>([
    ['marks a field', () => $('[name=last]').setAttribute('aria-invalid', 'true')],
    ['asks the fields itself', () => send('[name=last]', 'invalid', { bubbles: false })],
  ])('and %s is not submitted', async (_, refuse) => {
    const host = show(FORM);
    onSubmit(refuse);
    type('[name=first]');
    submit();
    await host.clock.advance(0);
    page.fire('window', 'pagehide');

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Abandoned']);
    expect(host.captured[1]?.properties).toMatchObject({ invalidFields: ['last'] });
  });

  test('is submitted, where a field is marked and the browser sends it all the same', async () => {
    const host = show(FORM);
    $('[name=last]').setAttribute('aria-invalid', 'true');
    submit();
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Submitted']);
  });
});

describe('a form that never submits', () => {
  test('is submitted where a script took its values, and is then removed', async () => {
    const host = show(FORM);
    type('[name=first]');
    await host.clock.advance(700);
    send('form', 'formdata');
    await host.clock.advance(5000);
    $('form').remove();
    await host.clock.settle();

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
    expect(host.captured[1]?.properties).toMatchObject({ durationMs: 700 });
  });

  test('is abandoned where something was written after that', async () => {
    const host = show(FORM);
    type('[name=first]');
    send('form', 'formdata');
    type('[name=last]');
    page.fire('window', 'pagehide');

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Abandoned']);
  });

  test('need not be one, where the page says what it is and what sends it', async () => {
    const host = show(
      '<div data-rivulet-form id="f"><input name="first"><b data-rivulet-submit>Send</b></div>',
    );
    type('input');
    press('b');
    page.fire('window', 'pagehide');

    expect(host.captured.map(named)).toEqual(['Form Started', 'Form Submitted']);
    expect(host.captured[1]?.properties).toMatchObject({ id: 'f', fields: ['first'] });
  });

  test('is submitted once by a button that submits as well', async () => {
    const host = show('<form><input name="first"><button data-rivulet-submit></button></form>');
    press('button');
    submit();
    await host.clock.advance(0);

    expect(host.captured.filter(({ event }) => event === 'Form Submitted')).toHaveLength(1);
  });
});

describe('forms never send', () => {
  test('what somebody wrote', async () => {
    const host = show(`<form><input name="first" value="4111"><textarea name="note">4112</textarea>
      <select name="s"><option selected>4113</option></select>
      <p contenteditable>4114</p></form>`);
    type('[name=first]', '[name=note]', '[name=s]', 'p');
    submit();
    await host.clock.advance(0);

    expect(JSON.stringify(host.captured)).not.toMatch(/411/);
    expect(host.captured.at(-1)?.properties?.fields).toEqual(['first', 'note', 's']);
  });

  test.each([
    '<input name="secret" type="password">',
    '<input name="secret" autocomplete="cc-number">',
    '<input name="secret" autocomplete="section-a billing CC-CSC">',
    '<input name="secret" autocomplete="current-password">',
    '<input name="secret" autocomplete="new-password webauthn">',
    '<input name="secret" autocomplete="one-time-code">',
    '<p data-private><input name="secret"></p>',
    '<p data-rivulet-ignore><input name="secret"></p>',
    '<p class="rivulet-ignore"><input name="secret"></p>',
  ])('so much as the name of %s', async (html) => {
    const host = show(`<form><input name="first">${html}<button></button></form>`);
    onSubmit(() => $('[name=secret]').setAttribute('aria-invalid', 'true'));
    type('[name=first]', '[name=secret]');
    press('button');
    send('[name=secret]', 'invalid', { bubbles: false });
    submit();
    await host.clock.advance(0);
    page.fire('window', 'pagehide');

    expect(host.captured.at(-1)?.properties).toMatchObject({ fields: ['first'] });
    expect(JSON.stringify(host.captured)).not.toContain('secret');
  });

  test('the name of a password that is shown', () => {
    const host = show('<form><input type="text" name="newPassword"></form>');
    type('input');
    page.fire('window', 'pagehide');

    expect(JSON.stringify(host.captured)).not.toContain('newPassword');
  });

  test('anything of a form that is to be left alone', async () => {
    const host = show(`<div data-rivulet-ignore>${FORM}</div>`);
    type('[name=first]');
    submit();
    page.fire('window', 'pagehide');
    await host.clock.advance(0);

    expect(host.captured).toEqual([]);
  });

  test('more than fifty names', () => {
    const fields = Array.from({ length: 60 }, (_, n) => `<input name="n${n}">`);
    const host = show(`<form>${fields.join('')}</form>`);
    type(...fields.map((_, n) => `[name=n${n}]`));
    page.fire('window', 'pagehide');

    expect(host.captured[1]?.properties?.fields).toHaveLength(50);
  });
});

describe('when the source stops', () => {
  test('nothing is captured any more, not even of what was started', async () => {
    const host = show(FORM);
    type('[name=first]');
    submit();
    stop();
    expect(host.clock.timers()).toEqual([]);
    type('[name=first]');
    submit();
    $('form').remove();
    page.fire('window', 'pagehide');
    await host.clock.advance(0);

    expect(host.captured.map(named)).toEqual(['Form Started']);
  });
});
