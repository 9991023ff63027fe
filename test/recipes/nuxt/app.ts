/** What stands in for `#app`, Nuxt's own: of a plugin no more than this recipe needs. */

import type { Client } from 'rivulet';
import type { App } from 'vue';

export type NuxtPlugin = () => { readonly provide: Readonly<Record<string, Client>> };

export function defineNuxtPlugin(plugin: NuxtPlugin): NuxtPlugin {
  return plugin;
}

/** As Nuxt does: `provide: { rivulet }` is `$rivulet` in the application and its components. */
export function applyPlugin(app: App, plugin: NuxtPlugin): void {
  for (const [name, value] of Object.entries(plugin().provide)) {
    app.config.globalProperties[`$${name}`] = value;
  }
}
