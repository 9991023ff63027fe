import { html, type TemplateResult } from 'lit';
import { formatPlural } from '../format.ts';
import type { ViewHost } from '../types.ts';
import { isBranch, textOfValue } from './payload.ts';

/** Longer values are cut on the screen, and no filter. */
const MAX_SHOWN_CHARACTERS = 300;

/** Names of the filter for what stands elsewhere in an event. */
const FIELDS: Readonly<Record<string, string>> = {
  messageId: 'id',
  anonymousId: 'client',
  userId: 'user',
  'rivulet.lane': 'lane',
  'rivulet.seq': 'seq',
};

/** Shows only rows with this value, or none of them. */
export type PickValue = (field: string, value: unknown, without: boolean) => void;

export function createPick({ act, filter, say }: ViewHost): PickValue {
  return (path, value, without) => {
    const field = FIELDS[path] ?? path;
    const wanted =
      typeof value === 'number' || typeof value === 'boolean' ? value : textOfValue(value);
    act(() => filter[without ? 'exclude' : 'include'](field, wanted));
    say(`${without ? 'Without' : 'Only'} ${field}: ${wanted}`);
  };
}

/** Whether it can be looked for. */
export function isPickable(value: unknown): boolean {
  return (
    value !== null &&
    value !== '' &&
    !isBranch(value) &&
    textOfValue(value).length <= MAX_SHOWN_CHARACTERS
  );
}

/** As much of a text as there is room for. */
export function cutText(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS
    ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}… ${formatPlural(text.length, 'character')}`
    : text;
}

/** A value that a click makes a filter. Without a field it is text. */
export function renderValue(
  pick: PickValue,
  field: string | undefined,
  value: unknown,
  shown: unknown = value === '' ? '""' : cutText(textOfValue(value)),
): TemplateResult {
  if (field === undefined || !isPickable(value)) {
    return html`<span class="detail-value number">${shown}</span>`;
  }
  return html`<button
    class="detail-value number"
    title="Only rows with this value (f) · Alt: without it (F)"
    data-pick
    @click=${({ altKey }: MouseEvent) => pick(field, value, altKey)}
  >
    ${shown}
  </button>`;
}
