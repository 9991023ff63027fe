// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyAuditLog } from '../../../src/erasure/verify-audit-log.ts';
import { createErasureWorld, eraseRecord, LOG_SECRET } from './erasure-world.ts';

const logSecret = LOG_SECRET;

/** A log of five erasures, one of which was refused, and of one call that was made twice. */
async function writeLog(): Promise<readonly string[]> {
  const world = createErasureWorld((count) => ({ 2: 500, 4: 403 })[count] ?? 200);
  const records = [1, 2, 3, 4, 5].map((seq) =>
    eraseRecord(seq, { subject: { userId: `user-${seq}` } }),
  );
  await world.handle(world.create(), ...records);
  return world.lines();
}

describe('a log as it was written', () => {
  test('is intact, and says what became of each request', async () => {
    const lines = await writeLog();

    const report = await verifyAuditLog(lines, { logSecret });

    expect(report).toEqual({
      ...{ isIntact: true, problems: [], lines: 17 },
      head: { seq: 17, hash: JSON.parse(lines.at(-1) ?? '').hash },
      requests: { done: 4, parked: 1, open: 0 },
      ...{ open: [], notOurs: 0, malformed: 0, calls: 6, unanswered: 0 },
    });
  });

  test('is read from a stream of lines as well, and its empty ones are nothing', async () => {
    const lines = await writeLog();
    async function* stream(): AsyncGenerator<string> {
      for (const line of lines) yield* [line, ''];
    }

    expect(await verifyAuditLog(stream(), { logSecret })).toMatchObject({
      ...{ isIntact: true, lines: 17 },
    });
  });

  test('is intact in parts, where the end of the one before is known', async () => {
    const lines = await writeLog();
    // Between a call and its outcome.
    const first = await verifyAuditLog(lines.slice(0, 5), { logSecret });
    const after = first.head ?? { seq: 0, hash: '' };

    const second = await verifyAuditLog(lines.slice(5), { logSecret, after });

    expect(first).toMatchObject({ isIntact: true, unanswered: 1, requests: { done: 1, open: 1 } });
    expect(second).toMatchObject({ isIntact: true, requests: { done: 3, parked: 1 } });
  });

  test('that ends with a call has an open request, by its key', async () => {
    const lines = await writeLog();

    const report = await verifyAuditLog(lines.slice(0, 2), { logSecret });

    const { key } = JSON.parse(lines[1] ?? '');
    expect(report).toMatchObject({ isIntact: true, open: [key], calls: 1, unanswered: 1 });
  });

  test('is nothing where nothing was written', async () => {
    expect(await verifyAuditLog([], { logSecret })).toMatchObject({
      ...{ isIntact: true, lines: 0, head: undefined },
    });
  });
});

describe('what was done to a log shows', () => {
  const tamper: readonly (readonly [string, (lines: string[]) => string[]])[] = [
    ['a line taken out', (lines) => lines.toSpliced(7, 1)],
    ['the first line taken out', (lines) => lines.slice(1)],
    ['two lines exchanged', (lines) => [...lines.slice(0, 3), lines[4] ?? '', lines[3] ?? '']],
    ['a line written twice', (lines) => lines.toSpliced(7, 0, lines[6] ?? '')],
    [
      'a status changed',
      (lines) => lines.map((line) => line.replace('"status":403', '"status":200')),
    ],
    ['a number changed', (lines) => lines.map((line) => line.replace('"seq":9,', '"seq":8,'))],
    ['a hash changed', (lines) => lines.with(5, (lines[5] ?? '').replace(/.{3}"\}$/, 'AAA"}'))],
    ['a field added behind the hash', (lines) => lines.with(5, `${lines[5]?.slice(0, -1)},"a":1}`)],
    ['a line that is none', (lines) => lines.toSpliced(4, 0, 'not JSON')],
    ['half a line at the end', (lines) => lines.with(-1, (lines.at(-1) ?? '').slice(0, 40))],
  ];

  test.each(tamper)('%s', async (_, change) => {
    const lines = [...(await writeLog())];

    const { isIntact, problems } = await verifyAuditLog(change(lines), { logSecret });

    expect(isIntact).toBe(false);
    expect(problems.length).toBeGreaterThan(0);
  });

  test('says where, and what it expected', async () => {
    const lines = await writeLog();

    const { problems } = await verifyAuditLog(lines.toSpliced(7, 1), { logSecret });

    expect(problems[0]).toEqual({ line: 8, text: 'expected line 8 of the log, got 9' });
  });

  test('another log’s line, of the same number and secret', async () => {
    const [one, other] = [await writeLog(), await writeLog()];
    const foreign = other.map((line) => line);
    const world = createErasureWorld();
    await world.handle(world.create(), eraseRecord(9, { subject: { userId: 'somebody' } }));

    const { problems } = await verifyAuditLog([world.lines()[0] ?? '', ...one.slice(1)], {
      logSecret,
    });

    // Two logs of the same events at the same times are the same.
    expect(foreign).toEqual(one);
    expect(problems[0]).toEqual({
      line: 2,
      text: 'expected the line that follows line 1, got another one',
    });
  });

  test('lines cut off at the end, to whoever has kept the head elsewhere', async () => {
    const lines = await writeLog();
    const { head: contains = { seq: 0, hash: '' } } = await verifyAuditLog(lines, { logSecret });

    const cut = lines.slice(0, -3);

    expect(await verifyAuditLog(cut, { logSecret })).toMatchObject({ isIntact: true });
    expect(await verifyAuditLog(lines, { logSecret, contains })).toMatchObject({ isIntact: true });
    expect(await verifyAuditLog(cut, { logSecret, contains })).toMatchObject({
      isIntact: false,
      problems: [{ line: 14, text: 'expected line 17 as it was kept, got none' }],
    });
  });

  test('every line, under another secret', async () => {
    const { problems } = await verifyAuditLog(await writeLog(), { logSecret: `${logSecret}!` });

    expect(problems).toHaveLength(17);
  });

  test('any character changed, anywhere', async () => {
    const lines = await writeLog();
    const text = lines.join('\n');

    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'x', '"', ' '),
        async (at, other) => {
          const changed = text.slice(0, at) + other + text.slice(at + 1);
          fc.pre(changed !== text);

          const { isIntact } = await verifyAuditLog(changed.split('\n'), { logSecret });

          expect(isIntact).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
