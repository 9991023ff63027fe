import type { Session } from '../reading/session.ts';
import { toggleValue, type Value } from './edit.ts';
import type { FilterControl } from './types.ts';

export interface FilterControlOptions {
  readonly session: () => Pick<Session, 'view'>;
}

/** The filter of the session that is shown. */
export function createFilterControl({ session }: FilterControlOptions): FilterControl {
  const text = (): string => session().view.filterText();
  const set = (text: string): void => session().view.setFilter(text);
  const toggle = (field: string, value: Value, negated: boolean): void =>
    set(toggleValue(text(), field, value, negated));
  return {
    text,
    set,
    include: (field, value) => toggle(field, value, false),
    exclude: (field, value) => toggle(field, value, true),
  };
}
