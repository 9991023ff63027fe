import { type CSSResult, css, html, nothing } from 'lit';
import type { Drawing, Part, ViewHost } from '../types.ts';
import { type Notice, noticeOf } from './notice.ts';
import { renderTokenForm } from './token-form.ts';

/** Of the signs that every system's fonts have. */
const SIGNS: Record<Notice['kind'], string> = {
  file: '■',
  token: '✕',
  offline: '○',
  loss: '✕',
  throttled: '‖',
  resharding: '→',
  history: '…',
};

/** One line under the summary, while there is something that explains what is seen below. */
export function createBanner(host: ViewHost): Part {
  let known = new Set<string>();
  let reshardedAt: number | undefined;
  let children: Drawing['shards'] = [];
  let behindAtStart = 0;

  const look = ({ shards, now }: Drawing): void => {
    const isFirst = known.size === 0;
    const added = shards.filter(({ shardId }) => !known.has(shardId));
    if (added.length > 0) {
      // What the stream had before is no news.
      const born = added.filter(({ parents }) => parents.some((parent) => known.has(parent)));
      if (!isFirst && born.length > 0) {
        reshardedAt = now;
        children = born;
      }
      known = new Set(shards.map(({ shardId }) => shardId));
    }
    const behind = shards.map(({ millisBehindLatest = 0 }) => millisBehindLatest);
    behindAtStart = Math.max(behindAtStart, ...behind);
  };

  return {
    render: (drawing) => {
      look(drawing);
      const session = host.session();
      const notice = noticeOf({
        shards: drawing.shards,
        isOnline: navigator.onLine,
        replayed: session.replayed,
        needsToken: host.readToken.isNeeded(),
        hasRecords: session.model.counts().records > 0,
        behindAtStart,
        reshardedAt,
        children,
        now: drawing.now,
      });
      if (!notice) return nothing;
      return html`<div class="banner" part="banner" data-kind=${notice.kind}>
        <p><span aria-hidden="true">${SIGNS[notice.kind]}</span> ${notice.text}</p>
        ${notice.kind === 'token' ? renderTokenForm(host) : nothing}
        ${
          notice.kind === 'file'
            ? html`<button @click=${() => host.act(() => host.reopen({}))}>Back to the stream</button>`
            : nothing
        }
        ${
          notice.kind === 'history'
            ? html`<button @click=${() => host.act(() => host.reopen({ from: 'LATEST' }))}>Stop, and go to now</button>`
            : nothing
        }
      </div>`;
    },
    reset: () => {
      known = new Set();
      reshardedAt = undefined;
      behindAtStart = 0;
    },
  };
}

export const bannerStyles: CSSResult = css`
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    padding: 6px 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--pending-soft);
    color: var(--pending);
    font-size: 12.5px;
  }
  .banner p {
    text-wrap: pretty;
  }
  .banner[data-kind='loss'] {
    background: var(--lost-soft);
    color: var(--lost);
  }
  .banner:is([data-kind='file'], [data-kind='resharding'], [data-kind='history']) {
    background: var(--selected);
    color: var(--text);
  }
`;
