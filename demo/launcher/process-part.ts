import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Death, Part } from './part.ts';

/** Enough for a stack trace; a chatty part must not fill the memory of a launcher that runs all day. */
const OUTPUT_LINES = 40;

/** How long a part may take to end after SIGTERM before it is killed. */
const STOP_MS = 5_000;

const LAST_WORDS_MS = 200;

export interface ProcessOptions {
  readonly name: string;
  /** The script and its arguments, run by the Node that runs the launcher. */
  readonly command: readonly string[];
  /** Modules that the process loads first. */
  readonly imports?: readonly URL[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface ProcessPart extends Part {
  readonly process: ChildProcess;
  readonly pid: number;
}

/** Starts a Node process that ends with the launcher, however the launcher ends. */
export async function startProcess(options: ProcessOptions): Promise<ProcessPart> {
  const { name, command, imports = [], cwd, env } = options;
  const preloads = [new URL('./preload/end-with-parent.ts', import.meta.url), ...imports];
  const child = spawn(
    process.execPath,
    ['--no-warnings', ...preloads.flatMap((url) => ['--import', url.href]), ...command],
    // A process group of its own: Ctrl-C reaches the launcher alone, which then ends the parts in order,
    // and one signal reaches what the part itself started.
    { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const output = keepLastLines(child);
  const ended = once(child, 'exit');
  const closed = once(child, 'close');
  await once(child, 'spawn');
  const pid = child.pid ?? 0;

  let stopping: Promise<void> | undefined;
  const died = new Promise<Death>((resolve) => {
    void ended.then(async ([code, signal]) => {
      if (stopping) return;
      // Its last words may still be in the pipe; something it started may hold the pipe open.
      await Promise.race([closed, sleep(LAST_WORDS_MS)]);
      resolve({ part: name, reason: signal ?? `exit code ${code}`, output: output() });
    });
  });

  const end = async (): Promise<void> => {
    signalGroup(pid, 'SIGTERM');
    const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_MS);
    if (child.exitCode === null && child.signalCode === null) await ended;
    clearTimeout(kill);
    // What the part started and left behind.
    signalGroup(pid, 'SIGKILL');
  };

  return {
    name,
    process: child,
    pid,
    died,
    stop: () => {
      stopping ??= end();
      return stopping;
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

function keepLastLines(child: ChildProcess): () => string {
  let lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      lines = `${lines.join('\n')}${text}`.split('\n').slice(-OUTPUT_LINES);
    });
  }
  return () => stripVTControlCharacters(lines.join('\n'));
}

/** The path of a file of an installed package. */
export function packageFile(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
