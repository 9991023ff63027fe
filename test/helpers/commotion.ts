/** Options of the sources that do nothing as they are, by the names of the entry. */
export const leakOptions: Readonly<Record<string, object>> = {
  position: { ask: true },
  sensors: { ask: true },
  siteSearch: { parameters: ['q'] },
  visibility: { selector: 'button' },
};

/** What {@link happen} finds in the page. */
export const LEAK_BODY =
  '<form><input name="q"><button>Go</button></form><a href="/boots">Boots</a><video></video>';

/** What a person does, and what happens to a page: each makes some source hold on to something. */
export function happen(window: Window & typeof globalThis): void {
  const { document, Event } = window;
  const button = document.querySelector('button');
  const field = document.querySelector('input');
  // Nobody is to leave the page for it.
  const stay = (event: globalThis.Event): void => event.preventDefault();
  window.addEventListener('submit', stay);
  for (const [target, types] of [
    [button, ['pointerdown', 'click', 'click', 'click', 'auxclick']],
    [field, ['focusin', 'input', 'change', 'invalid']],
    [document.querySelector('form'), ['submit']],
    [document.querySelector('video'), ['play', 'timeupdate', 'pause']],
    [document, ['copy', 'selectionchange', 'securitypolicyviolation']],
    [window, ['scroll', 'focus', 'error', 'unhandledrejection', 'beforeprint', 'popstate']],
  ] as const) {
    for (const type of types) {
      target?.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    }
  }
  window.removeEventListener('submit', stay);
  window.history.pushState({}, '', `?q=${Math.random()}`);
}
