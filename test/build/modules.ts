import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface Import {
  /** A path from the project's root, or the name of a package. */
  readonly target: string;
  readonly kind: 'value' | 'type';
}

export interface Module {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below a folder of the project, with what it imports. */
export function modulesIn(folder: string): readonly Module[] {
  return readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !/node_modules/.test(name))
    .map((name) => readModule(resolve(root, folder, name)));
}

function readModule(file: string): Module {
  const text = readFileSync(file, 'utf8');
  const statement =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g;
  const imports = [...text.matchAll(statement)].map(([, type, named, dynamic]): Import => {
    const specifier = (named ?? dynamic) as string;
    return { target: resolveFrom(file, specifier), kind: type ? 'type' : 'value' };
  });
  return { path: fromRoot(file), text, imports };
}

function resolveFrom(file: string, specifier: string): string {
  return specifier.startsWith('.')
    ? fromRoot(resolve(dirname(file), specifier))
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function fromRoot(file: string): string {
  return relative(root, file).split(sep).join('/');
}
