import type { CaptureHost, CaptureSource } from './types.ts';

export interface PageViewOptions {
  /**
   * Whether a change of the URL's fragment alone is a view: for applications that route by it.
   * @default false
   */
  readonly hash?: boolean;
}

/** Captures a `page` when one is loaded, when the History API goes to another, and when one comes back from the back-forward cache. */
export function pageViews({ hash = false }: PageViewOptions = {}): CaptureSource {
  return { name: 'pages', start: (host) => watchViews(host, hash) };
}

function watchViews({ window, page }: CaptureHost, hash: boolean): () => void {
  const { history, location, document } = window;
  const stopping = new AbortController();
  const { signal } = stopping;
  let viewed: string | undefined;

  function view(): void {
    const [withoutHash = ''] = location.href.split('#', 1);
    const url = hash ? location.href : withoutHash;
    if (signal.aborted || url === viewed) return;
    // Inside an application `document.referrer` stays what it was at the load.
    page(undefined, viewed === undefined ? undefined : { referrer: viewed });
    viewed = url;
  }

  function viewAgain(): void {
    viewed = undefined;
    view();
  }

  const restorePush = follow(history, 'pushState', view);
  const restoreReplace = follow(history, 'replaceState', view);
  window.addEventListener('popstate', view, { signal });
  window.addEventListener('pageshow', (event) => event.persisted && viewAgain(), { signal });
  // A page that is rendered ahead of its visit is not seen yet.
  if ('prerendering' in document && document.prerendering) {
    document.addEventListener('prerenderingchange', view, { signal });
  } else {
    view();
  }

  return () => {
    stopping.abort();
    restoreReplace();
    restorePush();
  };
}

/** Calls after each call of a method of the history. The answer takes it out, unless somebody else has wrapped it since. */
function follow(
  history: History,
  name: 'pushState' | 'replaceState',
  after: () => void,
): () => void {
  const original = history[name];
  const wasOwn = Object.hasOwn(history, name);

  function followed(this: History, ...args: Parameters<History['pushState']>): void {
    original.apply(this, args);
    after();
  }

  history[name] = followed;
  return () => {
    if (history[name] !== followed) return;
    if (wasOwn) history[name] = original;
    // The prototype's shows through again.
    else Reflect.deleteProperty(history, name);
  };
}
