// @vitest-environment node
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileStore } from '../../../worker/node/file-store.ts';

const SOURCE = { name: 'shop', stream: 'clickstream', origins: '*' };

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-store-'));
  path = join(folder, 'store.json');
});

afterEach(() => rm(folder, { recursive: true }));

describe('a store in a file', () => {
  test('is empty while there is no file', async () => {
    const store = createFileStore(path);

    expect(await store.get('source/wk')).toBeNull();
    expect(await store.list('')).toEqual([]);
    expect(await store.delete('source/wk')).toBe(false);
  });

  test('gives back text as text, and JSON that a person wrote as JSON', async () => {
    await writeFile(path, JSON.stringify({ 'source/wk': SOURCE, 'revoked/a1': 'lost in a taxi' }));

    const store = createFileStore(path);

    expect(JSON.parse((await store.get('source/wk')) ?? '')).toEqual(SOURCE);
    expect(await store.get('revoked/a1')).toBe('lost in a taxi');
    expect(await store.get('constructor')).toBeNull();
  });

  test('sees what somebody else changes in the file', async () => {
    const store = createFileStore(path);
    const before = await store.get('source/wk');
    await writeFile(path, JSON.stringify({ 'source/wk': SOURCE }));
    const after = await store.get('source/wk');
    await rm(path);

    expect(before).toBeNull();
    expect(after).toBe(JSON.stringify(SOURCE));
    expect(await store.get('source/wk')).toBeNull();
  });

  test('keeps what is put, readable by a person and by nobody else of the machine', async () => {
    const store = createFileStore(path);
    await store.put('source/wk', JSON.stringify(SOURCE));
    await store.put('revoked/a1', 'stolen');
    await store.put('revoked/b2', 'stolen');
    await store.delete('revoked/b2');

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      'source/wk': SOURCE,
      'revoked/a1': 'stolen',
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['store.json']);
    expect(await store.list('revoked/')).toEqual(['revoked/a1']);
  });

  test.each(['{"source/wk":', '[]', 'null'])(
    'cannot be asked while the file holds %s, and does not quote it',
    async (text) => {
      await writeFile(path, text);

      await expect(createFileStore(path).get('source/wk')).rejects.toThrow(
        /^store: expected a file with a JSON object$/,
      );
    },
  );
});
