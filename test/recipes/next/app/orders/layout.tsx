import type { ReactNode } from 'react';

export const metadata = { title: 'Orders' };

export default function Layout({ children }: { readonly children: ReactNode }) {
  return children;
}
