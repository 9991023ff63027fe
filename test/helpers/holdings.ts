/** What the code of a page holds on to: how many of each kind, those of which there are none left out. */
export type Holdings = Readonly<Record<string, number>>;

export interface HoldingsLedger {
  /** Listeners by target and type, timers, observers that observe. */
  readonly held: () => Holdings;
  /** Functions of the platform that are others than they were, such as `history.pushState`. */
  readonly patched: () => readonly string[];
  /** Counts no more. Windows of happy-dom share what is counted at: one ledger at a time. */
  readonly close: () => void;
}

/**
 * Counts what is asked of the platform and not given back, from now on. Uses nothing from outside of itself, so that it can
 * run in a page before all its scripts.
 */
export function keepHoldings(window: Window & typeof globalThis): HoldingsLedger {
  type Listening = {
    readonly name: string;
    readonly key: readonly unknown[];
    /** Of one that is called once: ours, which hears it go. */
    end?: () => void;
  };
  const listening = new Set<Listening>();
  const pending = new Map<string, Set<unknown>>();
  const observing = new Map<string, Set<unknown>>();
  const undo: (() => void)[] = [];
  let isOwn = false;

  /** The objects that have the function as their own, along the chains of prototypes. */
  function ownersOf(name: string, objects: readonly object[]): Set<object> {
    const owners = objects.map((object) => {
      let owner: object | null = object;
      while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
      return owner;
    });
    return new Set(owners.filter((owner) => owner !== null));
  }

  function wrap(
    owner: object,
    name: string,
    make: (original: (...args: unknown[]) => unknown) => (...args: unknown[]) => unknown,
  ): void {
    const original = (owner as Record<string, unknown>)[name];
    if (typeof original !== 'function') return;
    const own = Object.getOwnPropertyDescriptor(owner, name);
    undo.push(() => {
      if (own) Object.defineProperty(owner, name, own);
      else Reflect.deleteProperty(owner, name);
    });
    Object.defineProperty(owner, name, {
      ...{ configurable: true, writable: true, enumerable: true },
      value: make(original as (...args: unknown[]) => unknown),
    });
  }

  const targets = [window, window.document, window.EventTarget.prototype];
  for (const owner of ownersOf('addEventListener', targets)) {
    const find = (key: readonly unknown[]): Listening | undefined => {
      for (const each of listening) {
        if (each.key.every((part, place) => part === key[place])) return each;
      }
      return undefined;
    };
    const keyOf = (target: unknown, [type, listener, options]: unknown[]): unknown[] => {
      const setting = typeof options === 'object' ? (options as AddEventListenerOptions) : {};
      return [target, type, listener, options === true || setting?.capture === true];
    };
    wrap(owner, 'addEventListener', (original) => {
      return function (this: EventTarget, ...args: unknown[]) {
        const target = this ?? window;
        const key = keyOf(target, args);
        const { signal, once } = (args[2] ?? {}) as AddEventListenerOptions;
        // A signal ends with its controller; happy-dom listens to it for each listener that has one.
        const isCounted = !isOwn && args[0] !== 'abort' && args[1] && !signal?.aborted;
        if (isCounted && !find(key)) {
          const listener: Listening = { name: `${target.constructor.name} ${args[0]}`, key };
          listening.add(listener);
          const end = (): void => void listening.delete(listener);
          if (once) listener.end = end;
          isOwn = true;
          signal?.addEventListener('abort', end);
          if (once) target.addEventListener(String(args[0]), end, { ...(args[2] as object) });
          isOwn = false;
        }
        return original.apply(this, args);
      };
    });
    wrap(owner, 'removeEventListener', (original) => {
      return function (this: EventTarget, ...args: unknown[]) {
        const listener = find(keyOf(this ?? window, args));
        if (listener) listening.delete(listener);
        if (listener?.end) original.call(this, args[0], listener.end, args[2]);
        return original.apply(this, args);
      };
    });
  }

  for (const [start, stop] of [
    ['setTimeout', 'clearTimeout'],
    ['setInterval', 'clearInterval'],
    ['requestAnimationFrame', 'cancelAnimationFrame'],
    ['requestIdleCallback', 'cancelIdleCallback'],
  ] as const) {
    const ids = new Set<unknown>();
    pending.set(start, ids);
    wrap(window, start, (original) => (callback, ...rest) => {
      const id = original.call(
        window,
        (...args: unknown[]) => {
          if (start !== 'setInterval') ids.delete(id);
          return (callback as (...args: unknown[]) => unknown)(...args);
        },
        ...rest,
      );
      ids.add(id);
      return id;
    });
    wrap(window, stop, (original) => (id) => {
      ids.delete(id);
      return original.call(window, id);
    });
  }

  for (const name of [
    'MutationObserver',
    'IntersectionObserver',
    'ResizeObserver',
    'PerformanceObserver',
    'ReportingObserver',
  ]) {
    const live = new Set<unknown>();
    const prototype = (window as unknown as Record<string, { prototype: object } | undefined>)[name]
      ?.prototype;
    if (!prototype) continue;
    observing.set(name, live);
    wrap(prototype, 'observe', (original) => {
      return function (this: unknown, ...args: unknown[]) {
        live.add(this);
        return original.apply(this, args);
      };
    });
    wrap(prototype, 'disconnect', (original) => {
      return function (this: unknown, ...args: unknown[]) {
        live.delete(this);
        return original.apply(this, args);
      };
    });
  }

  const objects: Record<string, object | undefined> = {
    ...{ window, document: window.document, history: window.history },
    ...{ navigator: window.navigator, console: window.console, location: window.location },
    performance: window.performance,
    ...{ EventTarget: window.EventTarget?.prototype, History: window.History?.prototype },
    ...{ XMLHttpRequest: window.XMLHttpRequest?.prototype, Node: window.Node?.prototype },
    ...{ HTMLFormElement: window.HTMLFormElement?.prototype, Element: window.Element?.prototype },
    ...{ Navigator: window.Navigator?.prototype, Document: window.Document?.prototype },
  };
  function functionsIn(): Map<string, unknown> {
    const functions = new Map<string, unknown>();
    for (const [path, object] of Object.entries(objects)) {
      for (const name of object ? Object.getOwnPropertyNames(object) : []) {
        const { value } = Object.getOwnPropertyDescriptor(object, name) ?? {};
        if (typeof value === 'function') functions.set(`${path}.${name}`, value);
      }
    }
    return functions;
  }
  const before = functionsIn();

  return {
    held() {
      const counts: Record<string, number> = {};
      for (const { name } of listening) counts[name] = (counts[name] ?? 0) + 1;
      for (const [name, { size }] of [...pending, ...observing]) if (size > 0) counts[name] = size;
      return counts;
    },
    patched() {
      const now = functionsIn();
      const names = new Set([...before.keys(), ...now.keys()]);
      return [...names].filter((name) => before.get(name) !== now.get(name));
    },
    close() {
      for (const each of undo.reverse()) each();
    },
  };
}
