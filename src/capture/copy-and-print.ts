import { isIgnored, isPrivate, nearest } from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/**
 * Captures `Text Copied`, for cut text too, with its `length` in UTF-16 code units and the `tag` that it stands in, and
 * `Page Printed` when the print dialog opens. Never the text; nothing at all of what is copied out of inputs, of what can be
 * edited, and of `[data-private]`. A script that writes to the clipboard does not show.
 */
export function copyAndPrint(): CaptureSource {
  return { name: 'copy-and-print', start: watchCopies };
}

function watchCopies({ window, track }: CaptureHost): () => void {
  const { document } = window;

  function onCopy(event: Event): void {
    const path = event.composedPath();
    const length = `${window.getSelection() ?? ''}`.length;
    // The keys alone are an event, too.
    if (length === 0 || isIgnored(path) || isPrivate(path)) return;
    track('Text Copied', { length, tag: nearest(path, '*')?.localName }, { priority: 'low' });
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  const setting = { capture: true, passive: true, signal };
  document.addEventListener('copy', onCopy, setting);
  document.addEventListener('cut', onCopy, setting);
  window.addEventListener('beforeprint', () => track('Page Printed'), { signal });
  return () => stopping.abort();
}
