/** How the window keeps records: what many of them say alike is there once, and a large payload only as its bytes. */

import { parseEvent } from '../../consumer/decode.ts';
import type { ConsumedRecord } from '../../consumer/types.ts';
import type { StreamRecord } from '../../protocol/event.ts';

/** Up to this size the decoded payload is kept, because filters ask for it; decoded, JSON takes two to four times its bytes. */
const MAX_DECODED_BYTES = 4_096;

/** Values that are told apart; where there are more, the count begins anew. */
const MAX_SHARED = 8_192;

/** Decoded when somebody looks. */
const LAZY = ['properties', 'traits', 'context'] as const;

/** Answers with the record as it is to be kept. It says what the one that was given says. */
export function createKeeper(): (record: ConsumedRecord) => ConsumedRecord {
  const texts = createShared<unknown>();
  const contexts = createShared<StreamRecord['context']>();
  const decode = createDecoder();
  const text = <T>(value: T): T =>
    typeof value === 'string' ? (texts(value, value) as T & string) : value;

  return (record) => {
    const { event, data } = record;
    const kept = { ...record, partitionKey: text(record.partitionKey) };
    if (!event) return kept;
    const { rivulet } = event;
    const small = {
      ...event,
      anonymousId: text(event.anonymousId),
      userId: text(event.userId),
      rivulet: { ...rivulet, lane: text(rivulet.lane), source: text(rivulet.source) },
    };
    if (event.event !== undefined) small.event = text(event.event);
    if (data.length > MAX_DECODED_BYTES) {
      for (const field of LAZY) {
        if (event[field] === undefined) continue;
        const get = () => decode(data)?.[field];
        Object.defineProperty(small, field, { enumerable: true, get });
      }
    } else if (event.context) {
      small.context = contexts(JSON.stringify(event.context), event.context);
    }
    return { ...kept, event: small };
  };
}

/** The value that came first under the key. */
function createShared<T>(): (key: string, value: T) => T {
  const known = new Map<string, T>();
  return (key, value) => {
    const first = known.get(key);
    if (first !== undefined) return first;
    if (known.size >= MAX_SHARED) known.clear();
    known.set(key, value);
    return value;
  };
}

/** Who asks for one field mostly asks for the next. */
function createDecoder(): (data: Uint8Array) => StreamRecord | undefined {
  let last: { readonly data: Uint8Array; readonly event: StreamRecord | undefined } | undefined;
  return (data) => {
    if (last?.data !== data) last = { data, event: parseEvent(data) };
    return last.event;
  };
}
