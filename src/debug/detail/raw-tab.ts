/** The bytes themselves, page by page. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatCount } from '../format.ts';
import type { RecordRow } from '../reading/rows.ts';
import { hexPage, PAGE_BYTES, textPage } from './bytes.ts';

export interface RawTab {
  readonly render: (row: RecordRow) => TemplateResult;
  readonly reset: () => void;
}

export function createRawTab(change: (action: () => void) => void): RawTab {
  let mode: keyof typeof PAGE_BYTES = 'text';
  let isWhole = false;
  let page = 0;

  const choice = (label: string, isChosen: boolean, choose: () => void): TemplateResult =>
    html`<button
      aria-pressed=${isChosen}
      @click=${() =>
        change(() => {
          choose();
          page = 0;
        })}
    >
      ${label}
    </button>`;
  const turn = (label: string, sign: string, next: number, pages: number): TemplateResult =>
    html`<button
      aria-label=${label}
      ?disabled=${next < 0 || next >= pages}
      @click=${() =>
        change(() => {
          page = next;
        })}
    >
      ${sign}
    </button>`;

  return {
    render: ({ record }) => {
      const data = (isWhole && record.aggregate?.data) || record.data;
      const pages = Math.max(1, Math.ceil(data.length / PAGE_BYTES[mode]));
      const from = page * PAGE_BYTES[mode];
      const end = Math.min(data.length, from + PAGE_BYTES[mode]);
      return html`<div class="detail-bar">
          ${choice('Text', mode === 'text', () => {
            mode = 'text';
          })}${choice('Hex', mode === 'hex', () => {
            mode = 'hex';
          })}
          ${
            record.aggregate
              ? choice('Whole aggregate', isWhole, () => {
                  isWhole = !isWhole;
                })
              : nothing
          }
          <span class="number muted">${formatBytes(data.length)}</span>
        </div>
        <pre class="detail-bytes">${(mode === 'hex' ? hexPage : textPage)(data, from)}</pre>
        ${
          pages > 1
            ? html`<div class="detail-bar">
                ${turn('First page', '«', page > 0 ? 0 : -1, pages)}${turn('Previous page', '‹', page - 1, pages)}
                <span class="number" role="status"
                  >${formatCount(from)}–${formatCount(end)} of ${formatCount(data.length)}</span
                >
                ${turn('Next page', '›', page + 1, pages)}${turn('Last page', '»', page < pages - 1 ? pages - 1 : pages, pages)}
              </div>`
            : nothing
        }`;
    },
    reset: () => {
      page = 0;
      isWhole = false;
    },
  };
}
