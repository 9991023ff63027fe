import { createApp, defineComponent, h } from 'vue';
import { createRouter, createWebHistory, RouterLink, RouterView } from 'vue-router';
import { rivulet, useRivulet } from './rivulet.ts';

const Home = defineComponent({ render: () => h('p', 'Welcome') });

const Orders = defineComponent({
  setup() {
    const client = useRivulet();
    const buy = () => client.track('Order Completed', { order_id: '7', total: 129 });
    return () => h('button', { onClick: buy }, 'Buy');
  },
});

const Shop = defineComponent({
  render: () => [
    h(RouterLink, { to: '/' }, () => 'Home'),
    h(RouterLink, { to: '/orders?page=2' }, () => 'Orders'),
    h(RouterView),
  ],
});

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home, meta: { title: 'Shop' } },
    { path: '/orders', component: Orders, meta: { title: 'Orders' } },
  ],
});

router.afterEach(({ meta }) => {
  document.title = `${meta.title}`;
});

createApp(Shop).use(rivulet).use(router).mount('#app');
