import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import MagicString from 'magic-string';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const root = import.meta.dirname;
const source = (path: string): string => resolve(root, 'src', path);

/**
 * `idb` adds its shortcuts and its async iterators to itself by calls of this name. The log uses neither: it asks for
 * promises of requests, and that much is what the client carries.
 */
export const treeshake = { manualPureFunctions: ['replaceTraps'] };

/** Constants have names for the reader of the source; in the bundle each would be a declaration. */
const optimization = { inlineConst: { mode: 'all', pass: 2 } } as const;

/**
 * Nor does it use the proxies that `idb` makes of databases, transactions, stores and cursors, nor what it remembers of
 * them: values stay what they are. What nobody calls any more, the build leaves out.
 */
export const idbWithoutProxies: Plugin = {
  name: 'idb-without-proxies',
  transform(code, id) {
    if (!id.includes('/node_modules/idb/build/index.js')) return undefined;
    const without = (rest: string, call: string, instead: string): string => {
      const [before, after, ...more] = rest.split(call);
      if (after === undefined || more.length > 0) this.error(`idb: expected one "${call}"`);
      return before + instead + after;
    };
    return {
      code: without(
        without(code, 'if (transformCache.has(value))', 'return value;'),
        'reverseTransformCache.set(promise, request);',
        '',
      ),
      map: null,
    };
  },
};

/**
 * Texts and numbers have names for the reader of the source. What a module imports, the bundler writes where it is used;
 * this does the same for a module's own, each of which would be a declaration in every page.
 */
const ownConstants: Plugin = {
  name: 'own-constants',
  // After the types are gone.
  enforce: 'post',
  transform(code, id) {
    if (!id.startsWith(`${root}/src/`)) return undefined;
    let inlined = code;
    for (const [declaration, name, value] of code.matchAll(
      /^const ([A-Z][A-Z\d_]+) = ([-\d._e */]+|"[^"\\]*");$/gm,
    )) {
      // Names in capitals are constants everywhere in the source: nothing shadows them.
      inlined = inlined
        .replace(declaration, '')
        .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `(${value})`);
    }
    // No line moves.
    return { code: inlined, map: null };
  },
};

/**
 * The debug view's templates and styles are indented for the reader of the source. A page gets them without: what is white
 * space in markup and in style sheets is one space, or none.
 */
const tightTemplates: Plugin = {
  name: 'tight-templates',
  enforce: 'post',
  transform(code, id) {
    if (!id.startsWith(`${root}/src/debug/`)) return undefined;
    const text = new MagicString(code);
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, tag, quasi } = node as Record<string, { name?: string; quasis?: Quasi[] }>;
      if (String(type) === 'TaggedTemplateExpression' && quasi?.quasis) {
        for (const { start, end } of quasi.quasis) {
          const before = code.slice(start, end);
          const after = tag?.name === 'css' ? tightenStyle(before) : tightenMarkup(before);
          if (after !== before) text.overwrite(start, end, after);
        }
      }
      for (const child of Object.values(node)) walk(child);
    };
    walk(this.parse(code));
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
};

/** `rivulet-debug.js` carries the AWS SDK's commands apart, for the pages that have a client of the SDK's. */
const commandsOnDemand: Plugin = {
  name: 'commands-on-demand',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === '@aws-sdk/client-kinesis' && !importer?.endsWith('/sdk-commands.ts')
      ? source('debug/standalone/commands.ts')
      : undefined,
};

interface Quasi {
  readonly start: number;
  readonly end: number;
}

function tightenMarkup(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

function tightenStyle(text: string): string {
  return text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};]) ?/g, '$1')
    .replace(/([:,]) /g, '$1')
    .replace(/;\}/g, '}');
}

/**
 * The debug view asks SQLite in a worker of its own: a file beside the others, of this name. In library mode Vite would write
 * an address from the site's root, and SQLite's module into the worker as text.
 *
 * @param isWhole the worker comes with SQLite inside, its module beside it, and the names of both change with what is in
 * them; else SQLite stays an import
 */
