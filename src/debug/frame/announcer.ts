/** What a screen reader is told of the stream: rarely, and only what changed. */

import { formatPlural } from '../format.ts';

export interface Announcer {
  /** The line of the live region; the same text until there is something new to say. */
  readonly update: (
    counts: { readonly records: number; readonly gaps: number },
    now: number,
  ) => string;
}

/** Speech takes time: more often would be a stream of words that nobody can follow. */
const INTERVAL_MS = 5_000;

export function createAnnouncer(): Announcer {
  let said = { records: 0, gaps: 0 };
  let saidAt = Number.NEGATIVE_INFINITY;
  let text = '';
  return {
    update: (counts, now) => {
      if (now - saidAt < INTERVAL_MS || counts.records === said.records) return text;
      const gaps = counts.gaps - said.gaps;
      const news = formatPlural(counts.records - said.records, 'record');
      text = gaps > 0 ? `${news}, ${formatPlural(gaps, 'gap')}.` : `${news}.`;
      said = { ...counts };
      saidAt = now;
      return text;
    },
  };
}
