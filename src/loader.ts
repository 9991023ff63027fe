/**
 * The snippet: makes `window.rivulet` callable, by any of its methods, before the file of the script tag has loaded. Pasted
 * as an inline script or served as `rivulet-loader.js`: the same text for every page, so that one hash in a policy is enough.
 *
 * A page that ends before leaves its calls in the storage for the next one, up to 50,000 characters of them; unless the tag
 * says that consent is asked for or that nothing may be stored, or the browser that its user objects. An answer does not
 * come before the file has loaded, which may be never: whoever awaits a call waits for nothing.
 */

// A block keeps its names to itself, at fewer bytes than a function.
{
  const calls: unknown[][] = [];
  (window as { rivulet?: unknown }).rivulet ||= new Proxy(calls, {
    get: (_, name) =>
      calls[name as never] ??
      (async (...args: unknown[]) => calls.push([Date.now(), name, ...args])),
  });
  addEventListener('pagehide', () => {
    try {
      const storage = localStorage;
      const kept = `${storage.rivuletCalls || ''}${JSON.stringify([document.URL, ...calls])}\n`;
      if (
        // Out of the queue: a page that comes back must not leave them again.
        calls.splice(0)[0] &&
        kept.length < 5e4 &&
        !(navigator as { globalPrivacyControl?: unknown }).globalPrivacyControl &&
        document.querySelector('[data-write-key]:not([data-consent],[data-cookieless])')
      ) {
        storage.rivuletCalls = kept;
      }
    } catch {
      // There is no storage, or a call holds what JSON does not take.
    }
  });
}
