import { platformRuntime, type Runtime } from '../runtime.ts';
import { type AuditLine, type AuditPosition, createHash, readLine } from './audit-line.ts';

export interface VerifyOptions {
  readonly logSecret: string;
  /** The line before the first one, where the log begins in the middle: an older part was moved away. @default none */
  readonly after?: AuditPosition;
  /**
   * A line that was there at an earlier time, as a report's `head` said and somebody has kept elsewhere: lines that were cut
   * off at the end show by nothing else.
   * @default none
   */
  readonly contains?: AuditPosition;
  readonly runtime?: Pick<Runtime, 'subtle'>;
}

export interface AuditReport {
  /** No line is missing, changed, or in another place, as far as can be told. */
  readonly isIntact: boolean;
  /** What speaks against it: `line` counts those that were given, from 1. */
  readonly problems: readonly { readonly line: number; readonly text: string }[];
  readonly lines: number;
  /** The last line, to be kept elsewhere. `undefined` where there is none. */
  readonly head: AuditPosition | undefined;
  /** Requests by what became of them; `open` were received, and have no outcome yet. */
  readonly requests: Readonly<Record<'done' | 'parked' | 'open', number>>;
  /** Their keys. */
  readonly open: readonly string[];
  /** Events that asked for nothing here. */
  readonly notOurs: number;
  readonly malformed: number;
  /** Calls, and those whose outcome nobody has written down: the process ended there. Each was made again, or is open. */
  readonly calls: number;
  readonly unanswered: number;
}

/**
 * Reads the lines of an audit log, and tells whether all of them are there as they were written. Empty ones are passed over.
 *
 * @example
 * const { isIntact, problems } = await verifyAuditLog(createInterface(createReadStream('audit.ndjson')), { logSecret });
 */
export async function verifyAuditLog(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerifyOptions,
): Promise<AuditReport> {
  const { logSecret, after, contains, runtime = platformRuntime() } = options;
  const hash = createHash(runtime.subtle, logSecret);
  const problems: { line: number; text: string }[] = [];
  const account = createAccount(after?.seq ?? 0);
  let head = after;
  let count = 0;
  let isContained = contains === undefined || isSame(contains, after);

  for await (const text of lines) {
    if (text === '') continue;
    count++;
    const complain = (problem: string): unknown => problems.push({ line: count, text: problem });
    const line = await readLine(text, hash).catch(() => undefined);
    if (!line) {
      complain('expected a line under this logSecret, got one that is not, or was changed');
      continue;
    }
    const seq = (head?.seq ?? 0) + 1;
    if (line.seq !== seq) complain(`expected line ${seq} of the log, got ${line.seq}`);
    else if (line.fields.previous !== (head?.hash ?? null)) {
      complain(`expected the line that follows line ${seq - 1}, got another one`);
    }
    // What comes behind is held against what is there.
    head = { seq: line.seq, hash: line.hash };
    isContained ||= isSame(contains, head);
    account.add(line, complain);
  }
  if (!isContained) {
    problems.push({ line: count, text: `expected line ${contains?.seq} as it was kept, got none` });
  }
  return {
    isIntact: problems.length === 0,
    problems,
    lines: count,
    head: count > 0 ? head : undefined,
    ...account.result(),
  };
}

function isSame(one: AuditPosition | undefined, other: AuditPosition | undefined): boolean {
  return one?.seq === other?.seq && one?.hash === other?.hash;
}

/** Adds up what the lines tell. Calls up to `before` stand in a part that is not here. */
function createAccount(before: number) {
  const open = new Set<string>();
  const ended = new Map<string, 'done' | 'parked'>();
  /** Calls without an outcome, by number. */
  const pending = new Map<number, string>();
  const counts = { not_ours: 0, malformed: 0, called: 0 };

  function answered({ call, key, outcome }: AuditLine['fields'], complain: (text: string) => void) {
    const number = Number(call);
    if (number > before && pending.get(number) !== key) {
      complain(`expected the outcome of a call that waits for one, got that of line ${call}`);
    }
    pending.delete(number);
    if (outcome === 'done' || outcome === 'parked') end(`${key}`, outcome);
  }

  function end(key: string, outcome: 'done' | 'parked'): void {
    open.delete(key);
    // A copy that comes later changes nothing.
    if (ended.get(key) !== 'done') ended.set(key, outcome);
  }

  return {
    add({ seq, fields }: AuditLine, complain: (text: string) => void): void {
      const { kind } = fields;
      const key = `${fields.key}`;
      if (kind === 'not_ours' || kind === 'malformed') counts[kind]++;
      if (kind === 'received' && !ended.has(key)) open.add(key);
      if (kind === 'called') {
        counts.called++;
        pending.set(seq, key);
      }
      if (kind === 'answered') answered(fields, complain);
      if (kind === 'parked') end(key, kind);
    },
    result() {
      const parked = [...ended.values()].filter((outcome) => outcome === 'parked').length;
      return {
        requests: { done: ended.size - parked, parked, open: open.size },
        open: [...open],
        notOurs: counts.not_ours,
        malformed: counts.malformed,
        calls: counts.called,
        unanswered: pending.size,
      };
    },
  };
}
