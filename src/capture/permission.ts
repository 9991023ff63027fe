import type { CaptureHost } from './types.ts';

/**
 * Begins when the user has granted all of these, now or later, and asks for nothing. `ask`: begins at once, and then the
 * browser asks by itself. The answer ends it, and calls what the beginning has answered.
 */
export function whenGranted(
  { window: { navigator } }: Pick<CaptureHost, 'window'>,
  names: readonly string[],
  ask: boolean,
  begin: () => () => void,
): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let end: (() => void) | undefined;

  async function watch(): Promise<void> {
    const states = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName })),
    );
    if (signal.aborted) return;
    const decide = (): void => {
      if (!states.every(({ state }) => state === 'granted')) {
        end?.();
        end = undefined;
      } else end ??= begin();
    };
    for (const state of states) state.addEventListener('change', decide, { signal });
    decide();
  }

  if (ask) end = begin();
  // A browser that cannot be asked has not been given leave either.
  else watch().catch(() => {});
  return () => {
    stopping.abort();
    end?.();
    end = undefined;
  };
}
