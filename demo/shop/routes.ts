import { CATEGORIES, type Category, type Product, productById } from './products.ts';

export type Route =
  | { readonly page: 'catalogue'; readonly category: Category | undefined }
  | { readonly page: 'product'; readonly product: Product }
  | { readonly page: 'basket' }
  | { readonly page: 'checkout' }
  | { readonly page: 'thanks' }
  | { readonly page: 'lost' };

/** What an address of the shop shows. */
export function routeOf(url: URL): Route {
  const [section = '', id = ''] = url.pathname.split('/').filter(Boolean);
  if (section === '') {
    const wanted = url.searchParams.get('category');
    return { page: 'catalogue', category: CATEGORIES.find((category) => category === wanted) };
  }
  if (section === 'products') {
    const product = productById(id);
    return product ? { page: 'product', product } : { page: 'lost' };
  }
  if (section === 'basket' || section === 'checkout' || section === 'thanks') {
    return { page: section };
  }
  return { page: 'lost' };
}

export const paths = {
  catalogue: (category?: Category) => (category ? `/?category=${category}` : '/'),
  product: (product: Product) => `/products/${product.id}`,
  basket: '/basket',
  checkout: '/checkout',
  thanks: '/thanks',
} as const;

/** The document's title for a route. */
export function titleOf(route: Route): string {
  switch (route.page) {
    case 'catalogue':
      return route.category ? `${route.category} · Rill & Rain` : 'Rill & Rain';
    case 'product':
      return `${route.product.name} · Rill & Rain`;
    case 'basket':
      return 'Basket · Rill & Rain';
    case 'checkout':
      return 'Checkout · Rill & Rain';
    case 'thanks':
      return 'Thank you · Rill & Rain';
    case 'lost':
      return 'Not found · Rill & Rain';
  }
}
