import { html, LitElement, type TemplateResult } from 'lit';
import { createBasket } from './basket.ts';
import { basketPage } from './pages/basket-page.ts';
import { cataloguePage } from './pages/catalogue-page.ts';
import { checkoutPage } from './pages/checkout-page.ts';
import { lostPage } from './pages/lost-page.ts';
import { productPage } from './pages/product-page.ts';
import { thanksPage } from './pages/thanks-page.ts';
import { placeOrder } from './place-order.ts';
import type { Product } from './products.ts';
import { paths, type Route, routeOf, titleOf } from './routes.ts';
import type { Order, ShopEvents } from './shop-events.ts';
import { shopHeader } from './shop-header.ts';
import type { ShopView } from './shop-view.ts';

/** The shop. In the light DOM, as most shops are: what captures its clicks meets an ordinary page. */
export class RiverShop extends LitElement {
  static override properties = { route: { state: true }, said: { state: true } };

  /** Set before the element is connected. */
  declare events: ShopEvents;
  declare private route: Route;
  declare private said: string;

  private readonly basket = createBasket(window.localStorage);
  private order: Order | undefined;
  private readonly onHistory = (): void => void this.show();

  constructor() {
    super();
    this.route = routeOf(new URL(window.location.href));
    this.said = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('popstate', this.onHistory);
    this.addEventListener('click', this.followLink);
    this.report();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('popstate', this.onHistory);
    this.removeEventListener('click', this.followLink);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`
      ${shopHeader(this.route, this.basket.count())}
      <div class="shop-page" data-page=${this.route.page}>${this.page()}</div>
      <p class="visually-hidden" role="status">${this.said}</p>
    `;
  }

  private page(): TemplateResult {
    const view: ShopView = {
      basket: this.basket,
      change: (product, quantity) => this.change(product, quantity),
      clicked: (product, position) => this.events.productClicked(product, position),
      buy: (delivery) => this.buy(delivery),
    };
    switch (this.route.page) {
      case 'catalogue':
        return cataloguePage(view, this.route.category);
      case 'product':
        return productPage(view, this.route.product);
      case 'basket':
        return basketPage(view);
      case 'checkout':
        return checkoutPage(view);
      case 'thanks':
        return thanksPage(this.order);
      case 'lost':
        return lostPage();
    }
  }

  private change(product: Product, quantity: number): void {
    const by = this.basket.setQuantity(product, quantity);
    if (by > 0) this.events.productAdded(product, by);
    if (by < 0) this.events.productRemoved(product, -by);
    const now = this.basket.quantityOf(product);
    this.said = now > 0 ? `${product.name}: ${now} in your basket.` : `${product.name} taken out.`;
    this.requestUpdate();
  }

  private buy(delivery: string): void {
    this.order = placeOrder(this.basket, delivery, window.localStorage);
    this.events.orderCompleted(this.order);
    this.basket.clear();
    this.go(paths.thanks);
  }

  /** Links stay links, for a new tab or a middle click; a plain click stays on the page. */
  private readonly followLink = (event: MouseEvent): void => {
    const link = (event.target as Element).closest('a');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || link.origin !== window.location.origin || link.hash) return;
    event.preventDefault();
    this.go(link.href);
  };

  private go(href: string): void {
    window.history.pushState(null, '', href);
    window.scrollTo({ top: 0, behavior: 'instant' });
    void this.show();
  }

  private async show(): Promise<void> {
    this.route = routeOf(new URL(window.location.href));
    document.title = titleOf(this.route);
    this.said = '';
    this.report();
    await this.updateComplete;
    // A reader hears where it is now, and Tab goes on from the top of the new page.
    this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  private report(): void {
    const lines = this.basket.lines();
    switch (this.route.page) {
      case 'catalogue':
        this.events.listViewed(this.route.category);
        break;
      case 'product':
        this.events.productViewed(this.route.product);
        break;
      case 'basket':
        this.events.basketViewed(lines);
        break;
      case 'checkout':
        if (lines.length > 0) this.events.checkoutStarted(lines);
    }
  }
}

customElements.define('river-shop', RiverShop);

declare global {
  interface HTMLElementTagNameMap {
    'river-shop': RiverShop;
  }
}
