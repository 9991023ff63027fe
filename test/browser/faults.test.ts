import { expect, it } from 'vitest';
import { PASS, type Rule, type Verdict } from '../../demo/launcher/fault-proxy.ts';
import { isPut, throttled } from '../../demo/launcher/faults.ts';
import { numbersTo, readArrivals } from '../helpers/arrivals.ts';
import { captureDurably, drain } from '../helpers/client-page.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { useWorld } from '../helpers/world.ts';

const world = useWorld();

it('doubles events with the same id, and loses and reorders none, when Kinesis stores them and its replies are lost', async () => {
  const browser = await world.profile.open();
  const page = await browser.newPage(world.site.url);
  const fault = firstPuts(2, () => ({ kind: 'lose-reply' }));
  world.pipeline.kinesis?.proxy.setRule(fault.rule);

  await captureDurably(page, 'Reply lost', 600);
  await drain(page);

  expect(fault.met()).toBe(2);
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

it('doubles only what it could not know of, and keeps the order, while half of all requests fail', async () => {
  const batchEvents = 25;
  const browser = await world.profile.open();
  const page = await browser.newPage(`${world.site.url}#{"maxBatchEvents":${batchEvents}}`);
  const flapping = flap(seededRandom(7));
  world.pipeline.relay.gate.setRule(flapping.rule);

  await captureDurably(page, 'Flap', 400);
  await drain(page);

  expect(flapping.failed()).toBeGreaterThan(10);
  const arrivals = await readArrivals(world.tail, 'Flap');
  expect(arrivals).toMatchObject({ distinct: 400, disordered: [], numbers: numbersTo(400) });
  expect(arrivals.duplicates).toBeLessThanOrEqual(flapping.unknown() * batchEvents);
});

/** A rule that answers 4 of 10 requests with 500, breaks 1 and loses the reply of 1. */
function flap(random: () => number) {
  const counts = { failed: 0, unknown: 0 };
  const rule: Rule = () => {
    const draw = random();
    if (draw >= 0.6) return PASS;
    counts.failed += 1;
    if (draw >= 0.2) return INTERNAL_ERROR;
    if (draw >= 0.1) return { kind: 'reset' };
    counts.unknown += 1;
    return { kind: 'lose-reply' };
  };
  return { rule, failed: () => counts.failed, unknown: () => counts.unknown };
}

const INTERNAL_ERROR: Verdict = {
  kind: 'answer',
  status: 500,
  headers: { 'access-control-allow-origin': '*' },
};

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
