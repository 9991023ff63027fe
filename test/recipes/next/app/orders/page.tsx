'use client';

import { client } from '../../rivulet';

export default function Orders() {
  const buy = () => client?.track('Order Completed', { order_id: '7', total: 129 });
  return (
    <button type="button" onClick={buy}>
      Buy
    </button>
  );
}
