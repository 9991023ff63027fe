import { RivuletError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { type AuditPosition, type Hash, readLine, writeLine } from './audit-line.ts';
import type { AuditLog } from './types.ts';

/** Several writers of one log each find their place behind the others; more of them at a time are a loop of our own. */
const MAX_TRIES = 10;

/** Writes the audit log: one line at a time, each chained to the one before. */
export interface AuditTrail {
  /** Resolves to the line's number when it is durable. Rejects with `erasure_failed` where it is not. */
  readonly write: (kind: string, fields: Readonly<Record<string, unknown>>) => Promise<number>;
}

export function createAuditTrail(
  log: AuditLog,
  hash: Hash,
  { now }: Pick<Runtime, 'now'>,
): AuditTrail {
  /** Where this writer was last, while nothing speaks against it. */
  let head: AuditPosition | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function findHead(): Promise<AuditPosition | undefined> {
    const last = await log.last();
    if (last === undefined) return undefined;
    const line = await readLine(last, hash);
    if (!line) {
      // To go on behind it would make it look as if it belonged there.
      throw new TypeError('expected a whole last line under this logSecret, got another one');
    }
    return line;
  }

  async function append(kind: string, fields: Readonly<Record<string, unknown>>): Promise<number> {
    const stamped = { at: new Date(now()).toISOString(), kind, ...fields };
    for (let tries = 1; ; tries++) {
      head ??= await findHead();
      const { line, ...next } = await writeLine(stamped, head, hash);
      try {
        await log.append(next.seq, line);
        head = next;
        return next.seq;
      } catch (error) {
        head = undefined;
        const last = await log.last();
        // It was written, and the answer was lost.
        if (last === line) return next.seq;
        const found = await findHead();
        if ((found?.seq ?? 0) < next.seq || tries >= MAX_TRIES) throw error;
      }
    }
  }

  return {
    write(kind, fields) {
      const written = turn.then(() => append(kind, fields));
      turn = written.catch(() => {});
      return written.catch((cause: unknown) => {
        throw new RivuletError('erasure_failed', `audit log: ${cause}`, { cause });
      });
    },
  };
}
