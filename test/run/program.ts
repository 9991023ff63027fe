import { spawn } from 'node:child_process';

/** Runs a program in the terminal and answers its exit code. Signals to end are passed on. */
export function runProgram(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    const end = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', end).on('SIGINT', end);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', end).off('SIGINT', end);
      resolve(code ?? 1);
    });
  });
}
