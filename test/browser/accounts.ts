import { readFile, rm } from 'node:fs/promises';
import { type Account, REPORT, type ReportedAccount } from '../helpers/account-report.ts';

/** Prints the account of every scenario when the run is over: its output is the proof. */
export default async function setup(): Promise<() => Promise<void>> {
  await rm(REPORT, { force: true });

  return async function printAccounts() {
    const text = await readFile(REPORT, 'utf8').catch(() => '');
    const accounts = text.split('\n').filter(Boolean);
    if (accounts.length === 0) return;
    const rows = accounts.map((line) => formatRow(JSON.parse(line)));
    console.log(`\n${[TITLE, HEADINGS.map(pad).join(''), ...rows].join('\n')}`);
  };
}

const TITLE =
  'The account of every scenario: captured = stored + rejected + declared + queued + lost';

const COLUMNS = [
  'captured',
  'stored',
  'rejected',
  'declared',
  'queued',
  'lost',
  'disordered',
  'duplicates',
] as const satisfies readonly (keyof Account)[];

const HEADINGS = [...COLUMNS, 'of at most'];

function formatRow({ scenario, unknown, ...account }: ReportedAccount): string {
  return `${[...COLUMNS.map((name) => account[name]), unknown].map(pad).join('')}  ${scenario}`;
}

function pad(value: string | number): string {
  return String(value).padStart(11);
}
