import { describe, expect, test } from 'vitest';
import { type Module, modulesIn } from './modules.ts';

/** What each room may import: the arrows of the README's picture. Type imports count too. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  base: ['protocol'],
  queue: ['protocol', 'base'],
  transport: ['protocol', 'base'],
  capture: ['protocol', 'base'],
  client: ['protocol', 'base', 'queue', 'transport', 'capture types'],
  identity: ['protocol', 'base', 'client types'],
  segment: ['protocol', 'base', 'client types'],
  script: ['protocol', 'base', 'client', 'capture types', 'identity', 'segment'],
  encryption: ['protocol', 'base', 'queue types', 'queue/sealed-log'],
  'service-worker': ['protocol', 'base', 'capture types', 'client'],
  consumer: ['protocol', 'base', 'transport/retry'],
  dynamodb: [
    ...['protocol', 'base', 'transport/retry', 'consumer types'],
    ...['consumer/checkpoint/types', 'consumer/position'],
  ],
  erasure: [
    ...['protocol', 'base', 'transport/retry'],
    ...['consumer types', 'consumer/run/types', 'consumer/pause'],
  ],
  lambda: [
    ...['protocol', 'base', 'transport/retry', 'consumer types', 'consumer/sink'],
    ...['consumer/decode', 'consumer/run/call', 'consumer/run/types'],
  ],
  // What waits on the disk, it only looks at.
  debug: ['protocol', 'base', 'client types', 'client/sdk', 'consumer', 'queue/inspect-log'],
  worker: ['protocol', 'errors'],
};

/** Which packages a room may import. A package that is not here is in no bundle by accident. */
const packages: Readonly<Record<string, readonly string[]>> = {
  capture: ['web-vitals'],
  queue: ['idb'],
  consumer: ['@aws-sdk/client-kinesis', '@smithy/fetch-http-handler'],
  dynamodb: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-kinesis'],
  debug: ['lit', 'spark-md5', '@aws-sdk/client-kinesis', '@sqlite.org/sqlite-wasm'],
  worker: [
    '@cfworker/json-schema',
    '@smithy/signature-v4',
    'bowser',
    'isbot',
    'jose',
    'prom-client',
    'valibot',
  ],
};

/** The rooms that have their platform from the runtime. Encryption draws its own coins, of which none may come twice. */
const clientSide = [
  'queue',
  'transport',
  'client',
  'capture',
  'identity',
  'segment',
  'service-worker',
];

const source = modulesIn('src');
const worker = modulesIn('worker');

function roomOf(path: string): string {
  if (path === 'src/errors.ts' || path === 'src/runtime.ts') return 'base';
  if (/^src\/[\w-]+\.ts$/.test(path)) return 'entry';
  return path.startsWith('worker/') ? 'worker' : (path.split('/')[1] ?? '');
}

function isAllowed(room: string, target: string): boolean {
  if (target === 'package.json') return true;
  const to = roomOf(target);
  return (arrows[room] ?? []).some((allowed) => {
    if (allowed === to) return true;
    if (allowed === 'errors') return target === 'src/errors.ts';
    if (allowed.endsWith(' types')) return target === `src/${allowed.split(' ')[0]}/types.ts`;
    return target === `src/${allowed}.ts`;
  });
}

/** A module of ours, or the manifest: the version stands there alone, for everybody to read. */
const isFile = (target: string): boolean => target.endsWith('.ts') || target === 'package.json';
const isOurCode = (module: Module): boolean => roomOf(module.path) !== 'entry';

describe('the arrows between the rooms', () => {
  test('there is a rule for every room', () => {
    const rooms = new Set([...source, ...worker].filter(isOurCode).map(({ path }) => roomOf(path)));

    expect([...rooms].sort()).toEqual(Object.keys(arrows).sort());
  });

  test('go only where the picture draws them', () => {
    const crossing = [...source, ...worker].filter(isOurCode).flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => isFile(target) && roomOf(target) !== roomOf(path))
        .filter(({ target }) => !isAllowed(roomOf(path), target))
        .map(({ target }) => `${path} → ${target}`),
    );

    expect(crossing).toEqual([]);
  });

  test('reach only the packages that a room may use', () => {
    const stray = [...source, ...worker].flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => !isFile(target) && !/^(node:|cloudflare:)/.test(target))
        .filter(({ target }) => !packages[roomOf(path)]?.includes(target))
        .map(({ target }) => `${path} → ${target}`),
    );

    expect(stray).toEqual([]);
  });

  test('make no cycle of value imports', () => {
    const edges = new Map(
      [...source, ...worker].map(({ path, imports }) => [
        path,
        imports.filter(({ kind, target }) => kind === 'value' && isFile(target)),
      ]),
    );
    const findCycle = (path: string, trail: readonly string[]): string | undefined => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' → ');
      for (const { target } of edges.get(path) ?? []) {
        const cycle = findCycle(target, [...trail, path]);
        if (cycle) return cycle;
      }
      return undefined;
    };

    const cycles = [...edges.keys()].flatMap((path) => findCycle(path, []) ?? []);

    expect(cycles).toEqual([]);
  });

  test('reach no room through its barrel, except from an entry', () => {
    const throughBarrel = [...source, ...worker]
      .filter(isOurCode)
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => /^src\/([\w-]+\/)?index\.ts$/.test(target))
          .map(({ target }) => `${path} → ${target}`),
      );

    expect(throughBarrel).toEqual([]);
  });

  test('leave the demo page with the entries that a user has', () => {
    const inside = modulesIn('demo')
      .filter(({ path }) => !/^demo\/(launcher\/|start\.ts)/.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => target.startsWith('src/'))
          .map(({ target }) => `${path} → ${target}`),
      );

    expect(inside).toEqual([]);
  });
});

describe('the code', () => {
  test('reaches the platform through the runtime alone, in the rooms of the client side', () => {
    const reaching = source
      .filter(({ path }) => clientSide.includes(roomOf(path)))
      .flatMap(({ path, text }) =>
        globalsIn(withoutComments(text)).map((name) => `${path}: ${name}`),
      );

    expect(reaching).toEqual([]);
  });

  test('never listens to an event that costs the page its back-forward cache', () => {
    const listening = source.filter(({ text }) => /'(before)?unload'/.test(withoutComments(text)));

    expect(listening.map(({ path }) => path)).toEqual([]);
  });

  test('has no file of more than 350 lines', () => {
    const long = [...source, ...worker, ...modulesIn('demo')]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 350);

    expect(long).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/\/\/.*$/gm, '');
}

/** The platform's names that a file uses without having been given them. */
function globalsIn(text: string): readonly string[] {
  const platform = [
    ...['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'indexedDB'],
    ...['setTimeout', 'setInterval', 'fetch', 'Date', 'Math', 'performance', 'crypto'],
  ];
  return platform.filter((name) => {
    const isUsed = new RegExp(
      // `new Date(now)` asks nobody for the time.
      `(?<![\\w.'"\`/@-])${name}(\\((?!now\\))|\\.(?!(abs|cbrt|ceil|cos|floor|hypot|log2|max|min|parse|round|sqrt)\\())`,
    ).test(text);
    const isGiven = new RegExp(`[{(,]\\s*${name}\\s*[:,})=]`).test(text);
    return isUsed && !isGiven;
  });
}
