import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What Linux knows of processes, without a tool. */

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

/** The processes that a process started, and those that they started. */
export function descendantsOf(pid: number): number[] {
  const all = listProcesses();
  const found = [pid];
  for (const ancestor of found) {
    found.push(...all.filter(({ parent }) => parent === ancestor).map((facts) => facts.pid));
  }
  return found.slice(1);
}

/** Those that have not ended by the deadline. */
export async function survivorsOf(pids: readonly number[], deadlineMs: number): Promise<number[]> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const running = new Set(listProcesses().map(({ pid }) => pid));
    const alive = pids.filter((pid) => running.has(pid));
    if (alive.length === 0 || Date.now() > end) return alive;
    await sleep(20);
  }
}

export function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

export function environmentOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
}

/** The addresses, as the kernel writes them in hexadecimal, on which a process waits for connections. */
export function listeningAddressesOf(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`)),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, , , state, , , , , , inode]) => state === LISTEN && sockets.has(`socket:[${inode}]`),
      )
      .map(([, address = '']) => address.split(':')[0] ?? ''),
  );
}

const LISTEN = '0A';

/** 127.0.0.1, in the byte order of the machine. */
export const LOOPBACK_HEX = '0100007F';

/** Zombies are dead: only their parent has not asked yet. */
function listProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readFacts(Number(name)))
    .filter(({ state }) => state !== 'Z');
}

function readFacts(pid: number): ProcessFacts[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid, parent: Number(parent), state }];
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was closed between the listing and the reading.
    return '';
  }
}
