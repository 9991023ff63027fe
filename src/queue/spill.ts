import type { Segment } from './types.ts';

/** In UTF-16 units: a burst of some thousand events. The 5 MiB of the storage are the host page's too. */
const MAX_SPILL_UNITS = 512 * 1024;

/**
 * Where segments stand while their transaction waits for its turn: beside the database, in the storage that has been
 * written when the call returns. A page that ends in between ends its transaction too (seen in Chromium 156, by
 * `window.close()` in the task of the write); the next log to open takes up what it left.
 */
export interface Spill {
  /** Replaces what this page left before; nothing removes it. */
  readonly leave: (segments: readonly Segment[]) => void;
  /** What other pages left behind. It is forgotten when it has been written. */
  readonly takeUp: (write: (segments: readonly Segment[]) => Promise<void>) => void;
}

export function createSpill(storage: Storage | undefined, databaseName: string): Spill {
  const prefix = `${databaseName} left `;
  let ownKey: string | undefined;

  function leave([oldest, ...younger]: readonly Segment[]): void {
    if (ownKey) storage?.removeItem(ownKey);
    ownKey = undefined;
    if (!oldest) return;
    const texts: string[] = [];
    let units = 0;
    for (const segment of [oldest, ...younger]) {
      const text = JSON.stringify({ ...segment, body: new TextDecoder().decode(segment.body) });
      units += text.length;
      // The oldest go: a lane's later numbers without the earlier would look like a loss, and be one.
      if (units > MAX_SPILL_UNITS) break;
      texts.push(text);
    }
    // A lane is one page load's, so no other page writes to this key.
    ownKey = prefix + oldest.lane;
    try {
      storage?.setItem(ownKey, `[${texts}]`);
    } catch {
      // Full or refused: then the transaction is all there is.
    }
  }

  function takeUp(write: (segments: readonly Segment[]) => Promise<void>): void {
    const keys = Array.from(
      { length: storage?.length ?? 0 },
      (_, index) => storage?.key(index) ?? '',
    );
    for (const key of keys) {
      // What this page left, it writes itself.
      if (!key.startsWith(prefix) || key === ownKey) continue;
      // What cannot be written stays for the next opening.
      write(parseSegments(storage?.getItem(key))).then(
        () => storage?.removeItem(key),
        () => {},
      );
    }
  }

  return { leave, takeUp };
}

function parseSegments(text: string | null | undefined): Segment[] {
  try {
    return (JSON.parse(text ?? '') as Segment[]).map((segment) => ({
      ...segment,
      body: new TextEncoder().encode(`${segment.body}`),
    }));
  } catch {
    // Any script of the origin may write there. A log passes over what is no segment.
    return [];
  }
}
