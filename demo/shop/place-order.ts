import type { Basket } from './basket.ts';
import type { Order } from './shop-events.ts';

const CUSTOMER_KEY = 'demo.customer';

/** Turns the basket into an order of a customer whom nobody can recognise. */
export function placeOrder(basket: Basket, delivery: string, storage: Storage): Order {
  return {
    id: `R-${randomDigits(6)}`,
    lines: basket.lines(),
    totalCents: basket.totalCents(),
    customerId: customerOf(storage),
    delivery,
  };
}

function customerOf(storage: Storage): string {
  const made = `customer-${randomDigits(8)}`;
  try {
    const known = storage.getItem(CUSTOMER_KEY);
    if (known) return known;
    storage.setItem(CUSTOMER_KEY, made);
  } catch {
    // Storage is refused: a customer for this order only.
  }
  return made;
}

function randomDigits(length: number): string {
  return [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => byte % 10).join('');
}
