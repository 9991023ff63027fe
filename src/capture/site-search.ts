import { RivuletError } from '../errors.ts';
import { followAddress, whenShown } from './address.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

export interface SiteSearchOptions {
  /**
   * The parameters of the address that hold what somebody has searched for, such as `q`: the first that is there counts.
   * @default []: nothing is captured
   */
  readonly parameters?: readonly string[];
}

const MAX_LENGTH = 200;
/** Who types writes each letter to the address: an address that is replaced sooner is not searched for yet. */
const TYPING_MS = 1000;

/**
 * Captures `Site Searched` with the `query` (200 characters at most), when the address of the page has one in a parameter
 * that is named. Throws a {@link RivuletError} where `parameters` is no array. What somebody searches for may be personal; no other parameter is sent.
 */
export function siteSearch({ parameters = [] }: SiteSearchOptions = {}): CaptureSource {
  // From an attribute of the script tag, a text.
  if (!Array.isArray(parameters)) {
    throw new RivuletError('invalid_option', `parameters: expected an array, got ${parameters}`);
  }
  return { name: 'search', start: (host) => watchSearches(host, parameters) };
}

function watchSearches(
  { window, runtime, track, write }: CaptureHost,
  parameters: readonly string[],
): () => void {
  const { location } = window;
  const stopping = new AbortController();
  const { signal } = stopping;
  let last: string | undefined;
  let cancel: (() => void) | undefined;

  function settle(): void {
    cancel?.();
    cancel = undefined;
    if (last) track('Site Searched', { query: last });
  }

  function look(isTyped: boolean): void {
    const { searchParams } = new URL(location.href);
    const name = parameters.find((name) => searchParams.get(name)?.trim());
    const query = name && searchParams.get(name)?.trim().slice(0, MAX_LENGTH);
    if (query === last) return;
    // Gone on before it was told.
    if (cancel && !(query && isTyped)) settle();
    last = query;
    cancel?.();
    cancel = query ? runtime.delay(settle, TYPING_MS) : undefined;
  }

  function leave(): void {
    if (!cancel) return;
    settle();
    write();
  }

  whenShown(window, signal, () => {
    followAddress(window, signal, look);
    // Before the client hears of it, and sends what it has.
    for (const type of ['visibilitychange', 'pagehide']) {
      window.addEventListener(type, leave, { signal, capture: true });
    }
    look(false);
  });
  return () => {
    stopping.abort();
    cancel?.();
  };
}
