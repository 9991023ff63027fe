/** Another tab of this origin, in a frame: its client has a lane of its own and shares the queue. */
export interface OtherTab {
  /** Captures so many events, and resolves when they are on disk. It has no network: they stay there. */
  readonly capture: (events: number) => Promise<void>;
  /** Ends it as the browser ends a tab. */
  readonly kill: () => void;
}

export interface OtherTabs {
  /** Opens one, which sends for all from then on. */
  readonly open: () => Promise<OtherTab>;
}

declare global {
  interface Window {
    /** What a framed tab offers to the page around it, once it leads. */
    rivuletTab?: Promise<Pick<OtherTab, 'capture'>>;
  }
}

/** @param place where the frame is shown */
export function createOtherTabs(place: () => Element): OtherTabs {
  return {
    async open() {
      const frame = document.createElement('iframe');
      frame.src = '/tab/';
      frame.title = 'Another tab';
      const loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }));
      place().append(frame);
      try {
        await loaded;
        const tab = await frame.contentWindow?.rivuletTab;
        if (!tab) throw new Error('tab: expected the page /tab/, got another one');
        return { capture: tab.capture, kill: () => frame.remove() };
      } catch (error) {
        frame.remove();
        throw error;
      }
    },
  };
}
