import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, Link, Outlet } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { client, useSeen } from './rivulet.ts';

function Shop() {
  return (
    <>
      <nav>
        <Link to="/">Home</Link> <Link to="/orders?page=2">Orders</Link>
      </nav>
      <Outlet />
    </>
  );
}

function Home() {
  return <title>Shop</title>;
}

function Orders() {
  useSeen('Shelf Seen', { name: 'orders' });
  const buy = () => client.track('Order Completed', { order_id: '7', total: 129 });
  return (
    <>
      <title>Orders</title>
      <button type="button" onClick={buy}>
        Buy
      </button>
    </>
  );
}

const router = createBrowserRouter([
  {
    path: '/',
    element: <Shop />,
    children: [
      { index: true, element: <Home /> },
      { path: 'orders', element: <Orders /> },
    ],
  },
]);

const root = document.querySelector('#app');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
}
