import type { Basket } from './basket.ts';
import type { Product } from './products.ts';

/** What a page of the shop shows and may do. */
export interface ShopView {
  readonly basket: Basket;
  /** Sets how many of a product are in the basket. */
  readonly change: (product: Product, quantity: number) => void;
  readonly clicked: (product: Product, position: number) => void;
  readonly buy: (delivery: string) => void;
}