export function sqlWorker(name: string, isWhole: boolean): Plugin {
  const versions = [
    'src/debug/sql/sql-worker.ts',
    'node_modules/@sqlite.org/sqlite-wasm/package.json',
  ]
    .map((path) => readFileSync(resolve(root, path), 'utf8'))
    .join();
  const hash = createHash('sha256').update(versions).digest('base64url').slice(0, 8);
  const fileName = isWhole ? `${name}-${hash}.js` : `${name}.js`;
  const wasm = `${name}-${hash}.wasm`;
  const library = resolve(root, 'node_modules/@sqlite.org/sqlite-wasm/dist');
  return {
    name: 'sql-worker',
    enforce: 'pre',
    buildStart() {
      this.emitFile({ type: 'chunk', id: source('debug/sql/sql-worker.ts'), fileName });
      if (!isWhole) return;
      const contents = readFileSync(resolve(library, 'sqlite3.wasm'));
      this.emitFile({ type: 'asset', fileName: wasm, source: contents });
    },
    transform(code, id) {
      if (id === source('debug/sql/start-worker.ts')) {
        return { code: code.replace("'./sql-worker.ts'", 'SQL_WORKER_FILE'), map: null };
      }
      if (!isWhole || id !== resolve(library, 'index.mjs')) return undefined;
      const inside = code
        .replace('"sqlite3.wasm", import.meta.url', 'SQLITE_WASM_FILE, import.meta.url')
        // Of its own workers the view starts none.
        .replaceAll(
          /new URL\(("sqlite3-[\w-]+\.m?js"), import\.meta\.url\)/g,
          'new URL($1, "none:")',
        );
      return { code: inside, map: null };
    },
    renderChunk(code) {
      if (!/SQL(_WORKER|ITE_WASM)_FILE/.test(code)) return undefined;
      return {
        code: code
          .replace('SQL_WORKER_FILE', JSON.stringify(`./${basename(fileName)}`))
          .replace('SQLITE_WASM_FILE', JSON.stringify(`./${basename(wasm)}`)),
        map: null,
      };
    },
  };
}

/**
 * Prints the hash of each file that a page loads as it is, for `integrity` and for a policy's `script-src`, and gathers them in
 * `integrity.json`.
 */
const integrity: Plugin = {
  name: 'integrity',
  writeBundle({ dir = '' }, bundle) {
    const list = resolve(dir, 'integrity.json');
    const known = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : {};
    for (const { fileName, type } of Object.values(bundle)) {
      if (type !== 'chunk') continue;
      const hash = createHash('sha384').update(readFileSync(resolve(dir, fileName)));
      known[fileName] = `sha384-${hash.digest('base64')}`;
      console.log(`${fileName}  ${known[fileName]}`);
    }
    writeFileSync(list, `${JSON.stringify(known, null, 2)}\n`);
  },
};

/** What is pasted into a page has no last line break to be lost. */
const withoutLastBreak: Plugin = {
  name: 'without-last-break',
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type === 'chunk') part.code = part.code.trim();
    }
  },
};

/** Its licence asks for it in every copy. */
const IDB_NOTICE = '/* Contains parts of idb: ISC License, Copyright (c) 2016, Jake Archibald */';

/**
 * Chromium compiles the file while it loads, beside the page's own work; else each function is compiled on the main thread when
 * it is first called, which takes longer than all that they do: a first load's start costs half (v8.dev/blog/explicit-compile-hints).
 */
const COMPILE_HINT = '//# allFunctionsCalledOnLoad';

/** A script tag: one file, everything inside. */
function scriptTag(entry: string, fileName: string): UserConfig {
  return {
    plugins: [integrity],
    build: {
      lib: { entry: source(entry), formats: ['iife'], name: 'rivulet', fileName: () => fileName },
      rolldownOptions: {
        treeshake,
        optimization,
        output: { postBanner: `${COMPILE_HINT}\n${IDB_NOTICE}` },
      },
      emptyOutDir: false,
    },
  };
}

