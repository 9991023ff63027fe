/** Which stream an event goes to. */

import type { CapturedEvent } from '../../src/protocol/event.ts';
import type { Source } from '../configuration/source.ts';

export type StreamChooser = (event: Pick<CapturedEvent, 'type' | 'event'>) => string;

/** The first route that names the event, or its type where it has no name; else the source's own stream. */
export function createStreamChooser({
  stream,
  routes,
}: Pick<Source, 'stream' | 'routes'>): StreamChooser {
  const streams = new Map<string, string>();
  for (const route of routes) {
    for (const name of route.events) {
      if (!streams.has(name)) streams.set(name, route.stream);
    }
  }
  return ({ type, event }) => streams.get(event ?? type) ?? stream;
}
