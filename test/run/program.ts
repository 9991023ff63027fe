import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** As `nice` of 10 does: others go first, and it still runs where they leave something. */
const NICE = 10;

/** Runs a program in the terminal and answers its exit code. Signals to end are passed on. */
export function runProgram(
  program: string,
  args: readonly string[],
  {
    isNice = false,
    env = {},
  }: { readonly isNice?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    // What it starts inherits it.
    if (isNice && child.pid !== undefined) setPriority(child.pid, NICE);
    const end = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', end).on('SIGINT', end);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', end).off('SIGINT', end);
      resolve(code ?? 1);
    });
  });
}
