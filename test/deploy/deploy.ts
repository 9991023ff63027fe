/**
 * `npm run deploy`: checks the settings of `wrangler.toml`, runs the built Worker, and only then deploys it.
 *
 *     npm run deploy -- --env staging
 *     npm run deploy -- --env production --dry-run
 */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { CONFIG, ROOT } from './built-worker.ts';
import { checkDeploy } from './check.ts';
import { findMissingSecrets } from './secrets.ts';

const WRANGLER = join(ROOT, 'node_modules/.bin/wrangler');

const HELP = `Checks the relay's settings, runs the built Worker against a stream on this machine, and deploys it.

  npm run deploy -- --env NAME

  --env NAME   the environment of wrangler.toml: staging, production (what stands at its top)
  --dry-run    only checks; needs no account and no network
  --url URL    where the relay will be: asks for its health afterwards
  --help       this text

Secrets are not part of a deploy: npx wrangler secret put RELAY_SECRET --env NAME
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      env: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      url: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  await checkDeploy({ environment: values.env, report: (line) => console.log(`✓ ${line}`) });
  if (values['dry-run']) return console.log('Nothing was deployed.');
  await deploy(values.env ?? '');
  await checkSecrets(values.env ?? '');
  if (values.url) await checkHealth(values.url);
}

async function deploy(environment: string): Promise<void> {
  const options = ['deploy', '--config', CONFIG, '--env', environment];
  const child = spawn(WRANGLER, options, { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`wrangler deploy: expected exit code 0, got ${code}`);
}

/** Afterwards: before its first deploy there is no Worker to ask. */
async function checkSecrets(environment: string): Promise<void> {
  const options = ['secret', 'list', '--config', CONFIG, '--env', environment];
  const { stdout } = await promisify(execFile)(WRANGLER, options, { cwd: ROOT });
  const missing = findMissingSecrets(stdout);
  if (missing.length === 0) return console.log('✓ secrets: all that the relay needs');
  const suffix = environment ? ` --env ${environment}` : '';
  const commands = missing.map((name) => `  npx wrangler secret put ${name}${suffix}`);
  throw new Error(
    ['secrets: the relay takes nothing before these are set', ...commands].join('\n'),
  );
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(new URL('/v1/health', url));
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}/v1/health: expected 200, got ${text}`);
  console.log(`✓ ${url}: ${text}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
