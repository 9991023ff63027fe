import type { CaptureHost } from './types.ts';

/**
 * Calls whenever the page may end, and has what was captured by then written: when it is hidden, which on most phones is
 * the last that it hears, and when it goes.
 */
export function whenLeaving(
  { window, write }: Pick<CaptureHost, 'window' | 'write'>,
  call: () => void,
  signal: AbortSignal,
): void {
  function leave(event: Event): void {
    if (event.type !== 'pagehide' && !window.document.hidden) return;
    call();
    write();
  }
  const setting = { capture: true, passive: true, signal };
  window.addEventListener('visibilitychange', leave, setting);
  window.addEventListener('pagehide', leave, setting);
}
