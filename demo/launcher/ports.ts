import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LaunchError } from './launch-error.ts';

/** Nothing of the launcher listens anywhere else: the local stream takes any key, and the faults take any order. */
export const LOOPBACK = '127.0.0.1';

/**
 * Below those that systems give to outgoing connections (Linux from 32768, others from 49152): one of these would take a port
 * between now and its use, on a busy machine every few hundred times.
 */
const FIRST = 15_000;
const END = 30_000;

/** More taken ones after each other than a machine has. */
const TRIES = 100;

/** A port that nobody listens on. Another process may take it before it is used: ask shortly before. */
export async function findFreePort(): Promise<number> {
  for (let count = 0; count < TRIES; count += 1) {
    const port = await tryPort(randomInt(FIRST, END));
    if (port !== undefined) return port;
  }
  throw new LaunchError('ports: none is free');
}

export interface PortWish {
  /** The flag that asks for it, for the message. */
  readonly flag: string;
  /** What the flag said. */
  readonly asked: number | undefined;
  /** What is taken without a flag, if it is free. */
  readonly preferred: number;
}

/** A port that was asked for is taken or refused; a preferred one gives way to a free one. */
export async function resolvePort({ flag, asked, preferred }: PortWish): Promise<number> {
  if (asked === undefined) return (await tryPort(preferred)) ?? findFreePort();
  const port = await tryPort(asked);
  if (port !== undefined) return port;
  throw new LaunchError(`${flag}: expected a free port, got ${asked}, which is in use`);
}

/** The port when it can be listened on, or `undefined` when it is taken. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
