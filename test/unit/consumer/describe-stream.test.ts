// @vitest-environment node
import { expect, test } from 'vitest';
import { describeStream } from '../../../src/consumer/describe-stream.ts';
import { clientOf, createFakeKinesis } from '../../helpers/fake-kinesis/index.ts';

test.each(['clicks', 'arn:aws:kinesis:us-east-1:111122223333:stream/clicks'])(
  'says what %s says of itself',
  async (stream) => {
    const fake = createFakeKinesis();
    const mode = { StreamMode: 'ON_DEMAND' };
    fake.call('CreateStream', { StreamName: 'clicks', ShardCount: 3, StreamModeDetails: mode });

    expect(await describeStream(clientOf(fake), stream)).toEqual({
      status: 'ACTIVE',
      mode: 'ON_DEMAND',
      retentionHours: 24,
      encryption: 'NONE',
      openShards: 3,
      consumers: 0,
    });
  },
);

test('leaves out what an emulator does not know', async () => {
  const send = async () => ({
    StreamDescriptionSummary: { StreamName: 's', OpenShardCount: null },
  });

  expect(await describeStream({ send } as never, 's')).toEqual({
    status: undefined,
    mode: undefined,
    retentionHours: undefined,
    encryption: undefined,
    openShards: undefined,
    consumers: undefined,
  });
});
