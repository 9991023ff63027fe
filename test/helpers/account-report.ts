import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where every event of a test is in the end. `captured = stored + rejected + declared + queued + lost`. */
export interface Account {
  readonly lanes: number;
  /** By the clients' own counts; of a page that was killed, what its log had taken, or more if more has arrived. */
  readonly captured: number;
  /** Distinct events on the stream. */
  readonly stored: number;
  readonly rejected: number;
  /** Left out on purpose, and declared. */
  readonly declared: number;
  readonly queued: number;
  readonly lost: number;
  /** Further copies, with the id of the first. */
  readonly duplicates: number;
  readonly disordered: number;
}

/** An account as the table at the end of the run shows it. */
export interface ReportedAccount extends Account {
  readonly scenario: string;
  readonly unknown: number;
}

/** One account a line, written by the tests and printed when the run is over. */
export const REPORT: string = resolve(import.meta.dirname, '../.output/accounts.jsonl');

export function report(account: ReportedAccount): void {
  mkdirSync(dirname(REPORT), { recursive: true });
  appendFileSync(REPORT, `${JSON.stringify(account)}\n`);
}
