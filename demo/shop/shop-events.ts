import type { Client } from 'rivulet';
import type { BasketLine } from './basket.ts';
import { type Category, CURRENCY, type Product, productsOf } from './products.ts';

/** What the shop reports by itself, in the names and fields of Segment's e-commerce spec. */
export interface ShopEvents {
  readonly listViewed: (category: Category | undefined) => void;
  readonly productClicked: (product: Product, position: number) => void;
  readonly productViewed: (product: Product) => void;
  readonly productAdded: (product: Product, quantity: number) => void;
  readonly productRemoved: (product: Product, quantity: number) => void;
  readonly basketViewed: (lines: readonly BasketLine[]) => void;
  readonly checkoutStarted: (lines: readonly BasketLine[]) => void;
  readonly orderCompleted: (order: Order) => void;
}

export interface Order {
  readonly id: string;
  readonly lines: readonly BasketLine[];
  readonly totalCents: number;
  /** Made at random: nothing the visitor typed leaves the form. */
  readonly customerId: string;
  readonly delivery: string;
}

/** A product as the spec has it; prices in {@link CURRENCY}, not in cents. */
interface ProductFields {
  readonly product_id: string;
  readonly name: string;
  readonly category: Category;
  readonly price: number;
}

type Priced = { readonly currency: string };
type Line = ProductFields & { readonly quantity: number };

/** Every event of the shop and its properties: what is not here, the compiler does not let through. */
interface ShopEventMap {
  'Product List Viewed': {
    list_id: string;
    category: Category | undefined;
    products: { product_id: string; position: number }[];
  };
  'Product Clicked': ProductFields & { position: number };
  'Product Viewed': ProductFields & Priced;
  'Product Added': Line & Priced;
  'Product Removed': Line & Priced;
  'Cart Viewed': { products: Line[] };
  'Checkout Started': Priced & { value: number; products: Line[] };
  'Order Completed': Priced & { order_id: string; total: number; products: Line[] };
}

const SILENT: Pick<Client<ShopEventMap>, 'track' | 'identify'> = { track() {}, identify() {} };

/** Without a client (a static build has no relay) the shop works and reports nothing. */
export function createShopEvents(client: Client<ShopEventMap> | undefined): ShopEvents {
  const { track, identify } = client ?? SILENT;

  return {
    listViewed: (category) =>
      track('Product List Viewed', {
        list_id: category?.toLowerCase() ?? 'all',
        category,
        products: productsOf(category).map(({ id }, index) => ({
          product_id: id,
          position: index + 1,
        })),
      }),
    productClicked: (product, position) =>
      track('Product Clicked', { ...fieldsOf(product), position }),
    productViewed: (product) =>
      track('Product Viewed', { ...fieldsOf(product), currency: CURRENCY }),
    productAdded: (product, quantity) =>
      track('Product Added', { ...fieldsOf(product), quantity, currency: CURRENCY }),
    productRemoved: (product, quantity) =>
      track('Product Removed', { ...fieldsOf(product), quantity, currency: CURRENCY }),
    basketViewed: (lines) => track('Cart Viewed', { products: lines.map(lineFields) }),
    checkoutStarted: (lines) =>
      track('Checkout Started', {
        value: totalOf(lines),
        currency: CURRENCY,
        products: lines.map(lineFields),
      }),
    orderCompleted(order) {
      identify(order.customerId, { delivery: order.delivery });
      track('Order Completed', {
        order_id: order.id,
        total: order.totalCents / 100,
        currency: CURRENCY,
        products: order.lines.map(lineFields),
      });
    },
  };
}

function fieldsOf(product: Product): ProductFields {
  return {
    product_id: product.id,
    name: product.name,
    category: product.category,
    price: product.priceCents / 100,
  };
}

function lineFields({ product, quantity }: BasketLine): Line {
  return { ...fieldsOf(product), quantity };
}

function totalOf(lines: readonly BasketLine[]): number {
  return lines.reduce((cents, line) => cents + line.product.priceCents * line.quantity, 0) / 100;
}
