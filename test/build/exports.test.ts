import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { compile } from './compile.ts';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const entries = [
  'rivulet',
  'rivulet/protocol',
  'rivulet/capture',
  'rivulet/consumer',
  'rivulet/dynamodb',
  'rivulet/encryption',
  'rivulet/erasure',
  'rivulet/lambda',
  'rivulet/segment',
  'rivulet/service-worker',
];

/** What each entry offers besides types. A name that vanishes here breaks somebody's program. */
const offered: Readonly<Record<string, readonly string[]>> = {
  rivulet: ['RivuletError', 'createClient', 'isRivuletError'],
  'rivulet/capture': ['clicks', 'pageViews'],
  'rivulet/dynamodb': ['compareProgress', 'dynamoDbStore', 'reachedAt', 'readLeaseTable'],
  'rivulet/encryption': ['aesGcm'],
  'rivulet/erasure': ['createErasureHandler', 'hashSubject', 'verifyAuditLog'],
  'rivulet/lambda': ['decodeKinesisEvent', 'handleFirehose', 'handleKinesis', 'handleWindow'],
  'rivulet/segment': ['createAnalytics'],
  'rivulet/service-worker': ['backgroundSync', 'deliverInBackground'],
  'rivulet/consumer': [
    ...['createConsumer', 'createLedger', 'createReadDoorClient', 'createWindows', 'decodeRecord'],
    ...['windowed', 'withoutDuplicates'],
  ],
  'rivulet/node-relay': ['createNodeRelay'],
};

describe('the package', () => {
  test('has every file that its exports name', () => {
    const files = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target as object),
    );

    const missing = files.filter((file) => !existsSync(resolve(root, file)));

    expect(missing).toEqual([]);
  });

  test('has a command that runs by itself', () => {
    const file = resolve(root, manifest.bin.rivulet);

    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(execFileSync(process.execPath, [file, '--version'], { encoding: 'utf8' })).toBe(
      `${manifest.version}\n`,
    );
  });

  test.each(Object.keys(offered))('offers what it promises as %s', async (entry) => {
    const module = await import(entry);

    expect(Object.keys(module)).toEqual(expect.arrayContaining([...(offered[entry] ?? [])]));
  });

  test.each(entries)('leaves nothing of %s in a program that uses nothing of it', async (entry) => {
    const code = await bundle(`import '${entry}';`);

    expect(code.trim()).toBe('');
  });

  test.each(entries)('imports %s where there is no page', (entry) => {
    const globalsBefore = 'JSON.stringify(Object.getOwnPropertyNames(globalThis))';
    // The AWS SDK leaves a name of its own where it runs in Node; that is not ours to mend.
    const program = `await import('@aws-sdk/client-kinesis');
      const before = ${globalsBefore}; await import('${entry}');
      if (before !== ${globalsBefore}) throw new Error('import has side effects');`;

    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root }),
    ).not.toThrow();
  });

  test('gives types that a strict program without our settings accepts', () => {
    const program = [...entries, 'rivulet/debug', 'rivulet/node-relay']
      .map((entry, index) => `export * as entry${index} from '${entry}';`)
      .concat(
        `import { createClient } from 'rivulet';`,
        `const client = createClient({ endpoint: 'https://a.example', writeKey: 'w' });`,
        `client.track('Named', { price: 1 });`,
        '// @ts-expect-error an event needs a name',
        'client.track();',
        '// @ts-expect-error a typing error in an option is found',
        `createClient({ endpoint: 'https://a.example', writeKey: 'w', flushInterval: 1 });`,
      )
      .join('\n');

    expect(compile([program])).toBe('');
  });
});
