/** Draws only the rows in sight. Rows are equally high; a cut at the beginning of the list does not move what is read. */

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RowWindow {
  readonly count: number;
  readonly keyOf: (index: number) => number;
  readonly rowHeight: number;
  /** Height of the sticky head above the first row. */
  readonly headHeight: number;
  /** Keeps the newest row in sight. */
  readonly follow: boolean;
  /** Empty space below the last row. */
  readonly footHeight: number;
  /** A row to bring into sight with this drawing. */
  readonly reveal: number | undefined;
  /** The row that stays in sight when all rows change their height. */
  readonly reading: number | undefined;
}

export interface VirtualRows {
  /** To be called while rendering. */
  readonly prepare: (window: RowWindow) => {
    readonly items: readonly VirtualItem[];
    readonly height: number;
  };
  readonly isAtEnd: () => boolean;
  readonly pageSize: () => number;
}

export interface VirtualRowsOptions {
  readonly host: ReactiveControllerHost;
  readonly scroller: () => HTMLElement | null;
}

/** Rows drawn above and below what is seen: enough for one turn of the wheel. */
const OVERSCAN = 8;

export function createVirtualRows({ host, scroller }: VirtualRowsOptions): VirtualRows {
  let current: RowWindow = {
    count: 0,
    keyOf: (index) => index,
    rowHeight: 28,
    headHeight: 0,
    follow: true,
    footHeight: 0,
    reveal: undefined,
    reading: undefined,
  };
  let reveal: number | undefined;
  let unmount: (() => void) | undefined;

  const options = () => ({
    count: current.count,
    getItemKey: current.keyOf,
    getScrollElement: scroller,
    estimateSize: () => current.rowHeight,
    scrollMargin: current.headHeight,
    scrollPaddingStart: current.headHeight,
    paddingEnd: current.footHeight,
    scrollPaddingEnd: current.footHeight,
    overscan: OVERSCAN,
    anchorTo: 'end' as const,
    // Following is done below, in the same drawing: doing it afterwards shows an empty table for one frame.
    followOnAppend: false,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => host.requestUpdate(),
  });
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options());

  const controller: ReactiveController = {
    hostConnected: () => {
      unmount = virtualizer._didMount();
    },
    hostDisconnected: () => unmount?.(),
    hostUpdated: () => {
      virtualizer._willUpdate();
      const element = scroller();
      if (element && current.follow) element.scrollTop = element.scrollHeight;
      else if (reveal !== undefined) virtualizer.scrollToIndex(reveal, { align: 'auto' });
      reveal = undefined;
    },
  };
  host.addController(controller);

  return {
    prepare: (window) => {
      const resized = window.rowHeight !== current.rowHeight;
      current = window;
      virtualizer.setOptions(options());
      if (resized) {
        virtualizer.measure();
        reveal = window.reading;
      }
      reveal = window.reveal ?? reveal;
      const height = virtualizer.getTotalSize();
      if (window.follow) {
        const seen = virtualizer.scrollRect?.height ?? 0;
        virtualizer.scrollOffset = Math.max(0, window.headHeight + height - seen);
      }
      return { items: virtualizer.getVirtualItems(), height };
    },
    isAtEnd: () => {
      const element = scroller();
      if (!element) return true;
      return (
        element.scrollHeight - element.scrollTop - element.clientHeight < current.rowHeight / 2
      );
    },
    pageSize: () => {
      const seen = scroller()?.clientHeight ?? 0;
      return Math.max(1, Math.floor((seen - current.headHeight) / current.rowHeight) - 1);
    },
  };
}
