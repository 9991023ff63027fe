import { html, type TemplateResult } from 'lit';
import { illustration } from '../illustrations.ts';
import { formatPrice } from '../products.ts';
import { paths } from '../routes.ts';
import type { Order } from '../shop-events.ts';
import './thanks-page.css';

export function thanksPage(order: Order | undefined): TemplateResult {
  return html`
    <section class="thanks">
      <div class="plate large" data-category="Float">${illustration('paper-boat')}</div>
      <h1 tabindex="-1">Thank you. <span>It is on its way.</span></h1>
      ${order ? receipt(order) : html`<p class="lead">Every order so far has left the bank.</p>`}
      <p><a class="primary" href=${paths.catalogue()}>Back to the bank</a></p>
    </section>
  `;
}

function receipt(order: Order): TemplateResult {
  const count = order.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return html`
    <p class="lead">
      Order <strong>${order.id}</strong>: ${count} ${count === 1 ? 'article' : 'articles'},
      ${formatPrice(order.totalCents)}.
    </p>
    <p class="prose">
      Its <q>Order Completed</q> is already on disk, and leaves for Kinesis as soon as there is a way.
    </p>
  `;
}
