import { html, nothing, type TemplateResult } from 'lit';
import { paths, type Route } from './routes.ts';

/** The shop's own head: its name, and the way to the basket. */
export function shopHeader(route: Route, count: number): TemplateResult {
  return html`
    <header class="shop-header">
      <a class="shop-name" href=${paths.catalogue()} aria-current=${current(route, 'catalogue')}>
        <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" aria-hidden="true">
          <path d="M16 3c6 8 10 12 10 17a10 10 0 0 1-20 0C6 15 10 11 16 3Z" />
          <path d="M10.5 20q2.8-3 5.5 0t5.5 0" />
        </svg>
        Rill &amp; Rain
      </a>
      <nav aria-label="Shop">
        <a class="basket-link plain" href=${paths.basket} aria-current=${current(route, 'basket')}>
          Basket
          <span class="basket-count" data-empty=${count === 0 || nothing}>
            ${count}<span class="visually-hidden">${count === 1 ? ' article' : ' articles'}</span>
          </span>
        </a>
      </nav>
    </header>
  `;
}

function current(route: Route, page: Route['page']): 'page' | typeof nothing {
  return route.page === page ? 'page' : nothing;
}
