// @vitest-environment node
import { expect, test, vi } from 'vitest';
import { createStreamAbout, describeAbout } from '../../../../src/debug/stream/stream-about.ts';

const UNKNOWN = {
  status: 'ACTIVE',
  mode: undefined,
  retentionHours: undefined,
  encryption: undefined,
  openShards: undefined,
  consumers: undefined,
};

function setUp(send = vi.fn(async () => ({ StreamDescriptionSummary: { OpenShardCount: 4 } }))) {
  const onAnswer = vi.fn();
  let stream: string | undefined = 'clicks';
  const about = createStreamAbout({
    reader: () => ({ send }) as never,
    stream: () => stream,
    onAnswer,
  });
  return {
    about,
    send,
    onAnswer,
    setStream: (next: string | undefined) => {
      stream = next;
    },
  };
}

test('asks at once, and seldom after that', async () => {
  const { about, send, onAnswer } = setUp();

  about.look(1_000);
  about.look(30_000);
  await vi.waitFor(() => expect(onAnswer).toHaveBeenCalledOnce());
  expect(about.summary()?.openShards).toBe(4);
  expect(send).toHaveBeenCalledOnce();

  about.look(61_000);
  expect(send).toHaveBeenCalledTimes(2);
});

test('who may not ask shows nothing, and fails nothing', async () => {
  const { about, send } = setUp(
    vi.fn(async () => {
      throw new Error('AccessDeniedException');
    }),
  );

  about.look(1_000);
  await Promise.resolve();

  expect(send).toHaveBeenCalledOnce();
  expect(about.summary()).toBeUndefined();
});

test('an answer about the stream before is not shown', async () => {
  let answer: (value: object) => void = () => {};
  const { about, onAnswer } = setUp(
    vi.fn(
      () =>
        new Promise<never>((resolve) => {
          answer = resolve as typeof answer;
        }),
    ),
  );
  about.look(1_000);

  about.reset();
  answer({ StreamDescriptionSummary: { OpenShardCount: 9 } });
  await new Promise((resolve) => setTimeout(resolve));

  expect(about.summary()).toBeUndefined();
  expect(onAnswer).not.toHaveBeenCalled();
});

test('without a stream nobody is asked', () => {
  const { about, send, setStream } = setUp();
  setStream(undefined);

  about.look(1_000);

  expect(send).not.toHaveBeenCalled();
});

test.each([
  [
    { mode: 'ON_DEMAND', retentionHours: 24, encryption: 'KMS', consumers: 2 },
    'on demand · kept 24 h · encrypted (KMS) · 2 fan-out consumers',
  ],
  [
    { mode: 'PROVISIONED', retentionHours: 168, encryption: 'NONE', consumers: 0 },
    'provisioned · kept 7 days · not encrypted',
  ],
  [{ status: 'UPDATING', consumers: 1 }, 'updating · 1 fan-out consumer'],
  [{}, ''],
] as const)('says %j as %j', (said, words) => {
  expect(describeAbout({ ...UNKNOWN, ...said })).toBe(words);
});
