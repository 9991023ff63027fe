import { handleFirehose } from 'rivulet/lambda';

// One line of the lake for each event, in a folder for each day.
export const handler = handleFirehose(({ event, data }) => {
  // What throws, Firehose keeps below its error prefix.
  if (!event) throw new Error(`expected an event, got ${data.length} bytes of another producer`);
  // What is left out on purpose is counted as `Dropped`.
  if (event.type === 'log') return undefined;
  const { messageId, type, anonymousId, userId, timestamp, properties, rivulet } = event;
  const { lane, seq } = rivulet;
  return {
    data: JSON.stringify({
      ...{ messageId, lane, seq, type, name: event.event, anonymousId, userId, timestamp },
      properties,
    }),
    partitionKeys: { day: timestamp.slice(0, 10) },
  };
});
