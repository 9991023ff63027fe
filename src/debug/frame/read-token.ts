/** The read token that a person gave: kept for this tab only, and never in an address. */

import type { Runtime } from '../../runtime.ts';
import { attempt } from '../../runtime.ts';

export interface ReadTokens {
  readonly of: (endpoint: string) => string | undefined;
  readonly keep: (endpoint: string, token: string | undefined) => void;
}

/** Where the platform's storage of the tab is refused, memory holds it as long as the page. */
export function createReadTokens(
  storage: Runtime['storage'] = attempt(() => sessionStorage),
): ReadTokens {
  const kept = new Map<string, string>();
  const nameOf = (endpoint: string): string => `rivulet.debug.token:${endpoint}`;
  return {
    of: (endpoint) =>
      kept.get(endpoint) ?? attempt(() => storage?.getItem(nameOf(endpoint))) ?? undefined,
    keep: (endpoint, token) => {
      kept.delete(endpoint);
      if (token) kept.set(endpoint, token);
      attempt(() =>
        token ? storage?.setItem(nameOf(endpoint), token) : storage?.removeItem(nameOf(endpoint)),
      );
    },
  };
}
