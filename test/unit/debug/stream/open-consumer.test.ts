// @vitest-environment node
import { expect, onTestFinished, test, vi } from 'vitest';
import { openConsumer } from '../../../../src/debug/stream/open-consumer.ts';
import type { Source } from '../../../../src/debug/types.ts';
import { platformRuntime } from '../../../../src/runtime.ts';
import { clientOf, createFakeKinesis } from '../../../helpers/fake-kinesis/index.ts';
import { createScriptedConsumer } from '../../../helpers/scripted-consumer.ts';

const SOURCE: Source = { name: 'shop', stream: 'clicks' };

function setUp() {
  const fake = createFakeKinesis();
  fake.call('CreateStream', { StreamName: 'clicks', ShardCount: 4 });
  const fetch = vi.fn(fake.fetch);
  const open = (...[source, reopening, token]: [Source, object?, string?]) => {
    const consumer = openConsumer(source, reopening ?? {}, { ...platformRuntime(), fetch }, token);
    onTestFinished(() => void consumer?.close());
    return consumer;
  };
  return { fake, fetch, open };
}

test('the page’s own consumer is taken as it is', () => {
  const consumer = createScriptedConsumer();

  expect(setUp().open({ ...SOURCE, consumer })).toBe(consumer);
});

test('the page’s own reader comes before an endpoint', async () => {
  const { fake, fetch, open } = setUp();

  const consumer = open(
    { ...SOURCE, kinesis: clientOf(fake), endpoint: 'https://r.test' },
    {},
    't',
  );

  await vi.waitFor(() => expect(consumer?.shards()).toHaveLength(4));
  expect(fetch).not.toHaveBeenCalled();
});

test('an endpoint is read with the token that somebody gave, and not without one', async () => {
  const { fetch, open } = setUp();
  const source = { ...SOURCE, endpoint: 'https://r.test' };
  expect(open(source)).toBeUndefined();

  const consumer = open(source, {}, 'abc');

  await vi.waitFor(() => expect(consumer?.shards()).toHaveLength(4));
  expect(fetch.mock.calls[0]).toMatchObject([
    'https://r.test/v1/kinesis',
    { headers: { authorization: 'Bearer abc' } },
  ]);
});

test('hash keys narrow what is read', async () => {
  const { fake, open } = setUp();

  const consumer = open(
    { ...SOURCE, kinesis: clientOf(fake) },
    { hashKeys: { start: 0n, end: 0n } },
  );

  await vi.waitFor(() =>
    expect(consumer?.shards().map(({ status }) => status)).toEqual([
      'live',
      'skipped',
      'skipped',
      'skipped',
    ]),
  );
});

test('nothing says how to read: nothing is read', () => {
  const { fake, open } = setUp();

  expect(open(SOURCE)).toBeUndefined();
  expect(open({ ...SOURCE, stream: '', kinesis: clientOf(fake) })).toBeUndefined();
});
