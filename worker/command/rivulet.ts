/** `npx rivulet`: what an operator does to a relay from outside. */

import packageJson from '../../package.json' with { type: 'json' };
import { CommandError } from './command-error.ts';
import type { Command } from './flags.ts';
import { inspect } from './inspect.ts';
import { mint } from './mint.ts';
import { revoke } from './revoke.ts';
import { source } from './source.ts';
import { types } from './types.ts';

const commands: Readonly<Record<string, Command>> = { mint, inspect, revoke, source, types };

const HELP = `Tokens and sources of a Rivulet relay, types of a tracking plan.

  rivulet mint device     a session for a device or a kiosk, good for a year
  rivulet mint read       a token for the read door, good for a month
  rivulet inspect         what a token says, and whether the relay takes it
  rivulet revoke          ends a token before its time
  rivulet source          sources in the relay's store: list, get, put, disable, enable, delete
  rivulet types           TypeScript for the events of a tracking plan

  rivulet COMMAND --help  its flags
  rivulet --version

RELAY_SECRET is read from the environment, from the file .dev.vars, or from the file of --env-file.
`;

async function run([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(HELP);
    return 0;
  }
  if (name === '--version') {
    console.log(packageJson.version);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const known = Object.keys(commands).join(', ');
    throw new CommandError(`${name}: expected one of ${known}; see rivulet --help`, 2);
  }
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    console.log(command.help);
    return 0;
  }
  return (await command.run(args)) ?? 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Anything else is our own mistake and keeps its stack.
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
