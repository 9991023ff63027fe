import { type Product, productById } from './products.ts';

export interface BasketLine {
  readonly product: Product;
  readonly quantity: number;
}

/** What the visitor chose. It outlives the page, as a basket should. */
export interface Basket {
  readonly lines: () => readonly BasketLine[];
  readonly count: () => number;
  readonly totalCents: () => number;
  /** Sets the quantity of a product and answers by how much it changed; 0 takes the product out. */
  readonly setQuantity: (product: Product, quantity: number) => number;
  readonly quantityOf: (product: Product) => number;
  readonly clear: () => void;
}

const KEY = 'demo.basket';
/** Nobody needs more of anything that floats. */
export const MAX_QUANTITY = 9;

export function createBasket(storage: Storage): Basket {
  const quantities = new Map(readStored(storage));

  function lines(): BasketLine[] {
    return [...quantities].flatMap(([id, quantity]) => {
      const product = productById(id);
      return product ? [{ product, quantity }] : [];
    });
  }

  function store(): void {
    try {
      storage.setItem(KEY, JSON.stringify([...quantities]));
    } catch {
      // Storage is full or refused: the basket lives as long as the page.
    }
  }

  return {
    lines,
    count: () => lines().reduce((sum, line) => sum + line.quantity, 0),
    totalCents: () =>
      lines().reduce((sum, { product, quantity }) => sum + product.priceCents * quantity, 0),
    setQuantity(product, quantity) {
      const before = quantities.get(product.id) ?? 0;
      const after = Math.max(0, Math.min(MAX_QUANTITY, quantity));
      if (after > 0) quantities.set(product.id, after);
      else quantities.delete(product.id);
      store();
      return after - before;
    },
    quantityOf: (product) => quantities.get(product.id) ?? 0,
    clear() {
      quantities.clear();
      store();
    },
  };
}

function readStored(storage: Storage): [string, number][] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  } catch {
    // Somebody else's text under our key: an empty basket is the honest answer.
    return [];
  }
}

function isEntry(value: unknown): value is [string, number] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    productById(value[0]) !== undefined &&
    Number.isInteger(value[1]) &&
    value[1] > 0 &&
    value[1] <= MAX_QUANTITY
  );
}
