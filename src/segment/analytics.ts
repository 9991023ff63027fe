import type { Client, NumberedEvent } from '../client/types.ts';
import type { Properties } from '../protocol/event.ts';
import { resolveArguments } from './resolve-arguments.ts';
import type { Analytics, AnalyticsOptions, Callback, Captured, Subject } from './types.ts';

/** What is known of the visitor. `null` of what there is none. */
interface Known {
  clientId?: string | null;
  userId?: string | null;
  groupId?: string | null;
}

/**
 * Gives a client the calls of Segment's analytics.js: `window.analytics = createAnalytics(client)`. One for each client.
 *
 * @see https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/
 */
export function createAnalytics(
  client: Pick<
    Client,
    'track' | 'page' | 'identify' | 'group' | 'alias' | 'reset' | 'on' | 'use' | 'stats'
  >,
): Analytics {
  const listeners = new Set<{ name: string; call: (...detail: unknown[]) => void }>();
  /** Whoever waits for an event to be in the log, by its number. */
  const waiting = new Map<number, () => void>();
  const traits: Record<'user' | 'group', Properties> = { user: {}, group: {} };
  let known: Known = {};
  let isKnown = learn();
  let context: Properties | undefined;
  let captured: NumberedEvent | undefined;

  client.use((event, next) => {
    const own = context;
    // Not of what other middleware captures meanwhile.
    context = undefined;
    next(own && { ...event, context: { ...event.context, ...own } });
  });
  client.use((event, next) => {
    captured = event;
    next();
  }, 'after');
  client.on('logged', ({ first, count }) => {
    for (const [seq, tell] of waiting) {
      if (seq >= first + count) continue;
      waiting.delete(seq);
      tell();
    }
  });

  /** Asks the client who the visitor is. What calls say meanwhile is newer. */
  function learn(): Promise<void> {
    const asked = known;
    return client.stats().then((stats) => {
      Object.assign(asked, { ...stats, ...asked });
    });
  }

  function tell(name: string, ...detail: unknown[]): void {
    for (const { name: heard, call } of listeners) {
      // Whatever one of them throws is its own, and not the caller's.
      if (heard === name) Promise.resolve(detail).then((given) => call(...given));
    }
  }

  async function send(
    call: (priority: Pick<AnalyticsOptions, 'priority'>) => void,
    { priority, integrations, context: given, ...facts }: AnalyticsOptions = {},
    callback?: Callback,
  ): Promise<Captured> {
    const own = { ...facts, ...given };
    context = Object.keys(own).length > 0 ? own : undefined;
    captured = undefined;
    call({ priority });
    context = undefined;
    const event = captured as NumberedEvent | undefined;
    if (event) await new Promise<void>((resolve) => waiting.set(event.seq, resolve));
    callback?.({ event });
    return { event };
  }

  /** `kind`: of whom the call speaks. */
  function describe(kind: 'user' | 'group', args: readonly unknown[]): Promise<Captured> {
    const { texts, objects, callback } = resolveArguments<Callback>(args);
    const [given = {}, options = {}] = objects;
    const id = texts[0] ?? known[`${kind}Id`] ?? null;
    // Of somebody else nothing is known.
    traits[kind] = id === known[`${kind}Id`] ? { ...traits[kind], ...given } : given;
    known[`${kind}Id`] = id;
    const call = kind === 'user' ? 'identify' : 'group';
    const sent = send(() => client[call](id as string, traits[kind]), options, callback);
    tell(call, id, given, options);
    return sent;
  }

  const subject = (kind: 'user' | 'group'): Subject => ({
    id: () => known[`${kind}Id`] ?? null,
    traits: () => traits[kind],
  });

  const listen = (isOnce: boolean) => (name: string, call: (...detail: unknown[]) => void) => {
    const listener = {
      name,
      call: (...detail: unknown[]) => {
        if (isOnce) stop();
        call(...detail);
      },
    };
    listeners.add(listener);
    const stopClient = client.on(name as never, listener.call);
    function stop(): void {
      stopClient();
      listeners.delete(listener);
    }
    return stop;
  };

  return {
    track(...args: unknown[]) {
      const { texts, objects, callback } = resolveArguments<Callback>(args);
      const [first] = objects;
      const [event = first?.event, properties = {}, options = {}] =
        texts.length > 0 ? [texts[0], ...objects] : [undefined, first?.properties, objects[1]];
      const sent = send(
        (more) => client.track(event as string, properties as Properties, more),
        options as AnalyticsOptions,
        callback,
      );
      tell('track', event, properties, options);
      return sent;
    },
    page(...args: unknown[]) {
      const {
        texts,
        objects: [properties = {}, options = {}],
        callback,
      } = resolveArguments<Callback>(args);
      const [name, category] = texts.slice(0, 2).reverse();
      const sent = send(
        (more) =>
          client.page(
            name,
            category === undefined ? properties : { ...properties, category },
            more,
          ),
        options,
        callback,
      );
      tell('page', category ?? null, name ?? null, properties, options);
      return sent;
    },
    identify: (...args: unknown[]) => describe('user', args),
    group: ((...args: unknown[]) =>
      args.length > 0 ? describe('group', args) : subject('group')) as Analytics['group'],
    alias(...args: unknown[]) {
      const {
        texts: [userId = '', previousId],
        objects,
        callback,
      } = resolveArguments<Callback>(args);
      const options = objects.find(Boolean) ?? {};
      const sent = send(() => client.alias(userId, previousId), options, callback);
      known.userId = userId;
      tell('alias', userId, previousId ?? null, options);
      return sent;
    },
    reset() {
      client.reset();
      known = { userId: null, groupId: null };
      traits.user = traits.group = {};
      isKnown = learn();
      tell('reset');
    },
    ready: async (callback) => {
      await isKnown;
      callback?.();
    },
    user: () => ({ ...subject('user'), anonymousId: () => known.clientId || null }),
    on: listen(false) as Analytics['on'],
    once: listen(true) as Analytics['once'],
  };
}
