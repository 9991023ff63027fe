import type { Bindings } from './cloudflare/bindings.ts';
import { cloudflareRuntime } from './cloudflare/runtime.ts';
import type { Env } from './env.ts';
import { createRelay, type Relay } from './relay.ts';

/** One relay per isolate: what it is configured with is checked once, and what it has learned is kept. */
const relays = new WeakMap<Env, Relay>();

export default {
  fetch(request: Request, env: Env & Bindings): Promise<Response> {
    const relay =
      relays.get(env) ?? createRelay(env, cloudflareRuntime(env, new URL(request.url).origin));
    relays.set(env, relay);
    return relay.fetch(request);
  },
};
