// @vitest-environment node
import { describe, expect, test, vi } from 'vitest';
import { handleFirehose } from '../../../src/lambda/handle-firehose.ts';
import type { FirehoseResponseRecord } from '../../../src/lambda/types.ts';
import firehose from '../../fixtures/lambda/firehose.json' with { type: 'json' };
import directPut from '../../fixtures/lambda/firehose-direct-put.json' with { type: 'json' };

const textOf = ({ data }: FirehoseResponseRecord): string =>
  Buffer.from(data ?? '', 'base64').toString();

describe('a transformation for Firehose', () => {
  test('gives a record for each record, with its id and in its order', async () => {
    const { records } = await handleFirehose(({ event }) =>
      event && event.type !== 'drop' ? JSON.stringify({ id: event.messageId }) : undefined,
    )(firehose);

    expect(records.map(({ recordId }) => recordId)).toEqual(
      firehose.records.map(({ recordId }) => recordId),
    );
    expect(records.map((record) => [record.result, textOf(record)])).toEqual([
      ['Ok', '{"id":"k3f9aL0qXw.1"}\n'],
      ['Ok', '{"id":"k3f9aL0qXw.2"}\n'],
      ['Ok', '{"id":"k3f9aL0qXw.3"}\n'],
      ['Dropped', ''],
      ['Dropped', ''],
    ]);
  });

  test('ends each text as a line once, and leaves bytes as they are', async () => {
    const outputs = ['a', 'b\n', Uint8Array.of(99), new Uint8Array(), ''];

    const { records } = await handleFirehose(() => outputs.shift())(firehose);

    expect(records.map(textOf)).toEqual(['a\n', 'b\n', 'c', '', '\n']);
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'Ok', 'Ok', 'Ok', 'Ok']);
  });

  test('makes lines of one record of an aggregate that was put to Firehose itself', async () => {
    const { records } = await handleFirehose(({ event }) => event?.messageId)(directPut);

    expect(records.map(textOf)).toEqual(['k3f9aL0qXw.2\nk3f9aL0qXw.3\nk3f9aL0qXw.4\n']);
  });

  test('passes the keys of dynamic partitioning on, which all of an aggregate share', async () => {
    const onFailure = vi.fn();
    const day = (isOfOneDay: boolean) =>
      handleFirehose(
        ({ event }) => ({
          data: event?.messageId,
          partitionKeys: { day: isOfOneDay ? '01' : String(event?.rivulet.seq) },
        }),
        { onFailure },
      );

    const one = await day(true)(directPut);
    const several = await day(false)(directPut);

    expect(one.records).toMatchObject([{ metadata: { partitionKeys: { day: '01' } } }]);
    expect(several.records).toMatchObject([{ result: 'ProcessingFailed' }]);
    expect(onFailure.mock.calls[0]?.[1].message).toBe(
      'partitionKeys: expected the same for all of an aggregate, got [{"day":"2"},{"day":"3"}]',
    );
  });

  test('leaves what it throws for to Firehose, and says why', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});

    const { records } = await handleFirehose(({ event }) => {
      if (!event) throw new Error('no event');
      return 'x';
    })(firehose);

    expect(records.map(({ result }) => result)).toEqual([
      'Ok',
      'Ok',
      'Ok',
      'Ok',
      'ProcessingFailed',
    ]);
    expect(log).toHaveBeenCalledExactlyOnceWith(
      `rivulet: record ${firehose.records[4]?.recordId}: kept as it came, below the error prefix:`,
      new Error('no event'),
    );
    log.mockRestore();
  });

  test('answers with no more than Lambda carries: what has no room is left to Firehose', async () => {
    const onFailure = vi.fn();
    const sizes = [4_000_000, 4_000_000, 100, 500_000, 100];

    const answer = await handleFirehose(() => 'x'.repeat(sizes.shift() ?? 0), { onFailure })(
      firehose,
    );

    expect(answer.records.map(({ result }) => result)).toEqual([
      'Ok',
      'ProcessingFailed',
      'Ok',
      'Ok',
      'Ok',
    ]);
    expect(JSON.stringify(answer).length).toBeLessThan(6 * 1024 * 1024);
    expect(onFailure).toHaveBeenCalledOnce();
  });

  test('is refused what is no event of Firehose', async () => {
    const transform = handleFirehose(() => 'x');

    await expect(transform({ Records: [] } as never)).rejects.toMatchObject({
      code: 'invalid_option',
      message: "event: expected Firehose's, got object",
    });
    expect(() => handleFirehose(7 as never)).toThrow('transform: expected a function, got 7');
  });
});
