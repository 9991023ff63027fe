/** Records as CloudEvents 1.0 in JSON. github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */

import type { EventType } from '../../src/protocol/event.ts';

export interface CloudEventFacts {
  readonly messageId: string;
  readonly type: EventType;
  /** ISO 8601, which here is RFC 3339. */
  readonly time: string;
  /** Of the Kinesis record. `undefined` where the stream distributes records itself. */
  readonly partitionKey: string | undefined;
}

/**
 * Writes the envelope of a record, which is its `data` as it is. `source` and `id` together name an event, as the
 * specification asks; `subject` is the client, and the partition key is the `partitionkey` of
 * github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/partitioning.md.
 */
export function createCloudEventWriter(
  source: string,
  anonymousId: string,
): (facts: CloudEventFacts, data: string) => string {
  const origin = `"source":"/rivulet/${source}"`;
  const subject = `"subject":${attribute(anonymousId)}`;
  return ({ messageId, type, time, partitionKey }, data) => {
    const key = partitionKey === undefined ? '' : `"partitionkey":${attribute(partitionKey)},`;
    return (
      `{"specversion":"1.0","id":"${messageId}",${origin},"type":"rivulet.${type}",${subject},` +
      `"time":"${time}","datacontenttype":"application/json",${key}"data":${data}}`
    );
  };
}

/** An attribute's text holds no control characters, no noncharacters and no half of a pair. */
function attribute(text: string): string {
  const clean = text.toWellFormed().replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, '\ufffd');
  return JSON.stringify(clean);
}
