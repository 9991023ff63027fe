import { expect, test } from 'vitest';
import {
  BEGINNING,
  DONE,
  type FirstMinute,
  lineOf,
  type Moment,
  nextMinute,
} from '../../../demo/page/first-minute.ts';

const QUIET: Moment = { hasClicked: false, isBroken: false, queued: 0 };

function live(moments: readonly Partial<Moment>[], from = BEGINNING): FirstMinute {
  return moments.reduce<FirstMinute>(
    (story, moment) => nextMinute(story, { ...QUIET, ...moment }),
    from,
  );
}

const CLICKED = { hasClicked: true };
const BROKEN = { ...CLICKED, isBroken: true };

test('the story goes from a click over an outage to an empty queue', () => {
  const steps = [CLICKED, BROKEN, { ...BROKEN, queued: 12 }, { ...CLICKED, queued: 7 }, CLICKED];

  const story = steps.map((_, at) => live(steps.slice(0, at + 1)));

  expect(story.map(({ step }) => step)).toEqual(['pull', 'outage', 'outage', 'drain', 'done']);
  expect(story.map(({ step }) => DONE[step])).toEqual([1, 2, 2, 3, 3]);
  expect(lineOf(story.at(-1) ?? BEGINNING)).toMatch(/^12 waited, all arrived/);
});

test('events that were on their way before the outage end no story', () => {
  expect(live([{ queued: 3 }, { ...CLICKED, queued: 5 }, CLICKED]).step).toBe('pull');
});

test('a plug that is pulled first needs no click before it', () => {
  expect(live([{ isBroken: true }]).step).toBe('outage');
});

test('an outage in which nothing waited is no outage yet', () => {
  expect(live([BROKEN, CLICKED]).step).toBe('pull');
});

test('a plug that is pulled again while the queue drains goes on with the outage', () => {
  const again = live([
    BROKEN,
    { ...BROKEN, queued: 4 },
    { ...CLICKED, queued: 2 },
    { ...BROKEN, queued: 9 },
  ]);

  expect(again).toEqual({ step: 'outage', waited: 4 });
  expect(live([{ ...BROKEN, queued: 9 }, CLICKED, CLICKED], again)).toEqual({
    step: 'done',
    waited: 9,
  });
});
