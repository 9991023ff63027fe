import { type CSSResult, css, html, type TemplateResult } from 'lit';
import type { ViewHost } from '../types.ts';

/** Asks for the read token. It goes into no address: the field is no form's, and the token leaves in a header only. */
export function renderTokenForm(host: ViewHost): TemplateResult {
  const give = (input: HTMLInputElement | null): void => {
    const token = input?.value.trim();
    if (token) host.act(() => host.readToken.give(token));
  };
  return html`<div class="token-form">
    <label for="read-token">Read token</label>
    <input
      id="read-token"
      type="password"
      autocomplete="off"
      spellcheck="false"
      placeholder="from npx rivulet mint read"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter') give(event.target as HTMLInputElement);
      }}
    />
    <button
      class="primary"
      @click=${(event: Event) => give((event.target as HTMLElement).parentElement?.querySelector('input') ?? null)}
    >
      Read the stream
    </button>
    <p class="muted">
      Kept in this tab only, until it is closed. It may read <strong>${host.settings().source?.stream}</strong> and write
      nothing.
    </p>
  </div>`;
}

export const tokenFormStyles: CSSResult = css`
  .token-form {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 4px 8px;
    inline-size: min(420px, 100%);
    text-align: start;
  }
  .token-form label,
  .token-form p {
    grid-column: 1 / -1;
    font-size: 12px;
  }
  .token-form input {
    min-inline-size: 0;
    block-size: 32px;
    padding-inline: 10px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--background);
  }
  .primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--surface);
    font-weight: 600;
  }
`;
