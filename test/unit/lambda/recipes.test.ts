// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import firehose from '../../fixtures/lambda/firehose.json' with { type: 'json' };
import directPut from '../../fixtures/lambda/firehose-direct-put.json' with { type: 'json' };
import kinesis from '../../fixtures/lambda/kinesis.json' with { type: 'json' };

/** What the warehouse has, by path; it refuses what this says. */
let stored: Record<string, string[]>;
let refuses: (path: string, line: string) => boolean;

beforeEach(() => {
  [stored, refuses] = [{}, () => false];
  vi.resetModules();
  vi.stubGlobal('fetch', async (address: string, { body }: { readonly body: string }) => {
    const path = new URL(address).pathname;
    const lines = body.split('\n');
    if (lines.some((line) => refuses(path, line))) return new Response(null, { status: 503 });
    stored[path] = [...(stored[path] ?? []), ...lines];
    return new Response();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const idsOf = (path: string): readonly string[] =>
  (stored[path] ?? []).map((line) => JSON.parse(line).messageId);

const IDS = [1, 2, 3, 4, 5].map((seq) => `k3f9aL0qXw.${seq}`);

test('the function for AWS Lambda stores every event of a batch, and each once', async () => {
  const { handler } = await import('../../recipes/consumer/lambda.ts');

  const first = await handler(kinesis);
  const again = await handler(kinesis);

  expect([first, again]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  expect(idsOf('/rows')).toEqual(IDS);
});

test('the function for AWS Lambda goes on inside the aggregate in which the warehouse failed', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { handler } = await import('../../recipes/consumer/lambda.ts');
  refuses = (path, line) => path === '/parked' || line.includes(`"${IDS[2]}"`);

  const answer = await handler(kinesis);
  refuses = () => false;
  await handler({ Records: kinesis.Records.slice(1) });

  expect(answer).toEqual({
    batchItemFailures: [{ itemIdentifier: kinesis.Records[1]?.kinesis.sequenceNumber }],
  });
  expect(idsOf('/rows')).toEqual(IDS);
  expect(log).toHaveBeenCalledOnce();
});

test('the function for AWS Lambda parks what the warehouse always refuses', async () => {
  const { handler } = await import('../../recipes/consumer/lambda.ts');
  refuses = (path, line) => path === '/rows' && line.includes(`"${IDS[2]}"`);

  const answer = await handler(kinesis);

  expect(answer).toEqual({ batchItemFailures: [] });
  expect(idsOf('/rows')).toEqual(IDS.filter((id) => id !== IDS[2]));
  const parked = (stored['/parked'] ?? []).map((line) => JSON.parse(line));
  expect(parked).toMatchObject([{ error: 'Error: the warehouse answered 503' }]);
  expect(JSON.parse(Buffer.from(parked[0]?.data).toString())).toMatchObject({ messageId: IDS[2] });
});

test('the transformation for Firehose writes a line for each event, by its day', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { handler } = await import('../../recipes/consumer/firehose.ts');

  const { records } = await handler(firehose);

  const lines = records.flatMap(({ data }) =>
    data ? [JSON.parse(Buffer.from(data, 'base64').toString())] : [],
  );
  expect(lines.map(({ messageId, lane, seq }) => [messageId, `${lane}.${seq}`])).toEqual(
    IDS.slice(0, 4).map((id) => [id, id]),
  );
  expect(records.map(({ result, metadata }) => [result, metadata?.partitionKeys])).toEqual([
    ...IDS.slice(0, 4).map(() => ['Ok', { day: '2026-01-01' }]),
    ['ProcessingFailed', undefined],
  ]);
  expect(log.mock.calls[0]?.at(-1)).toEqual(
    new Error('expected an event, got 22 bytes of another producer'),
  );
});

test('the transformation for Firehose takes an aggregate apart that was put to it directly', async () => {
  const { handler } = await import('../../recipes/consumer/firehose.ts');

  const { records } = await handler(directPut);

  const text = Buffer.from(records[0]?.data ?? '', 'base64').toString();
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).messageId),
  ).toEqual(IDS.slice(1, 4));
});
