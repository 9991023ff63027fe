/** What a narrow view shows only when it is asked for: there when the network is gone by then. */

/** The page's own start, and the first records, come first. */
export const PANELS_AFTER_MS = 3_000;

export function loadPanels(): void {
  // A part that is shown loads its own again, and says what is wrong.
  void Promise.allSettled([
    import('./page/queue-body.ts'),
    import('./ledger/ledger-body.ts'),
    import('./stream/shards-body.ts'),
  ]);
}
