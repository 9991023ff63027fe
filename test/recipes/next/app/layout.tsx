import Link from 'next/link';
import type { ReactNode } from 'react';

export const metadata = { title: 'Shop' };

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Link href="/">Home</Link> <Link href="/orders?page=2">Orders</Link>
        {children}
      </body>
    </html>
  );
}
