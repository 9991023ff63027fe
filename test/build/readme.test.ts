import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readmeSamples } from '../helpers/readme-samples.ts';
import { compile } from './compile.ts';

const root = resolve(import.meta.dirname, '../..');

test('every TypeScript sample of the README compiles against the built package', () => {
  const samples = readmeSamples('ts').map(({ code }) => code);

  expect(samples).not.toEqual([]);
  expect(compile(samples)).toBe('');
});

test('the README names every script that a person may run', () => {
  const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

  const unnamed = Object.keys(scripts).filter(
    (name) => !readme.includes(`npm ${name}`) && !readme.includes(`npm run ${name}`),
  );

  expect(unnamed).toEqual([]);
});

test('every file that the README links to is there', () => {
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => `${path}`);

  expect(links.length).toBeGreaterThan(30);
  expect(links.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
});
