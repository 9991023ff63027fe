/** What opens over the lower part of the view: metrics and SQL, each of which is loaded when it is first asked for. */

import { type CSSResult, css, html, type TemplateResult } from 'lit';
import { renderIcon } from '../frame/icons.ts';
import type { DrawerName, Drawing, ViewHost } from '../types.ts';

/** What a drawer shows, and its own styles. */
export interface DrawerBody {
  readonly styles: CSSResult;
  readonly render: (drawing: Drawing) => TemplateResult;
  /** What has the focus when the drawer opens. */
  readonly focus: string;
  readonly reset: () => void;
}

export interface Drawer {
  readonly render: (name: DrawerName, drawing: Drawing) => TemplateResult;
  readonly drawn: (name: DrawerName | undefined) => void;
  /** Another session: what was made of the rows of the one before is over. */
  readonly reset: () => void;
}

const NAMES = ['metrics', 'sql'] as const;

const TITLES: Readonly<Record<DrawerName, string>> = { metrics: 'Metrics', sql: 'SQL' };

const LOADERS: Readonly<Record<DrawerName, (host: ViewHost) => Promise<DrawerBody>>> = {
  metrics: async (host) => (await import('../metrics/metrics-panel.ts')).createMetricsPanel(host),
  sql: async (host) => (await import('./sql-panel.ts')).createSqlPanel(host),
};

export function createDrawer(host: ViewHost): Drawer {
  /** What is loaded, is being loaded, or why it could not be. */
  const bodies = new Map<DrawerName, DrawerBody | string>();
  let focused: DrawerName | undefined;
  /** What had the focus before, and gets it back. */
  let before: HTMLElement | null = null;
  const root = host.element.renderRoot as ShadowRoot;
  const adopt = ({ styleSheet }: CSSResult): void => {
    if (styleSheet) root.adoptedStyleSheets.push(styleSheet);
  };
  adopt(drawerStyles);

  const load = async (name: DrawerName): Promise<void> => {
    bodies.set(name, 'Loading …');
    try {
      const body = await LOADERS[name](host);
      adopt(body.styles);
      bodies.set(name, body);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      bodies.set(name, `${TITLES[name]} could not be loaded: ${why}`);
    }
    host.request();
  };
  const bodyOf = (name: DrawerName): DrawerBody | undefined => {
    const body = bodies.get(name);
    return typeof body === 'object' ? body : undefined;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    host.openDrawer(undefined);
  };

  return {
    render: (name, drawing) => {
      if (!bodies.has(name)) void load(name);
      return html`<section class="drawer" part="drawer" aria-labelledby="title-drawer" @keydown=${onKey}>
        <header>
          <h3 id="title-drawer" class="unseen">${TITLES[name]}</h3>
          ${NAMES.map(
            (other) =>
              html`<button aria-pressed=${other === name} @click=${() => host.openDrawer(other)}>${TITLES[other]}</button>`,
          )}
          <button class="drawer-close" aria-label="Close" @click=${() => host.openDrawer(undefined)}>
            ${renderIcon('close')}
          </button>
        </header>
        ${bodyOf(name)?.render(drawing) ?? html`<p class="empty">${bodies.get(name)}</p>`}
      </section>`;
    },
    drawn: (name) => {
      const body = name && bodyOf(name);
      if (name === focused || (name && !body)) return;
      if (!focused) before = root.activeElement as HTMLElement | null;
      focused = name;
      if (body) root.querySelector<HTMLElement>(body.focus)?.focus();
      else {
        before?.focus();
        // It was in something that has closed since, such as the palette.
        if (root.activeElement !== before) root.querySelector<HTMLElement>('.grid')?.focus();
      }
    },
    reset: () => {
      for (const [name, body] of bodies) {
        if (typeof body === 'object') body.reset();
        // What could not be loaded is tried again.
        else bodies.delete(name);
      }
    },
  };
}

const drawerStyles: CSSResult = css`
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
