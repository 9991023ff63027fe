import type { Runtime } from '../runtime.ts';

/** Whether the browser says that it is. What it says of the contrary, only a request can tell. */
export function isOffline({ navigator }: Pick<Runtime, 'navigator'>): boolean {
  return navigator?.onLine === false;
}
