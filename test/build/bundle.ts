import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/** Bundles and minifies a program that imports the package by its name, as an application would. */
export async function bundle(program: string, external: readonly string[] = []): Promise<string> {
  const entry = 'virtual:program';
  const output = (await build({
    configFile: false,
    root,
    logLevel: 'error',
    // An application ships the production build of its packages, whatever the test runner's own mode is.
    resolve: { conditions: ['module', 'browser', 'production'] },
    plugins: [
      {
        name: 'program',
        resolveId(id) {
          if (id === entry) return `\0${entry}`;
          // Vite does not resolve a package's own name; Node does.
          if (/^rivulet(\/|$)/.test(id))
            return this.resolve(fileURLToPath(import.meta.resolve(id)));
          return undefined;
        },
        load: (id) => (id === `\0${entry}` ? program : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: {
        input: entry,
        external: [...external],
        // A program's own exports are none; what it leaves for others stands on `globalThis`.
        preserveEntrySignatures: false,
        // One file: what is loaded late is counted too, and a test can serve it.
        output: { codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  return output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('');
}

export function brotliBytes(code: string): number {
  return brotliCompressSync(code).length;
}
