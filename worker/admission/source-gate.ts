import type { Source } from '../configuration/source.ts';
import { Refusal } from '../http/answer.ts';

/** Refuses what a source does not take from anybody, or not from this page. `undefined` is an origin that was judged before. */
export function admitSource(source: Source, origin: string | null | undefined): void {
  if (source.disabled) throw new Refusal('source_disabled', `source ${source.name}: switched off`);
  if (source.origins === '*' || origin === undefined) return;
  if (origin === null || !source.origins.includes(origin)) {
    throw new Refusal('origin_refused', `origin: not one of source ${source.name}`);
  }
}
