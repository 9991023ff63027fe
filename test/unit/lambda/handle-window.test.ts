// @vitest-environment node
import { expect, test, vi } from 'vitest';
import { handleWindow } from '../../../src/lambda/handle-window.ts';
import windowBatch from '../../fixtures/lambda/kinesis-window.json' with { type: 'json' };
import windowEnd from '../../fixtures/lambda/kinesis-window-end.json' with { type: 'json' };

type Counts = Record<string, number>;

const start = (): Counts => ({});

function countEvents(
  counts: Counts,
  { event }: { readonly event?: { readonly event?: string } | undefined },
) {
  const name = event?.event;
  return name === undefined ? counts : { ...counts, [name]: (counts[name] ?? 0) + 1 };
}

test('a batch of a window goes on with the state that Lambda carries, aggregates taken apart', async () => {
  const end = vi.fn();

  const answer = await handleWindow({ start, add: countEvents, end })(windowBatch);

  expect(answer).toEqual({ state: { 'Product Clicked': 12 }, batchItemFailures: [] });
  expect(end).not.toHaveBeenCalled();
});

test('a window begins with a state of its own', async () => {
  const answer = await handleWindow({
    start: () => ({ n: 0 }),
    add: (state) => ({ n: state.n + 1 }),
    end: () => {},
  })({ ...windowBatch, state: {} });

  expect(answer.state).toEqual({ n: 6 });
});

test('the end of a window says what it has come to, also where its last batch is empty', async () => {
  const end = vi.fn();

  await handleWindow({ start, add: countEvents, end })(windowEnd);

  expect(end).toHaveBeenCalledExactlyOnceWith(
    { 'Product Clicked': 12 },
    {
      shardId: 'shardId-000000000006',
      startsAt: Date.UTC(2026, 0, 1, 0, 0),
      endsAt: Date.UTC(2026, 0, 1, 0, 2),
      isTerminatedEarly: false,
    },
  );
});

test('a window that Lambda ends early says so', async () => {
  const end = vi.fn();

  await handleWindow({ start, add: countEvents, end })({
    ...windowBatch,
    isWindowTerminatedEarly: true,
  });

  expect(end).toHaveBeenCalledExactlyOnceWith(
    { 'Product Clicked': 12 },
    expect.objectContaining({ isTerminatedEarly: true }),
  );
});

test('a failure is thrown, so that Lambda comes again with the state from before', async () => {
  const end = () => Promise.reject(new Error('no table'));

  const ending = handleWindow({ start, add: countEvents, end })(windowEnd);

  await expect(ending).rejects.toThrow('no table');
});
