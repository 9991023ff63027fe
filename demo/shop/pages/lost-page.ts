import { html, type TemplateResult } from 'lit';
import { paths } from '../routes.ts';

export function lostPage(): TemplateResult {
  return html`
    <h1 tabindex="-1">This path ends at the water.</h1>
    <p class="lead">There is nothing at this address.</p>
    <p><a class="primary" href=${paths.catalogue()}>Back to the bank</a></p>
  `;
}
