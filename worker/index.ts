import type { Env } from './env.ts';
import { createRelay, type Relay } from './relay.ts';

/** One relay per isolate: configuration is checked and the Kinesis client is built once. */
const relays = new WeakMap<Env, Relay>();

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const relay = relays.get(env) ?? createRelay(env);
    relays.set(env, relay);
    return relay.fetch(request);
  },
};
