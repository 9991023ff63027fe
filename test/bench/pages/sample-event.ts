/** A custom event with 13 properties: about 290 bytes of JSON, as the peers were measured with. */

export const EVENT_NAME = 'Product Clicked';

export function propertiesOf(seq: number): Record<string, unknown> {
  return {
    productId: `sku-${seq}`,
    sku: 'G-32',
    category: 'Home',
    name: 'Copper kettle',
    brand: 'Hob',
    variant: 'plain',
    price: 89.9,
    quantity: 1,
    coupon: 'MAY5',
    position: seq % 40,
    list: 'search',
    currency: 'EUR',
    inStock: true,
  };
}
