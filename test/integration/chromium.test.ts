import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MODULE = resolve(import.meta.dirname, '../run/chromium.ts');

/** The only folder of programs that the test runner sees. */
let programs: string;

beforeEach(async () => {
  programs = await mkdtemp(join(tmpdir(), 'rivulet-programs-'));
});

afterEach(() => rm(programs, { recursive: true }));

async function addProgram(name: string, script = ''): Promise<string> {
  const path = join(programs, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** The path of the browser, or the message of the failure. */
async function ensureChromium(env: Record<string, string> = {}): Promise<string> {
  const program = `import { ensureChromium } from ${JSON.stringify(MODULE)};
    const path = await ensureChromium().catch((error) => error.message);
    console.log('\\n' + path);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', program],
    { env: { PATH: programs, PLAYWRIGHT_BROWSERS_PATH: join(programs, 'playwright'), ...env } },
  );
  return stdout.trim().split('\n').at(-1) ?? '';
}

it('takes the browser that CHROME_PATH names before the one of the system', async () => {
  await addProgram('chromium');
  const named = await addProgram('my-browser');

  expect(await ensureChromium({ CHROME_PATH: named })).toBe(named);
});

it('refuses a CHROME_PATH where there is no browser, and does not look elsewhere', async () => {
  await addProgram('chromium');

  expect(await ensureChromium({ CHROME_PATH: '/nowhere' })).toBe(
    'CHROME_PATH: expected a browser, got /nowhere',
  );
});

it("takes the system's Chromium or Chrome", async () => {
  const chrome = await addProgram('google-chrome');

  expect(await ensureChromium()).toBe(chrome);
});

it('installs Chromium through apt where there is none', async () => {
  const chromium = join(programs, 'chromium');
  // Only `update`, then an `install` of the right package, make a browser.
  await addProgram(
    'apt-get',
    `case "$*" in
      *update) echo > ${programs}/updated ;;
      *install*chromium) [ -e ${programs}/updated ] && echo > ${chromium} && /bin/chmod +x ${chromium} ;;
    esac`,
  );
  await addProgram('sudo', 'shift; exec "$@"');

  expect(await ensureChromium()).toBe(chromium);
});

it('says in one line what to install where it cannot', async () => {
  await addProgram('apt-get', 'exit 100');
  await addProgram('sudo', 'exit 1');

  expect(await ensureChromium()).toBe(
    'browser tests: expected Chromium or Chrome; install it (Debian: apt-get install chromium) or set CHROME_PATH',
  );
});
