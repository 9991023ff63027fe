import type { Session } from '../reading/session.ts';
import type { FilterControl } from './types.ts';

export interface FilterControlOptions {
  readonly session: () => Pick<Session, 'view'>;
}

/** The filter of the session that is shown. */
export function createFilterControl({ session }: FilterControlOptions): FilterControl {
  const set = (text: string): void => session().view.setFilter(text);
  const add = (term: string): void => set(`${session().view.filterText()} ${term}`.trim());
  return {
    text: () => session().view.filterText(),
    set,
    include: (field, value) => add(`${field}:${value}`),
    exclude: (field, value) => add(`-${field}:${value}`),
  };
}
