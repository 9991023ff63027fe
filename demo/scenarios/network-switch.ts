/** The plug that a visitor can pull without touching the machine's network. */
export interface NetworkSwitch {
  /** For `runtime.fetch`: refuses while the plug is out. */
  readonly fetch: typeof globalThis.fetch;
  readonly isOffline: () => boolean;
  readonly setOffline: (offline: boolean) => void;
}

export function createNetworkSwitch(page: Window & typeof globalThis): NetworkSwitch {
  let offline = false;

  return {
    fetch: (input, init) =>
      // What a browser without a network answers.
      offline ? Promise.reject(new TypeError('Failed to fetch')) : page.fetch(input, init),
    isOffline: () => offline,
    setOffline(next) {
      if (next === offline) return;
      offline = next;
      // Whoever asks the browser instead of listening hears the same.
      if (next)
        Object.defineProperty(page.navigator, 'onLine', { configurable: true, value: false });
      else Reflect.deleteProperty(page.navigator, 'onLine');
      page.dispatchEvent(new Event(next ? 'offline' : 'online'));
    },
  };
}
