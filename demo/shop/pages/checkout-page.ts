import { html, type TemplateResult } from 'lit';
import { formatPrice } from '../products.ts';
import { paths } from '../routes.ts';
import type { ShopView } from '../shop-view.ts';
import './checkout-page.css';

const DELIVERIES = [
  { id: 'stream', name: 'By stream', note: 'Arrives in two to three bends.' },
  { id: 'cloud', name: 'By cloud', note: 'Arrives when it rains.' },
] as const;

/** For who wants to see the thank-you page and not to type. */
const MADE_UP = {
  name: 'Brooke Rivers',
  email: 'brooke@example.com',
  street: '3 Millrace Lane',
  town: 'Lower Weir',
};

export function checkoutPage(view: ShopView): TemplateResult {
  if (view.basket.count() === 0) {
    return html`
      <h1 tabindex="-1">Checkout</h1>
      <p class="lead">Your basket is empty, so there is nothing to pay for.</p>
      <p><a class="primary" href=${paths.catalogue()}>Look around</a></p>
    `;
  }
  return html`
    <a class="back plain" href=${paths.basket}>Basket</a>
    <h1 tabindex="-1">Checkout</h1>
    <p class="lead">
      Nothing is sold here, and nothing you type is captured. Only that you ordered, and what.
    </p>
    <form class="checkout" autocomplete="off" @submit=${(event: SubmitEvent) => submit(event, view)}>
      <fieldset>
        <legend>Where to</legend>
        ${field('name', 'Name', 'text')} ${field('email', 'E-mail', 'email')}
        ${field('street', 'Street', 'text')} ${field('town', 'Town', 'text')}
        <button class="quiet" type="button" @click=${fillIn}>Fill in a made-up address</button>
      </fieldset>
      <fieldset class="deliveries">
        <legend>How</legend>
        ${DELIVERIES.map(
          ({ id, name, note }, index) => html`
            <label>
              <input type="radio" name="delivery" value=${id} ?checked=${index === 0} />
              <span><strong>${name}</strong> <small>${note}</small></span>
            </label>
          `,
        )}
      </fieldset>
      <div class="total">
        <p>Total <strong>${formatPrice(view.basket.totalCents())}</strong></p>
        <button class="primary" type="submit">Place the order</button>
      </div>
    </form>
  `;
}

function field(name: keyof typeof MADE_UP, label: string, type: string): TemplateResult {
  return html`
    <label class="field">
      <span>${label}</span>
      <input name=${name} type=${type} required />
    </label>
  `;
}

function fillIn(event: Event): void {
  const form = (event.currentTarget as HTMLButtonElement).form;
  for (const [name, value] of Object.entries(MADE_UP)) {
    const input = form?.elements.namedItem(name);
    if (input instanceof HTMLInputElement) input.value = value;
  }
}

function submit(event: SubmitEvent, view: ShopView): void {
  event.preventDefault();
  const chosen = new FormData(event.currentTarget as HTMLFormElement).get('delivery');
  view.buy(DELIVERIES.find(({ id }) => id === chosen)?.id ?? DELIVERIES[0].id);
}
