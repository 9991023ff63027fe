import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readmeSamples } from '../helpers/readme-samples.ts';

const root = resolve(import.meta.dirname, '../..');

test('every TypeScript sample of the README compiles against the built package', () => {
  const folder = mkdtempSync(join(root, 'test/.output-'));
  const files = readmeSamples('ts').map(({ code }, index) => {
    const file = join(folder, `sample-${index}.ts`);
    writeFileSync(file, `${code}\nexport {};\n`);
    return file;
  });
  const compile = () =>
    execFileSync(
      process.execPath,
      [
        resolve(root, 'node_modules/typescript/bin/tsc'),
        ...[
          '--noEmit',
          '--ignoreConfig',
          '--strict',
          '--skipLibCheck',
          '--target',
          'es2022',
          '--module',
          'preserve',
        ],
        ...['--lib', 'es2022,dom,dom.iterable', '--types', ''],
        ...files,
      ],
      { cwd: root, encoding: 'utf8' },
    );

  try {
    expect(files.length).toBeGreaterThan(0);
    expect(compile()).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the README names every script that a person may run', () => {
  const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

  const unnamed = Object.keys(scripts).filter(
    (name) => !readme.includes(`npm ${name}`) && !readme.includes(`npm run ${name}`),
  );

  expect(unnamed).toEqual([]);
});
