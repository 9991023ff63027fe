/** Captures a rejected event anew, by the call that it once came from. */

import type { Client, LogLevel, MetricKind, RejectedEvent } from '../../client/types.ts';
import type { CapturedEvent, EventType, Position } from '../../protocol/event.ts';

/** Why an event of this type is not captured again from here. */
const NOT_AGAIN: Readonly<Partial<Record<EventType, string>>> = {
  identify: 'It would name whoever is the user now. Call identify() where the user is known.',
  group: 'It would move this visitor into the group. Call group() where that is known.',
  alias: 'It would join whoever are the users now. Call alias() where both are known.',
  error: 'Errors are captured where they happen.',
  erase: 'Somebody asked for it once. Call erase() to ask again.',
  drop: 'It declares what was left out, and would declare it again.',
};

/** Why the event cannot be captured again; `undefined` where it can. */
export function whyNotAgain(event: CapturedEvent | undefined): string | undefined {
  return event ? NOT_AGAIN[event.type] : 'Its line is not JSON: there is no event in it.';
}

/**
 * Captures the event as a new one: with the number, the time and the context of now. Answers with its place, or with nothing
 * where the client took none, because of consent, sampling, a middleware or a limit.
 */
export function captureAgain(client: Client, { event }: RejectedEvent): Position | undefined {
  if (!event || whyNotAgain(event)) return undefined;
  let taken: Position | undefined;
  const stop = client.on('captured', ({ lane, seq, type }) => {
    if (type === event.type) taken = { lane, seq };
  });
  call(client, event);
  stop();
  return taken;
}

function call(client: Client, { type, event = '', properties, context }: CapturedEvent): void {
  const options = context && { context };
  if (type === 'track') client.track(event, properties, options);
  else if (type === 'page') client.page(event || undefined, properties, options);
  else if (type === 'metric') {
    const { value, kind, unit, attributes } = properties ?? {};
    client.metric(event, value as number, {
      ...options,
      ...(kind ? { kind: kind as MetricKind } : {}),
      ...(unit ? { unit: unit as string } : {}),
      ...(attributes ? { attributes } : {}),
    });
  } else {
    const { level, message, ...fields } = properties ?? {};
    client.log(level as LogLevel, message as string, fields);
  }
}
