import { findChromium } from '../helpers/chromium.ts';
import { runProgram } from './program.ts';

/** The path of a Chromium, installed through apt where there is none and it can be. */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  if (process.env.CHROME_PATH) {
    throw new Error(`CHROME_PATH: expected a browser, got ${process.env.CHROME_PATH}`);
  }
  await installChromium();
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    'browser tests: expected Chromium or Chrome; install it (Debian: apt-get install chromium) or set CHROME_PATH',
  );
}

async function installChromium(): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  const aptGet = async (...args: string[]): Promise<boolean> => {
    const [program = '', ...rest] = [...asRoot, 'apt-get', '--quiet=2', ...args];
    // No apt-get, no sudo, or no right to it: the caller says what to do.
    return (await runProgram(program, rest).catch(() => 1)) === 0;
  };
  console.log('Installing Chromium for the browser tests (apt-get install chromium) …');
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  if (await aptGet('update')) {
    await aptGet('install', '--yes', '--no-install-recommends', 'chromium');
  }
}
