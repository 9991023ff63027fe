// @vitest-environment node
import { expect, test, vi } from 'vitest';
import { createReshardingTask } from '../../../../src/debug/stream/resharding-task.ts';

const id = (number: number): string => `shardId-${String(number).padStart(12, '0')}`;

function setUp() {
  const calls: { what: unknown; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const call = (what: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      calls.push({ what, resolve, reject });
    });
  const onChange = vi.fn();
  const task = createReshardingTask(() => ({ split: call, merge: call }), onChange);
  return { task, calls, onChange };
}

test('a split says what it is about, before and after', async () => {
  const { task, calls, onChange } = setUp();

  task.split(id(4));
  expect(task.isBusy()).toBe(true);
  expect(task.news()).toEqual({ text: 'Split 4: asked for …', isProblem: false });
  calls[0]?.resolve();
  await vi.waitFor(() => expect(task.isBusy()).toBe(false));

  expect(calls.map(({ what }) => what)).toEqual([id(4)]);
  expect(task.news()?.text).toContain('Split 4: done');
  expect(onChange).toHaveBeenCalledTimes(2);
});

test('a merge that is refused says why, and another may be tried', async () => {
  const { task, calls } = setUp();

  task.merge([id(4), id(5)]);
  calls[0]?.reject(new Error('LimitExceededException'));
  await vi.waitFor(() => expect(task.isBusy()).toBe(false));

  expect(task.news()).toEqual({
    text: 'Merge 4 and 5: refused. LimitExceededException',
    isProblem: true,
  });
  task.split(id(4));
  expect(calls).toHaveLength(2);
});

test('one at a time', () => {
  const { task, calls } = setUp();

  task.split(id(4));
  task.split(id(5));

  expect(calls).toHaveLength(1);
});

test('a stream that nobody may change is not changed', () => {
  const task = createReshardingTask(() => undefined, vi.fn());

  task.split(id(4));

  expect(task.isBusy()).toBe(false);
  expect(task.news()).toBeUndefined();
});
