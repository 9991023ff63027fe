import type { Properties } from '../protocol/event.ts';
import { isIgnored, ownProperties } from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/** What is known of an element that plays, from its start to its end. */
interface Playback {
  readonly sessionId: string;
  /** Quarters of its length that have been reached. */
  quarters: number;
}

/** Somebody who drags the handle moves it many times: the last one counts. */
const SEEK_SETTLES_MS = 500;
const EVENTS = ['play', 'pause', 'ended', 'emptied', 'timeupdate', 'seeking', 'error'];

/**
 * Captures what is played in `video` and `audio` elements of the document, by the Segment spec for video: `Video Playback
 * Started`, `Paused`, `Resumed`, `Seek Completed`, `Completed`, `Interrupted`, and `Video Content Playing` at each quarter of
 * its length (`percent`); `Audio …` likewise. With the spec's properties `session_id`, `position` and `total_length` in
 * seconds, `sound` from 0 to 100, `full_screen`, and the element's `data-rivulet-*`. Never sends the query of its
 * address. Elements outside the document and inside shadow roots are not heard: their events stay there.
 */
export function media(): CaptureSource {
  return { name: 'media', start: watchMedia };
}

function watchMedia({ window, track, scrub, runtime }: CaptureHost): () => void {
  const { document } = window;
  const stopping = new AbortController();
  const playbacks = new WeakMap<HTMLMediaElement, Playback>();
  let cancelSeek = (): void => {};

  function tell(element: HTMLMediaElement, what: string, more?: Properties): void {
    const { currentTime, duration, currentSrc, muted, volume, localName } = element;
    track(`${localName === 'video' ? 'Video' : 'Audio'} ${what}`, {
      session_id: playbacks.get(element)?.sessionId,
      position: Math.round(currentTime),
      // Of a live stream it is infinite, and before anything is known no number.
      total_length: Number.isFinite(duration) ? Math.round(duration) : undefined,
      sound: muted ? 0 : Math.round(volume * 100),
      full_screen: document.fullscreenElement?.contains(element) ?? false,
      url: currentSrc ? scrub(currentSrc) : undefined,
      ...more,
      ...ownProperties(element),
    });
  }

  function onProgress(element: HTMLMediaElement, playback: Playback): void {
    const quarters = Math.floor((element.currentTime / element.duration) * 4);
    if (quarters <= playback.quarters || quarters > 3) return;
    playback.quarters = quarters;
    tell(element, 'Content Playing', { percent: quarters * 25 });
  }

  function onSeek(element: HTMLMediaElement): void {
    // What plays in a loop goes back by itself.
    if (element.loop) return;
    cancelSeek();
    cancelSeek = runtime.delay(() => tell(element, 'Playback Seek Completed'), SEEK_SETTLES_MS);
  }

  function onEvent(event: Event): void {
    const { type } = event;
    const element = event.target as HTMLMediaElement;
    // An image's errors come here too.
    if (!('currentTime' in element) || isIgnored(event.composedPath())) return;
    const known = playbacks.get(element);
    const isError = type === 'error';
    if (!known && element.paused && !isError) return;
    const playback = known ?? { sessionId: runtime.random().toString(36).slice(2), quarters: 0 };
    playbacks.set(element, playback);
    // What played already when the source was started is heard by its progress.
    if (!known && !isError) tell(element, 'Playback Started');
    if (type === 'timeupdate') onProgress(element, playback);
    else if (type === 'seeking') onSeek(element);
    else if (isError) {
      tell(element, 'Playback Interrupted', { method: 'error', code: element.error?.code });
    } else if (type === 'play') {
      if (known) tell(element, 'Playback Resumed');
    } else if (type === 'pause') {
      // The end is one too.
      if (!element.ended) tell(element, 'Playback Paused');
    } else {
      if (type === 'ended') tell(element, 'Playback Completed');
      // What comes next is another one, or the same from its start.
      playbacks.delete(element);
    }
  }

  for (const type of EVENTS) {
    document.addEventListener(type, onEvent, {
      capture: true,
      passive: true,
      signal: stopping.signal,
    });
  }
  return () => {
    stopping.abort();
    cancelSeek();
  };
}
