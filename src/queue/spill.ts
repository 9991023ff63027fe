import { joinBytes } from '../protocol/bytes.ts';
import { attempt } from '../runtime.ts';
import { isStoredSegment } from './segment.ts';
import type { Segment } from './types.ts';

/** In UTF-16 units: a burst of some thousand events. The 5 MiB of the storage are the host page's too. */
const MAX_SPILL_UNITS = 512 * 1024;

type Place = Pick<Segment, 'lane' | 'first'>;

/**
 * Where segments stand while they wait for the database: beside it, in the storage that has been written when the call
 * returns. A page that ends in between ends its transactions too (seen in Chromium 156, by `window.close()` in the task of
 * the write); the next log to open takes up what it left. Nothing here throws: a storage may be
 * full or refused, and a user may revoke it at any time. Then the transaction is all there is.
 */
export interface Spill {
  /** A key for each: what waits already is not written again. */
  readonly leave: (segments: readonly Segment[]) => void;
  /** They are on disk, or settled; whoever left them. */
  readonly forget: (places: readonly Place[]) => void;
  /** The same of what this page left: nothing is asked of the storage for what never was there. */
  readonly takeBack: (places: readonly Place[]) => void;
  /** What other pages left behind. It is forgotten when it has been written. */
  readonly takeUp: (write: (segments: readonly Segment[]) => Promise<void>) => void;
  readonly clear: () => void;
}

export function createSpill(storage: Storage | undefined, databaseName: string): Spill {
  const prefix = `${databaseName} left `;
  /** By key, in units: what this page left, or is taking up. */
  const own = new Map<string, number>();
  let units = 0;
  let isFull = false;

  const keyOf = ({ lane, first }: Place): string => `${prefix}${lane} ${first}`;
  const readText = (key: string): string => storage?.getItem(key) ?? '';

  function keys(): string[] {
    return (
      attempt(() =>
        Array.from(
          { length: storage?.length ?? 0 },
          (_, index) => storage?.key(index) ?? '',
        ).filter((key) => key.startsWith(prefix)),
      ) ?? []
    );
  }

  function remove(key: string): void {
    units -= own.get(key) ?? 0;
    own.delete(key);
    attempt(() => storage?.removeItem(key));
  }

  function leave(segments: readonly Segment[]): void {
    if (!storage) return;
    for (const segment of segments) {
      if (own.size === 0) {
        isFull = false;
        // What earlier pages could not bring to the disk counts too.
        units = attempt(() => keys().reduce((sum, key) => sum + readText(key).length, 0)) ?? 0;
      }
      // The oldest stay: a lane's later numbers without the earlier would look like a loss, and be one.
      if (isFull) return;
      const key = keyOf(segment);
      if (own.has(key)) continue;
      // Sealing takes turns of its own: a page that ends in one has lost more than this could keep.
      if (segment.sealedBefore !== undefined) continue;
      const text = JSON.stringify({ ...segment, body: new TextDecoder().decode(segment.body) });
      isFull =
        units + text.length > MAX_SPILL_UNITS ||
        !attempt(() => {
          storage.setItem(key, text);
          units += text.length;
          return own.set(key, text.length);
        });
    }
  }

  function takeUp(write: (segments: readonly Segment[]) => Promise<void>): void {
    // What this page left, it writes itself.
    const left = keys().filter((key) => !own.has(key));
    const segments = left
      .flatMap((key) => parseSegments(attempt(() => readText(key))))
      // Each lane in its order.
      .sort((a, b) => a.first - b.first);
    if (left.length === 0) return;
    for (const key of left) own.set(key, 0);
    write(segments).then(
      () => left.forEach(remove),
      // What cannot be written stays for the next opening.
      () => {
        for (const key of left) own.delete(key);
      },
    );
  }

  return {
    leave,
    forget: (places) => {
      for (const place of places) remove(keyOf(place));
    },
    takeBack: (places) => {
      for (const place of places) if (own.has(keyOf(place))) remove(keyOf(place));
    },
    takeUp,
    clear: () => keys().forEach(remove),
  };
}

/** Version 0.1 left a list under one key. Any script of the origin may write there. */
function parseSegments(text: string | undefined): Segment[] {
  return (
    attempt(() =>
      [JSON.parse(text ?? '') as Segment | Segment[]].flat().map((segment) => ({
        ...segment,
        body: joinBytes(`${segment.body}`),
      })),
    ) ?? []
  ).filter((segment) => isStoredSegment({ ...segment, id: 0 }));
}
