import { expect } from 'vitest';
import { type Account, report } from './account-report.ts';
import { computeAccount } from './compute-account.ts';
import type { World } from './world.ts';

export interface AccountTerms extends Partial<Account> {
  /** Events whose outcome the clients could not know: so many may have come twice. @default 0 */
  readonly unknown?: number;
  /** Whether pages were killed while they captured: what their log had not taken is not counted. @default false */
  readonly isKilled?: boolean;
}

/** Reads the stream to its end and closes the account of all clients of this test. Fails where it does not add up. */
export async function closeAccount(
  world: Pick<World, 'tail' | 'witness' | 'profile'>,
  { unknown = 0, isKilled = false, ...expected }: AccountTerms = {},
): Promise<Account> {
  const events = await world.tail.readToEnd();
  const account = await computeAccount(
    world,
    events.map(({ event }) => event),
    isKilled,
  );
  report({ scenario: expect.getState().currentTestName ?? '', unknown, ...account });
  expect(account).toMatchObject({ lost: 0, disordered: 0, ...expected });
  expect(account.duplicates).toBeLessThanOrEqual(unknown);
  return account;
}
