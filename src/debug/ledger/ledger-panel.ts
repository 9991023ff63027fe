import { html, nothing } from 'lit';
import { formatPlural } from '../format.ts';
import { renderPanel } from '../frame/panel.ts';
import type { Drawing, Part, ViewHost } from '../types.ts';
import type { LedgerBody } from './ledger-body.ts';
import type { Proof } from './proof.ts';

/** The account of every lane, and what is proven by it. */
export function createLedgerPart(host: ViewHost, proof: Proof): Part {
  let latest: Drawing | undefined;
  let body: LedgerBody | undefined;
  let loading: Promise<void> | undefined;
  let problem: string | undefined;

  const load = (): Promise<void> => {
    problem = undefined;
    loading ??= import('./ledger-body.ts')
      .then(
        ({ createLedgerBody }) => {
          body = createLedgerBody(host, proof);
        },
        (error: unknown) => {
          loading = undefined;
          problem = `The panel did not load: ${error instanceof Error ? error.message : error}`;
        },
      )
      .finally(host.request);
    return loading;
  };
  const withBody = (act: (body: LedgerBody, drawing: Drawing) => void) => (): void => {
    // At once where it is there: browsers let text be copied only while a person's press is fresh.
    if (body && latest) act(body, latest);
    else {
      load().then(() => {
        if (body && latest) act(body, latest);
      });
    }
  };
  const copyProof = withBody((body, drawing) => body.copyProof(drawing));
  const goToLoss = withBody((body, drawing) => host.act(() => body.goToLoss(drawing)));
  const hasLoss = (): boolean => latest?.verdict.tone === 'lost';
  const isSeen = (): boolean =>
    host.element.renderRoot.querySelector('.ledger')?.checkVisibility() ?? false;

  return {
    render: (drawing) => {
      latest = drawing;
      const { totals, stats } = drawing;
      const isEmpty = totals.lanes === 0 && !stats;
      const aside = html`${totals.lanes > 0 ? html`<span>${formatPlural(totals.lanes, 'lane')}</span>` : nothing}
        <button class="ledger-copy" @click=${copyProof}>Copy proof</button>`;
      const content = isEmpty
        ? html`<p class="empty">Every lane that arrives gets its account here: stored, dropped, doubled, late, missing.</p>`
        : (body?.render(drawing) ??
          html`<p class="empty">
            ${problem ?? 'Adding up…'}
            ${problem ? html`<button @click=${() => host.act(load)}>Try again</button>` : nothing}
          </p>`);
      return renderPanel('ledger', 'Ledger', aside, content);
    },
    drawn: () => {
      if (!body && !problem && isSeen()) load();
    },
    reset: () => body?.reset(),
    commands: [
      { id: 'copy-proof', title: 'Copy the proof', keys: ['c p'], run: copyProof },
      { id: 'show-loss', title: 'Go to the first lost event', isOffered: hasLoss, run: goToLoss },
      {
        id: 'acknowledge-loss',
        title: 'Acknowledge the loss',
        isOffered: hasLoss,
        run: proof.acknowledge,
      },
    ],
  };
}
