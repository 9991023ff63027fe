import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type BasketLine, MAX_QUANTITY } from '../basket.ts';
import { illustration } from '../illustrations.ts';
import { formatPrice } from '../products.ts';
import { paths } from '../routes.ts';
import type { ShopView } from '../shop-view.ts';
import './basket-page.css';

export function basketPage(view: ShopView): TemplateResult {
  const lines = view.basket.lines();
  return html`
    <a class="back plain" href=${paths.catalogue()}>Everything</a>
    <h1 tabindex="-1">Your basket</h1>
    ${lines.length === 0 ? empty : filled(view, lines)}
  `;
}

const empty = html`
  <p class="lead">Nothing in it yet. It rains soon enough.</p>
  <p><a class="primary" href=${paths.catalogue()}>Look around</a></p>
`;

function filled(view: ShopView, lines: readonly BasketLine[]): TemplateResult {
  return html`
    <ul class="basket-lines" role="list">
      ${repeat(
        lines,
        ({ product }) => product.id,
        (line) => lineRow(view, line),
      )}
    </ul>
    <div class="total">
      <p>Total <strong>${formatPrice(view.basket.totalCents())}</strong></p>
      <p class="aside">Delivery is free: it flows downhill.</p>
      <a class="primary" href=${paths.checkout}>Check out</a>
    </div>
  `;
}

function lineRow(view: ShopView, { product, quantity }: BasketLine): TemplateResult {
  const set = (next: number) => () => view.change(product, next);
  return html`
    <li data-category=${product.category}>
      <span class="plate small">${illustration(product.id)}</span>
      <h2><a class="plain" href=${paths.product(product)}>${product.name}</a></h2>
      <div class="quantity" role="group" aria-label=${`Quantity of ${product.name}`}>
        <button type="button" aria-label="One fewer" @click=${set(quantity - 1)}>−</button>
        <span>${quantity}</span>
        <button
          type="button"
          aria-label="One more"
          ?disabled=${quantity >= MAX_QUANTITY}
          @click=${set(quantity + 1)}
        >
          +
        </button>
      </div>
      <p class="price">${formatPrice(product.priceCents * quantity)}</p>
      <button class="remove" type="button" aria-label=${`Remove ${product.name}`} @click=${set(0)}>
        Remove
      </button>
    </li>
  `;
}
