import type { Client } from 'rivulet';
import { createApp, defineComponent, getCurrentInstance, h } from 'vue';
import { createRouter, createWebHistory, RouterLink, RouterView } from 'vue-router';
import { applyPlugin } from './app.ts';
import plugin from './plugins/rivulet.client.ts';

const Home = defineComponent({ render: () => h('p', 'Welcome') });

const Orders = defineComponent({
  setup() {
    const $rivulet: Client = getCurrentInstance()?.appContext.config.globalProperties.$rivulet;
    const buy = () => $rivulet.track('Order Completed', { order_id: '7', total: 129 });
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

/** Nuxt makes its router before the plugins run, and mounts after them. */
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
const app = createApp(Shop);
app.use(router);
applyPlugin(app, plugin);
router.isReady().then(() => app.mount('#app'));