/** What `npm run build` makes, by `--mode`. Types come from `tsc`. */
const builds: Record<string, UserConfig> = {
  /**
   * The npm package: ES modules that share chunks. Dependencies stay imports, so that an application has one copy; but for
   * `idb`, of which the few hundred bytes that the log uses are inside.
   */
  library: {
    plugins: [sqlWorker('debug-sql-worker', false)],
    build: {
      lib: {
        entry: {
          index: source('index.ts'),
          protocol: source('protocol/index.ts'),
          capture: source('capture/index.ts'),
          // A file of its own, which a bundler leaves out with its import: the package watches the page as soon as it is there.
          'web-vitals': source('capture/web-vitals.ts'),
          consumer: source('consumer/index.ts'),
          debug: source('debug/index.ts'),
          dynamodb: source('dynamodb/index.ts'),
          encryption: source('encryption/index.ts'),
          erasure: source('erasure/index.ts'),
          identity: source('identity/index.ts'),
          lambda: source('lambda/index.ts'),
          segment: source('segment/index.ts'),
          'service-worker': source('service-worker/index.ts'),
        },
        formats: ['es'],
      },
      rolldownOptions: {
        external: [/^(?!idb$)[a-z@]/],
        treeshake,
        optimization,
        output: {
          banner: ({ name }) => (/^(index|service-worker)$/.test(name) ? IDB_NOTICE : ''),
          // What web vitals share with other sources: apart from them, or each would import their package.
          codeSplitting: { groups: [{ name: 'element', test: /capture\/(element|long-script)/ }] },
        },
      },
      // An application's bundler minifies; readable code is what a stack trace should show.
      minify: false,
      emptyOutDir: true,
    },
  },
  script: scriptTag('script.ts', 'rivulet.js'),
  'script-small': scriptTag('script-small.ts', 'rivulet-small.js'),
  /** The snippet before it, as text for a page. */
  loader: {
    plugins: [withoutLastBreak, integrity],
    build: {
      lib: { entry: source('loader.ts'), formats: ['es'], fileName: () => 'rivulet-loader.js' },
      rolldownOptions: { output: { minify: true } },
      sourcemap: false,
      emptyOutDir: false,
    },
  },
  /** The debug view for a page without a bundler: a module, and a folder with what it loads when somebody looks, libraries inside. */
  debug: {
    plugins: [commandsOnDemand, integrity, sqlWorker('rivulet-debug/sql-worker', true)],
    // In library mode Vite leaves it to the application; this file runs in a page, which has no `process`.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      lib: { entry: source('debug/index.ts'), formats: ['es'], fileName: () => 'rivulet-debug.js' },
      rolldownOptions: {
        output: {
          // What is served as it is has no bundler after it.
          minify: true,
          // Hashed: a page that has one of an older release beside it would mix two.
          chunkFileNames: 'rivulet-debug/[name]-[hash].js',
          assetFileNames: 'rivulet-debug/[name]-[hash][extname]',
        },
      },
      emptyOutDir: false,
    },
  },
  /** `npx rivulet`: an operator's command. */
  command: {
    build: {
      lib: {
        entry: resolve(root, 'worker/command/rivulet.ts'),
        formats: ['es'],
        fileName: () => 'rivulet-command.js',
      },
      rolldownOptions: {
        external: [/^[a-z@]/],
        platform: 'node',
        output: { banner: '#!/usr/bin/env node' },
      },
      target: 'node20',
      minify: false,
      emptyOutDir: false,
    },
  },
  /** The relay in Node: `rivulet/node-relay`, and the process that `rivulet-relay` starts. */
  'node-relay': {
    build: {
      lib: {
        entry: {
          'node-relay': resolve(root, 'worker/node/index.ts'),
          'rivulet-relay': resolve(root, 'worker/node/main.ts'),
        },
        formats: ['es'],
      },
      rolldownOptions: {
        external: [/^[a-z@]/],
        platform: 'node',
        output: { banner: ({ name }) => (name === 'rivulet-relay' ? '#!/usr/bin/env node' : '') },
      },
      target: 'node20',
      minify: false,
      emptyOutDir: false,
    },
  },
  demo: {
    root: resolve(root, 'demo'),
    build: {
      outDir: resolve(root, 'dist/demo'),
      emptyOutDir: true,
      // The shop, the live view as a page of its own, as a bubble over another, and a tab to be framed.
      rolldownOptions: {
        input: ['', 'debug/', 'overlay/', 'tab/'].map((page) =>
          resolve(root, 'demo', page, 'index.html'),
        ),
      },
      // These know `light-dark()`; rewritten for older ones it would follow the system and not the page's switch.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    },
  },
};

export default defineConfig(({ mode }) => {
  const build = builds[mode] ?? builds.demo ?? {};
  return {
    ...build,
    plugins: [idbWithoutProxies, ownConstants, tightTemplates, ...(build.plugins ?? [])],
    // The packages' own names, so that the demo imports what a user imports.
    resolve: {
      alias: [
        { find: /^rivulet$/, replacement: source('index.ts') },
        {
          find: /^rivulet\/(protocol|capture|consumer|debug|dynamodb|encryption|erasure|identity|lambda|segment|service-worker)$/,
          replacement: `${source('$1')}/index.ts`,
        },
      ],
    },
    server: { host: '127.0.0.1' },
    worker: { format: 'es' },
    // Its module lies beside it, and not beside what the dev server makes of it.
    optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
    build: { sourcemap: true, target: 'es2022', ...build.build },
  };
});
