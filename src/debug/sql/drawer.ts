/** What opens over the lower part of the view: metrics and SQL, each of which is loaded when it is first asked for. */

import { type CSSResult, css, html, nothing, type TemplateResult } from 'lit';
import { renderIcon } from '../frame/icons.ts';
import type { DrawerName, Drawing, Part, ViewHost } from '../types.ts';

/** What a drawer shows: a part that comes late, and its own styles. */
export interface DrawerBody {
  readonly styles: CSSResult;
  readonly render: (drawing: Drawing) => TemplateResult;
  /** What has the focus when the drawer opens. */
  readonly focus: string;
  readonly reset: () => void;
}

const TITLES: Readonly<Record<DrawerName, string>> = { metrics: 'Metrics', sql: 'SQL' };

const LOADERS: Readonly<Record<DrawerName, (host: ViewHost) => Promise<DrawerBody>>> = {
  metrics: (host) =>
    import('../metrics/metrics-panel.ts').then(({ createMetricsPanel }) =>
      createMetricsPanel(host),
    ),
  sql: (host) => import('./sql-panel.ts').then(({ createSqlPanel }) => createSqlPanel(host)),
};

export function createDrawerPart(host: ViewHost): Part {
  const bodies = new Map<DrawerName, DrawerBody>();
  const loading = new Set<DrawerName>();
  let problem: string | undefined;
  let focused: DrawerName | undefined;
  /** What had the focus before, and gets it back. */
  let before: HTMLElement | null = null;

  const load = (name: DrawerName): void => {
    if (bodies.has(name) || loading.has(name)) return;
    loading.add(name);
    problem = undefined;
    LOADERS[name](host).then(
      (body) => {
        const { adoptedStyleSheets } = host.element.renderRoot as ShadowRoot;
        if (body.styles.styleSheet) adoptedStyleSheets.push(body.styles.styleSheet);
        bodies.set(name, body);
        host.request();
      },
      (error) => {
        loading.delete(name);
        problem = `${TITLES[name]} could not be loaded: ${error instanceof Error ? error.message : error}`;
        host.request();
      },
    );
  };
  const toggle = (name: DrawerName): void =>
    host.openDrawer(host.drawer() === name ? undefined : name);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    host.openDrawer(undefined);
  };

  return {
    render: (drawing) => {
      const name = host.drawer();
      if (!name) return nothing;
      if (!problem) load(name);
      return html`<section class="drawer" part="drawer" aria-labelledby="title-drawer" @keydown=${onKey}>
        <header>
          <h3 id="title-drawer" class="unseen">${TITLES[name]}</h3>
          ${(['metrics', 'sql'] as const).map(
            (other) =>
              html`<button aria-pressed=${other === name} @click=${() => host.openDrawer(other)}>${TITLES[other]}</button>`,
          )}
          <button class="drawer-close" aria-label="Close" @click=${() => host.openDrawer(undefined)}>
            ${renderIcon('close')}
          </button>
        </header>
        ${bodies.get(name)?.render(drawing) ?? html`<p class="empty">${problem ?? 'Loading …'}</p>`}
      </section>`;
    },
    drawn: () => {
      const name = host.drawer();
      if (name === focused || (name && !bodies.has(name))) return;
      const root = host.element.renderRoot as ShadowRoot;
      if (!focused) before = root.activeElement as HTMLElement | null;
      focused = name;
      if (name) root.querySelector<HTMLElement>(bodies.get(name)?.focus ?? '')?.focus();
      else {
        before?.focus();
        // It was in something that has closed since, such as the palette.
        if (root.activeElement !== before) root.querySelector<HTMLElement>('.grid')?.focus();
      }
    },
    reset: () => {
      problem = undefined;
      for (const body of bodies.values()) body.reset();
    },
    close: () => {
      for (const body of bodies.values()) body.reset();
    },
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

export const drawerStyles: CSSResult = css`
  .drawer {
    position: absolute;
    inset: auto 8px 8px;
    z-index: 5;
    display: flex;
    flex-direction: column;
    block-size: clamp(300px, 58%, 640px);
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: 0 -6px 40px rgb(0 0 0 / 0.28);
  }
  .drawer > header {
    display: flex;
    gap: 4px;
    flex: none;
    padding: 4px 8px;
    border-block-end: 1px solid var(--line);
  }
  .drawer > header button {
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  .drawer > header [aria-pressed='true'] {
    border-color: var(--line);
    background: var(--raised);
    color: var(--text);
    font-weight: 600;
  }
  .drawer > header .drawer-close {
    margin-inline-start: auto;
  }
  @container rivulet (max-width: 639px) {
    .drawer {
      inset: 6px;
      block-size: auto;
    }
  }
`;
