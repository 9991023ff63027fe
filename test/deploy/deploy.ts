/**
 * `npm run deploy`: checks the settings of `wrangler.toml`, runs the built Worker, and only then deploys it.
 *
 *     npm run deploy -- --env staging
 *     npm run deploy -- --env production --dry-run
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONFIG, ROOT } from './built-worker.ts';
import { checkDeploy } from './check.ts';

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
  if (values.url) await checkHealth(values.url);
}

async function deploy(environment: string): Promise<void> {
  const wrangler = join(ROOT, 'node_modules/.bin/wrangler');
  const options = ['deploy', '--config', CONFIG, '--env', environment];
  const child = spawn(wrangler, options, { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`wrangler deploy: expected exit code 0, got ${code}`);
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
