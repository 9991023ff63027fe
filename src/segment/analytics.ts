import type { Client, ClientEvents } from '../client/types.ts';
import { messageIdOf, type Properties } from '../protocol/event.ts';
import { resolveArguments } from './resolve-arguments.ts';
import type { Analytics, AnalyticsOptions, Captured, Subject } from './types.ts';

type Listener = (...detail: unknown[]) => void;
type Method = 'track' | 'page' | 'identify' | 'group' | 'alias';
type Texts = readonly string[];

/** What is known of the visitor; `null` of what there is none. */
interface Known {
  clientId?: string;
  userId?: string | null;
  groupId?: string | null;
  readonly traits: Record<'userId' | 'groupId', Properties>;
}

/**
 * Gives a client the calls of Segment's analytics.js: `window.analytics = createAnalytics(client)`. One for each client.
 *
 * @see https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/
 */
export function createAnalytics(
  client: Pick<Client, Method | 'reset' | 'on' | 'stats'>,
): Analytics {
  const listeners = new Set<readonly [name: string, call: Listener]>();
  /** Who waits for an event to be in the log, by its number. */
  const waiting = new Map<number, () => void>();
  let known = nobody();
  let isKnown = learn();
  let captured: ClientEvents['captured'] | undefined;

  client.on('captured', (event) => {
    captured = event;
  });
  client.on('logged', ({ first, count }) => {
    for (const [seq, tell] of waiting) {
      if (seq < first + count) {
        waiting.delete(seq);
        tell();
      }
    }
  });

  /** Asks the client who the visitor is. What calls say meanwhile is newer. */
  async function learn(): Promise<void> {
    const asked = known;
    Object.assign(asked, { ...(await client.stats()), ...asked });
  }

  /** `prepare`: what the client is given, and what is told to those who listen, where that is something else. */
  const caller =
    (method: Method, prepare: (texts: Texts, given: Properties) => readonly unknown[][]) =>
    async (...args: unknown[]): Promise<Captured> => {
      const { texts, given = {}, callback, options: last } = resolveArguments(args);
      // An alias has nothing but options.
      const options = (method === 'alias' ? given : last) ?? {};
      const { priority, integrations, context: own, ...more } = options as AnalyticsOptions;
      const [input = [], told = input] = prepare(texts, given);
      const facts = { ...more, ...own };
      const context = Object.keys(facts).length > 0 ? facts : undefined;
      captured = undefined;
      (client[method] as Listener)(...input, { priority, context });
      const position = captured as ClientEvents['captured'] | undefined;
      const event = position && { ...position, messageId: messageIdOf(position) };
      tell(method, ...told, options);
      if (event) await new Promise<void>((resolve) => waiting.set(event.seq, resolve));
      callback?.({ event });
      return { event };
    };

  const describer = (method: 'identify' | 'group', id: 'userId' | 'groupId') =>
    caller(method, ([name = known[id] ?? null], given) => {
      // Of somebody else nothing is known.
      known.traits[id] = name === known[id] ? { ...known.traits[id], ...given } : given;
      known[id] = name;
      return [[name, known.traits[id]]];
    });

  const subject = (id: 'userId' | 'groupId'): Subject => ({
    id: () => known[id] ?? null,
    traits: () => known.traits[id],
  });

  function tell(name: string, ...detail: readonly unknown[]): void {
    for (const [heard, call] of listeners) {
      // What a listener throws is its own, and not the caller's.
      if (heard === name) Promise.resolve().then(() => call(...detail));
    }
  }

  function listen(name: string, call: Listener): () => void {
    const listener = [name, call] as const;
    const stop = client.on(name as never, call);
    listeners.add(listener);
    return () => {
      stop();
      listeners.delete(listener);
    };
  }

  const track = caller('track', ([name], given) => [[name, given]]);
  const group = describer('group', 'groupId');

  return {
    track(first, ...rest: unknown[]) {
      // An event and its properties may come as one object.
      const { event, properties } = Object(first);
      return event ? track(event, properties, ...rest) : track(first, ...rest);
    },
    page: caller('page', (texts, given) => {
      const [name = null, category = null] = texts.slice(0, 2).reverse();
      const properties = category === null ? given : { ...given, category };
      return [
        [name ?? undefined, properties],
        [category, name, given],
      ];
    }),
    identify: describer('identify', 'userId'),
    group: ((...args: unknown[]) =>
      args.length > 0 ? group(...args) : subject('groupId')) as Analytics['group'],
    alias: caller('alias', ([userId = '', previousId]) => {
      known.userId = userId;
      return [[userId, previousId]];
    }),
    reset() {
      client.reset();
      known = { ...nobody(), userId: null, groupId: null };
      isKnown = learn();
      tell('reset');
    },
    async ready(callback) {
      await isKnown;
      callback?.();
    },
    user: () => ({ ...subject('userId'), anonymousId: () => known.clientId || null }),
    on: listen as Analytics['on'],
    once: ((name: string, call: Listener) => {
      const stop = listen(name, (...detail) => {
        stop();
        call(...detail);
      });
      return stop;
    }) as Analytics['once'],
  };
}

function nobody(): Known {
  return { traits: { userId: {}, groupId: {} } };
}
