import { describe, expect, test } from 'vitest';
import { media } from '../../../src/capture/media.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const HTML =
  '<video id="x" data-rivulet-title="Kettles" data-rivulet-asset-id="k-1"></video><audio id="y"></audio><div class="rivulet-ignore"><video id="z"></video></div><img id="i">';

function open() {
  const { window } = createTestPage('https://shop.test/');
  window.document.body.innerHTML = HTML;
  const host = createTestHost(window);
  const stop = media().start(host);
  /** The element's state, and the event that tells of it. */
  const fire = (type: string, state: object = {}, selector = '#x') => {
    const element = window.document.querySelector(selector) as HTMLElement;
    const all = {
      paused: false,
      ended: false,
      currentTime: 0,
      duration: 40,
      muted: false,
      ...state,
    };
    for (const [name, value] of Object.entries({ volume: 0.5, loop: false, ...all })) {
      Object.defineProperty(element, name, { value, configurable: true });
    }
    Object.defineProperty(element, 'currentSrc', {
      value: 'https://cdn.test/kettle.mp4?token=secret',
      configurable: true,
    });
    element.dispatchEvent(new window.Event(type));
  };
  const names = () => host.captured.map(({ event }) => event);
  return { ...host, stop, fire, names };
}

describe('media', () => {
  test('that plays is captured by the Segment spec', () => {
    const { captured, fire } = open();
    fire('play');

    expect(captured).toEqual([
      {
        type: 'track',
        event: 'Video Playback Started',
        properties: {
          session_id: expect.stringMatching(/^\w{6,}$/),
          ...{ position: 0, total_length: 40, sound: 50, full_screen: false },
          url: 'https://cdn.test/kettle.mp4',
          ...{ title: 'Kettles', assetId: 'k-1' },
        },
      },
    ]);
  });

  test('is followed from its start to its end, under one session', () => {
    const { captured, names, fire } = open();
    fire('play');
    for (let currentTime = 0; currentTime < 40; currentTime++) {
      if (currentTime === 15) fire('pause', { paused: true, currentTime });
      if (currentTime === 15) fire('play', { currentTime });
      fire('timeupdate', { currentTime });
    }
    fire('timeupdate', { currentTime: 40, ended: true, paused: true });
    fire('pause', { currentTime: 40, ended: true, paused: true });
    fire('ended', { currentTime: 40, ended: true, paused: true });

    expect(names()).toEqual([
      'Video Playback Started',
      'Video Content Playing',
      'Video Playback Paused',
      'Video Playback Resumed',
      'Video Content Playing',
      'Video Content Playing',
      'Video Playback Completed',
    ]);
    expect(captured.flatMap(({ properties }) => properties?.percent ?? [])).toEqual([25, 50, 75]);
    expect(new Set(captured.map(({ properties }) => properties?.session_id)).size).toBe(1);
  });

  test('that plays again is another session, and so is another source', () => {
    const { captured, fire } = open();
    fire('play');
    fire('ended', { ended: true, paused: true });
    fire('play');
    fire('emptied', { paused: true });
    fire('play');
    const starts = captured.filter(({ event }) => event === 'Video Playback Started');

    expect(starts).toHaveLength(3);
    expect(new Set(starts.map(({ properties }) => properties?.session_id)).size).toBe(3);
  });

  test('that plays already when the source starts is captured with its progress', () => {
    const { names, fire } = open();
    fire('timeupdate', { currentTime: 2 });
    fire('timeupdate', { currentTime: 3 });

    expect(names()).toEqual(['Video Playback Started']);
  });

  test('is Audio where it is', () => {
    const { names, fire } = open();
    fire('play', {}, '#y');

    expect(names()).toEqual(['Audio Playback Started']);
  });

  test('that is dragged about is captured once it rests', async () => {
    const { captured, names, clock, fire } = open();
    fire('play');
    for (let currentTime = 5; currentTime < 30; currentTime++) {
      fire('seeking', { currentTime });
      await clock.advance(100);
    }
    await clock.advance(500);

    expect(names()).toEqual(['Video Playback Started', 'Video Playback Seek Completed']);
    expect(captured[1]?.properties?.position).toBe(29);
  });

  test('in a loop is not moved by anybody', async () => {
    const { names, clock, fire } = open();
    fire('play', { loop: true });
    fire('seeking', { loop: true });
    await clock.advance(1_000);

    expect(names()).toEqual(['Video Playback Started']);
  });

  test('that fails is captured as interrupted', () => {
    const { captured, fire } = open();
    fire('error', { error: { code: 4, message: 'secret' }, paused: true, duration: Number.NaN });

    expect(captured).toMatchObject([
      { event: 'Video Playback Interrupted', properties: { method: 'error', code: 4 } },
    ]);
    expect(captured[0]?.properties).not.toHaveProperty('total_length');
  });

  test('that is muted has no sound, and a live stream no length', () => {
    const { captured, fire } = open();
    fire('play', { muted: true, duration: Number.POSITIVE_INFINITY });

    expect(captured[0]?.properties).toMatchObject({ sound: 0 });
    expect(captured[0]?.properties).not.toHaveProperty('total_length');
  });

  test('that is ignored is not captured, nor an image that fails', () => {
    const { captured, window, fire } = open();
    fire('play', {}, '#z');
    window.document.querySelector('#i')?.dispatchEvent(new window.Event('error'));

    expect(captured).toEqual([]);
  });

  test('is watched no more when the source has stopped', async () => {
    const { captured, clock, stop, fire } = open();
    fire('play');
    fire('seeking', { currentTime: 9 });
    stop();
    fire('pause', { paused: true });
    await clock.advance(1_000);

    expect(clock.timers()).toEqual([]);
    expect(captured).toHaveLength(1);
  });
});
