/** The way to files: what is written and opened comes late, when somebody asks for it. */

import { type CSSResult, nothing, type TemplateResult } from 'lit';
import { createDialog } from '../frame/dialog.ts';
import type { Part, ViewHost } from '../types.ts';

/** A bundle is opened where there is no network, too: what that takes comes when the view has nothing else to do. */
const PREFETCH_AFTER_MS = 2_000;

/** What is in the window of exports. */
export interface ExportBody {
  readonly styles: CSSResult;
  readonly render: () => TemplateResult;
  readonly close: () => void;
}

export function createExportPart(host: ViewHost): Part {
  const dialog = createDialog(host, 'export', 'Export');
  const { element } = host;
  let body: ExportBody | undefined;

  const failed = (error: unknown): void =>
    host.say(`Export cannot be loaded: ${error instanceof Error ? error.message : error}`);
  const openMenu = async (): Promise<void> => {
    if (!body) {
      const { createExportPanel } = await import('./export-panel.ts');
      body = createExportPanel(host, (file) => void openFile(file));
      const { styleSheet } = body.styles;
      if (styleSheet) (element.renderRoot as ShadowRoot).adoptedStyleSheets.push(styleSheet);
    }
    host.act(dialog.open);
  };
  const openFile = async (file: File): Promise<void> => {
    const { runtime, request: onChange } = host;
    try {
      const { openBundle } = await import('./open-bundle.ts');
      const session = await openBundle(file, { runtime, onChange });
      dialog.close();
      host.replay(session);
    } catch (error) {
      host.say(`${file.name}: ${error instanceof Error ? error.message : error}`);
    }
  };

  const onDrag = (event: DragEvent): void => {
    // Without this the browser leaves the page to show the file.
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const onDrop = (event: DragEvent): void => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    void openFile(file);
  };
  const stopPrefetch = host.runtime.delay(() => {
    // Whoever needs it hears of it then.
    import('./open-bundle.ts').catch(() => {});
  }, PREFETCH_AFTER_MS);
  element.addEventListener('dragover', onDrag);
  element.addEventListener('drop', onDrop);

  return {
    render: () => (body ? dialog.render(body.render) : nothing),
    drawn: dialog.drawn,
    commands: [
      {
        id: 'export',
        title: 'Export, or open a bundle',
        keys: ['e'],
        run: () => void openMenu().catch(failed),
      },
    ],
    close: () => {
      stopPrefetch();
      body?.close();
      element.removeEventListener('dragover', onDrag);
      element.removeEventListener('drop', onDrop);
    },
  };
}
