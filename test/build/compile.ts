import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/**
 * What the compiler says of programs that import the built package by its name: strict, and without our settings. `types`:
 * what their platform declares beside a page's.
 */
export function compile(programs: readonly string[], types: '' | 'node' = ''): string {
  // Below the project's root, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test/.output-'));
  const files = programs.map((program, index) => {
    const file = join(folder, `program-${index}.ts`);
    writeFileSync(file, `${program}\nexport {};\n`);
    return file;
  });
  try {
    return execFileSync(
      process.execPath,
      [
        resolve(root, 'node_modules/typescript/bin/tsc'),
        ...['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck'],
        ...['--target', 'es2022', '--module', 'preserve'],
        ...['--lib', 'es2022,dom,dom.iterable', '--types', types],
        ...files,
      ],
      { cwd: root, encoding: 'utf8' },
    );
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
