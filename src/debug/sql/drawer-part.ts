import { nothing } from 'lit';
import type { DrawerName, Part, ViewHost } from '../types.ts';
import type { Drawer } from './drawer.ts';

/** The drawer's place in the view, and the keys that open it: all else of it comes when it is first opened. */
export function createDrawerPart(host: ViewHost): Part {
  let drawer: Drawer | undefined;
  let isLoading = false;

  const load = (): void => {
    if (drawer || isLoading) return;
    isLoading = true;
    import('./drawer.ts')
      .then(
        ({ createDrawer }) => {
          drawer = createDrawer(host);
        },
        (error) => {
          host.openDrawer(undefined);
          host.say(
            `The drawer could not be loaded: ${error instanceof Error ? error.message : error}`,
          );
        },
      )
      .finally(() => {
        isLoading = false;
        host.request();
      });
  };
  const toggle = (name: DrawerName): void =>
    host.openDrawer(host.drawer() === name ? undefined : name);
  const reset = (): void => drawer?.reset();

  return {
    render: (drawing) => {
      const name = host.drawer();
      if (name) load();
      return name && drawer ? drawer.render(name, drawing) : nothing;
    },
    drawn: () => drawer?.drawn(host.drawer()),
    reset,
    close: reset,
    commands: [
      { id: 'sql', title: 'SQL over the window', keys: ['s'], run: () => toggle('sql') },
      { id: 'metrics', title: 'Metrics of the window', run: () => toggle('metrics') },
      {
        id: 'close-drawer',
        title: 'Close the drawer',
        keys: ['Escape'],
        isOffered: () => host.drawer() !== undefined,
        run: () => host.openDrawer(undefined),
      },
    ],
  };
}
