import { expect, it } from 'vitest';
import { PASS, type Rule, type Verdict } from '../../demo/launcher/fault-proxy.ts';
import { isPut, throttled } from '../../demo/launcher/faults.ts';
import { numbersTo, readArrivals } from '../helpers/arrivals.ts';
import { captureDurably, drain } from '../helpers/client-page.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();

it('doubles events with the same id, and loses and reorders none, when Kinesis stores them and its replies are lost', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstPuts(3, () => ({ kind: 'lose-reply' }));
  world.pipeline.kinesis?.proxy.setRule(fault.rule);

  await captureDurably(page, 'Reply lost', 600);
  await drain(page);

  expect(fault.met()).toBe(3);
  const arrivals = await readArrivals(world.tail, 'Reply lost');
  expect(arrivals).toMatchObject({ distinct: 600, disordered: [], numbers: numbersTo(600) });
  expect(arrivals.duplicates).toBeGreaterThan(0);
});

it('stores every event once and in order when Kinesis throttles for a while', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstPuts(5, throttled);
  world.pipeline.kinesis?.proxy.setRule(fault.rule);

  await captureDurably(page, 'Throttled', 600);
  await drain(page);

  expect(fault.met()).toBe(5);
  const arrivals = await readArrivals(world.tail, 'Throttled');
  expect(arrivals).toEqual({
    distinct: 600,
    duplicates: 0,
    disordered: [],
    numbers: numbersTo(600),
  });
});

/** A rule for the first so many puts; everything else passes. */
function firstPuts(count: number, verdict: (...args: Parameters<Rule>) => Verdict) {
  let met = 0;
  const rule: Rule = (request) => {
    if (!isPut(request) || met >= count) return PASS;
    met += 1;
    return verdict(request);
  };
  return { rule, met: () => met };
}
