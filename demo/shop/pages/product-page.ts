import { html, type TemplateResult } from 'lit';
import { illustration } from '../illustrations.ts';
import { formatPrice, type Product, productsOf } from '../products.ts';
import { paths } from '../routes.ts';
import type { ShopView } from '../shop-view.ts';
import './product-page.css';

export function productPage(view: ShopView, product: Product): TemplateResult {
  const held = view.basket.quantityOf(product);
  return html`
    <a class="back plain" href=${paths.catalogue()}>Everything</a>
    <article class="product" data-category=${product.category}>
      <div class="plate large">${illustration(product.id)}</div>
      <div class="about">
        <p class="eyebrow">${product.category}</p>
        <h1 tabindex="-1">${product.name}</h1>
        <p class="lead">${product.line}</p>
        <p class="prose">${product.story}</p>
        <ul class="facts">
          ${product.facts.map((fact) => html`<li>${fact}</li>`)}
        </ul>
        <div class="buy">
          <p class="price">${formatPrice(product.priceCents)}</p>
          <button class="primary" type="button" @click=${() => view.change(product, held + 1)}>
            Add to basket
          </button>
        </div>
        <p class="aside">
          ${
            held > 0
              ? html`${held} in your <a href=${paths.basket}>basket</a>.`
              : 'Sent by water, returned by rain.'
          }
        </p>
      </div>
    </article>
    ${neighbours(view, product)}
  `;
}

function neighbours(view: ShopView, product: Product): TemplateResult {
  const others = productsOf(product.category).filter(({ id }) => id !== product.id);
  return html`
    <section class="neighbours" aria-labelledby="neighbours">
      <h2 id="neighbours">From the same bank</h2>
      <ul role="list">
        ${others.slice(0, 3).map(
          (other, index) => html`
            <li data-category=${other.category}>
              <a class="neighbour plain" href=${paths.product(other)} @click=${() => view.clicked(other, index + 1)}>
                <span class="plate small">${illustration(other.id)}</span>
                ${other.name}
              </a>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}
