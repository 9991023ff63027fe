import { Window } from 'happy-dom';

/** A page of the test's own, at an address of its own. */
export interface TestPage {
  readonly window: globalThis.Window & typeof globalThis;
  readonly setHidden: (hidden: boolean) => void;
  readonly setOnline: (online: boolean) => void;
  readonly fire: (target: 'window' | 'document', type: string, fields?: object) => void;
  /** Begins a navigation, as the Navigation API tells it. */
  readonly navigate: (url: string, fields?: object) => void;
}

export function createTestPage(url: string, title = ''): TestPage {
  const inner = new Window({ url });
  const window = inner as unknown as TestPage['window'];
  window.document.title = title;
  let hidden = false;
  let online = true;
  Object.defineProperty(window.document, 'hidden', { get: () => hidden });
  Object.defineProperty(window.navigator, 'onLine', { get: () => online });

  const navigation = new inner.EventTarget();
  Object.defineProperty(window, 'navigation', { value: navigation });

  const fire: TestPage['fire'] = (target, type, fields = {}) => {
    const event = Object.assign(new inner.Event(type), fields);
    (target === 'window' ? inner : inner.document).dispatchEvent(event);
  };
  return {
    window,
    fire,
    navigate(url, fields) {
      const destination = { url, sameDocument: false };
      const event = new inner.Event('navigate');
      navigation.dispatchEvent(
        Object.assign(event, { destination, downloadRequest: null, ...fields }),
      );
    },
    setHidden(value) {
      hidden = value;
      fire('document', 'visibilitychange');
    },
    setOnline(value) {
      online = value;
      fire('window', value ? 'online' : 'offline');
    },
  };
}
