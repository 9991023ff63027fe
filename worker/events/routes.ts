/** Which stream an event goes to. */

import type { CapturedEvent } from '../../src/protocol/event.ts';
import type { Source } from '../configuration/source.ts';

export type StreamChooser = (event: Pick<CapturedEvent, 'type' | 'event' | 'route'>) => string;

/**
 * The route that the event asks for by its name; else the first that names the event, or its type where it has no name; else
 * the source's own stream.
 */
export function createStreamChooser({
  stream,
  routes,
}: Pick<Source, 'stream' | 'routes'>): StreamChooser {
  const named = new Map<string | undefined, string>();
  const streams = new Map<string, string>();
  for (const { route, events, stream } of routes) {
    if (route !== undefined && !named.has(route)) named.set(route, stream);
    for (const name of events) {
      if (!streams.has(name)) streams.set(name, stream);
    }
  }
  return ({ type, event, route }) => named.get(route) ?? streams.get(event ?? type) ?? stream;
}
