import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const plans = resolve(root, 'test/fixtures/plans');
const SHOP = join(plans, 'shop.json');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rivulet-types-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `rivulet types` as a process. */
async function run(args: readonly string[], input: string | object = '') {
  const command = resolve(root, 'worker/command/rivulet.ts');
  const child = spawn(process.execPath, [command, 'types', ...args], { cwd: folder });
  child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input));
  const [out, problem, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.on('close', done)),
  ]);
  return { out, problem, exitCode };
}

const planned = (schema: unknown) => ({ events: { Seen: schema } });

describe('rivulet types', () => {
  test.each(['shop', 'segment'])('prints what stands in %s.ts', async (name) => {
    const { out, problem, exitCode } = await run([join(plans, `${name}.json`)]);

    expect([problem, exitCode]).toEqual(['', 0]);
    expect(out).toBe(await readFile(join(plans, `${name}.ts`), 'utf8'));
  });

  test('takes the plan of a source, from the standard input', async () => {
    const plan = JSON.parse(await readFile(SHOP, 'utf8'));
    const { out } = await run(['-'], { name: 'shop', stream: 'clickstream', origins: '*', plan });

    expect(out).toBe(await readFile(join(plans, 'shop.ts'), 'utf8'));
  });

  test('writes a file, and leaves alone one that is as the plan says', async () => {
    const out = join(folder, 'events.ts');
    const first = await run([SHOP, '--out', out]);
    const written = await stat(out);
    const second = await run([SHOP, '--out', out]);

    expect(first).toEqual({ out: '', problem: `${out}: events: 9\n`, exitCode: 0 });
    expect(second.exitCode).toBe(0);
    expect((await stat(out)).mtimeMs).toBe(written.mtimeMs);
    expect(await readFile(out, 'utf8')).toBe(await readFile(join(plans, 'shop.ts'), 'utf8'));
  });

  test('tells by its exit code whether a file is as the plan says, and writes nothing', async () => {
    const out = join(folder, 'checked.ts');
    const absent = await run([SHOP, '--out', out, '--check']);
    await run([SHOP, '--out', out]);
    const fresh = await run([SHOP, '--out', out, '--check']);
    await writeFile(out, (await readFile(out, 'utf8')).replaceAll('\n', '\r\n'));
    const ofWindows = await run([SHOP, '--out', out, '--check']);
    const stale = await run(['-', '--out', out, '--check'], planned({}));

    expect([absent, fresh, ofWindows, stale].map(({ exitCode }) => exitCode)).toEqual([1, 0, 0, 1]);
    expect(stale.problem).toContain('checked.ts: expected what the plan says');
    expect(await readFile(out, 'utf8')).toContain('Order Completed');
  });

  test('never writes over a file that a person wrote', async () => {
    const out = join(folder, 'own.ts');
    await writeFile(out, 'export const mine = 1;\n');
    const { problem, exitCode } = await run([SHOP, '--out', out]);

    expect(exitCode).toBe(1);
    expect(problem).toContain("--out: expected a new file or one of this command's");
    expect(await readFile(out, 'utf8')).toBe('export const mine = 1;\n');
  });

  test.each<[string, string | object, string]>([
    ['what is no JSON', '{', 'standard input: expected a JSON object'],
    ['a list', [], 'standard input: expected a JSON object'],
    ['a plan without events', {}, 'standard input: events: expected one, got none'],
    ['a mode of no kind', { events: {}, mode: 'x' }, 'mode: expected observe, enforce'],
    ['a schema that is none', planned(3), 'events.Seen: expected a JSON Schema'],
    [
      'a type of no kind',
      planned({ properties: { price: { type: 'money' } } }),
      'standard input: events.Seen #/properties/price/type: expected string, number',
    ],
    [
      'a reference that leads nowhere',
      planned({ properties: { price: { $ref: '#/$defs/none' } } }),
      'events.Seen #/properties/price/$ref: expected a schema within this one',
    ],
    [
      'a rule of no kind',
      { rules: [{ type: 'EMAIL', key: 'x', jsonSchema: {} }] },
      '0.type: expected TRACK, IDENTIFY',
    ],
  ])('refuses %s, and says where it is', async (_, plan, message) => {
    const { out, problem, exitCode } = await run(['-'], plan);

    expect([out, exitCode]).toEqual(['', 1]);
    expect(problem).toContain(message);
  });

  test.each<[string, string[], string]>([
    ['no plan', [], 'arguments: expected more of them'],
    ['a plan that is not there', ['none.json'], 'none.json: expected a file that can be read'],
    ['a check of nothing', [SHOP, '--check'], '--check: expected --out with it'],
    ['a folder to write to', [SHOP, '--out', '.'], '--out: expected a file that can be read'],
    [
      'a folder that is not there',
      [SHOP, '--out', 'a/b.ts'],
      '--out: expected a file that can be written',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { problem, exitCode } = await run(args);

    expect(exitCode).not.toBe(0);
    expect(problem).toContain(message);
  });
});
