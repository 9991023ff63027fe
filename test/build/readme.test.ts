import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as sources from '../../src/capture/index.ts';
import type { CaptureSource } from '../../src/capture/types.ts';
import { REFUSAL_STATUS } from '../../src/protocol/receipt.ts';
import { sourceSchema } from '../../worker/configuration/source.ts';
import { POINT_BLOBS, POINT_DOUBLES } from '../../worker/operation/points.ts';
import { readmeSamples, readReadme } from '../helpers/readme-samples.ts';
import { compile } from './compile.ts';

const root = resolve(import.meta.dirname, '../..');

describe.each([
  ['README.md', ''],
  ['src/capture/README.md', ''],
  ['src/consumer/README.md', 'node'],
  ['src/debug/README.md', ''],
  ['worker/README.md', 'node'],
] as const)('%s', (path, types) => {
  test('has samples in TypeScript that compile against the built package', () => {
    const samples = readmeSamples('ts', path).map(({ code }) => code);

    expect(samples).not.toEqual([]);
    expect(compile(samples, types)).toBe('');
  });

  test('links to files and headings that are there', () => {
    const links = [...readReadme(path).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(
      ([, to]) => `${to}`,
    );

    const broken = links.filter((link) => {
      const [file = '', heading] = link.split('#');
      const target = file ? resolve(root, dirname(path), file) : resolve(root, path);
      if (!existsSync(target)) return true;
      return heading !== undefined && !headingsOf(readFileSync(target, 'utf8')).includes(heading);
    });

    expect(links.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });
});

test('the README says of every capture source what it sends', () => {
  const rows = readReadme().split('\n');

  const missing = Object.entries(sources).filter(([name, create]) => {
    const { name: word } = (create as () => CaptureSource)();
    return !rows.some((row) => row.startsWith(`| \`${name}(`) && row.includes(`| \`${word}\` |`));
  });

  expect(Object.keys(sources).length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('the README names every script that a person may run', () => {
  const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
  const readme = readReadme();

  const unnamed = Object.keys(scripts).filter(
    (name) => !readme.includes(`npm ${name}`) && !readme.includes(`npm run ${name}`),
  );

  expect(unnamed).toEqual([]);
});

describe("the operator's guide", () => {
  const guide = readReadme('worker/README.md');

  test('says what every code means, with its status', () => {
    const rows = guide.split('\n').filter((line) => line.startsWith('| '));

    const missing = Object.entries(REFUSAL_STATUS).filter(
      ([code, status]) =>
        !rows.some((row) => row.includes(`\`${code}\``) && row.includes(`${status}`)),
    );

    expect(missing).toEqual([]);
  });

  test('says what every field of a source does', () => {
    const missing = Object.keys(sourceSchema.entries).filter(
      (field) => !guide.includes(`\`${field}\``),
    );

    expect(missing).toEqual([]);
  });

  test('says in which column of a point each figure stands', () => {
    const [blobs, doubles] = [POINT_BLOBS, POINT_DOUBLES].map((names) => names.length);

    expect(guide).toContain(`\`blob${blobs}\``);
    expect(guide).toContain(`\`double${doubles}\``);
    for (const name of [...POINT_BLOBS, ...POINT_DOUBLES]) {
      if (name !== 'kind') expect(guide).toContain(`\`${name}\``);
    }
  });
});

/** As GitHub names them. */
function headingsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
