import { html, nothing, type TemplateResult } from 'lit';
import { illustration, streams } from '../illustrations.ts';
import { CATEGORIES, type Category, formatPrice, type Product, productsOf } from '../products.ts';
import { paths } from '../routes.ts';
import type { ShopView } from '../shop-view.ts';
import './catalogue-page.css';

export function cataloguePage(view: ShopView, category: Category | undefined): TemplateResult {
  return html`
    <section class="hero">
      ${streams}
      <h1 tabindex="-1">Good things for small water.</h1>
      <p>An outfitter for brooks, puddles and the rain in between.</p>
    </section>
    <nav class="categories" aria-label="Categories">
      ${[undefined, ...CATEGORIES].map(
        (each) => html`
          <a href=${paths.catalogue(each)} aria-current=${each === category ? 'page' : nothing}>
            ${each ?? 'All'}
          </a>
        `,
      )}
    </nav>
    <ul class="products" role="list">
      ${productsOf(category).map((product, index) => card(view, product, index + 1))}
    </ul>
  `;
}

function card(view: ShopView, product: Product, position: number): TemplateResult {
  const held = view.basket.quantityOf(product);
  return html`
    <li class="card" data-category=${product.category}>
      <div class="plate">${illustration(product.id)}</div>
      <h2>
        <a href=${paths.product(product)} @click=${() => view.clicked(product, position)}>
          ${product.name}
        </a>
      </h2>
      <p class="line">${product.line}</p>
      <p class="price">${formatPrice(product.priceCents)}</p>
      <button
        class="add"
        type="button"
        aria-label=${held > 0 ? `${held} in basket: add another ${product.name}` : `Add ${product.name} to the basket`}
        @click=${() => view.change(product, held + 1)}
      >
        ${held > 0 ? html`<span class="held">${held} in basket</span>` : 'Add'}
      </button>
    </li>
  `;
}
