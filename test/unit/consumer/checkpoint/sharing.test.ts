// @vitest-environment node
import { expect, test } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

const LEASE_MS = 9000;

function openShards(fleet: Fleet): readonly string[] {
  return [...fleet.shards.values()].filter((it) => !it.isClosed).map(({ shardId }) => shardId);
}

/** How many open shards each living member holds, most first. */
function loads(fleet: Fleet): readonly number[] {
  const open = openShards(fleet);
  return fleet.members
    .filter((member) => member.isAlive())
    .map((member) => open.filter((shardId) => member.session.holds(shardId)).length)
    .sort((one, other) => other - one);
}

function expectEverything(fleet: Fleet, hint: string): void {
  expect(fleet.faults, hint).toEqual([]);
  for (const { shardId, length } of fleet.shards.values()) {
    const numbers = fleet.handled.filter((it) => it.shardId === shardId).map((it) => it.number);
    expect(new Set(numbers).size, `${hint}: ${shardId}`).toBe(length);
    // What comes again comes from a place before, and from there in order.
    numbers.forEach((number, index) => {
      expect(number, `${hint}: ${shardId}`).toBeLessThanOrEqual((numbers[index - 1] ?? 0) + 1);
    });
  }
}

test('eight shards come to rest in equal parts, whoever is added', async () => {
  const fleet = createFleet(8);

  fleet.add();
  await fleet.advance(LEASE_MS);
  expect(loads(fleet)).toEqual([8]);
  fleet.add();
  await fleet.advance(10 * LEASE_MS);
  expect(loads(fleet)).toEqual([4, 4]);
  fleet.add();
  await fleet.advance(10 * LEASE_MS);

  expect(loads(fleet)).toEqual([3, 3, 2]);
  const before = await fleet.leases();
  await fleet.advance(10 * LEASE_MS);
  expect((await fleet.leases()).map(({ owner }) => owner)).toEqual(before.map((it) => it.owner));
  expect(fleet.faults).toEqual([]);
});

test('one killed leaves its shards to the others within two leases, from its checkpoints', async () => {
  const fleet = createFleet(8);
  fleet.add();
  fleet.add();
  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 5);
  await fleet.advance(10 * LEASE_MS);

  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 5);
  fleet.members[0]?.kill();
  await fleet.advance(2 * LEASE_MS);

  expect(loads(fleet)).toEqual([8]);
  expectEverything(fleet, 'killed');
  // Its checkpoints were written: nothing of the first part came twice.
  expect(fleet.handled).toHaveLength(80);
});

test('one that says goodbye leaves its shards at once, and nothing comes twice', async () => {
  const fleet = createFleet(8);
  const leaving = fleet.add();
  fleet.add();
  await fleet.advance(10 * LEASE_MS);
  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 40);
  await fleet.advance(LEASE_MS / 3);

  void leaving.leave();
  await fleet.advance(LEASE_MS / 2);
  expect(loads(fleet)).toEqual([8]);
  await fleet.advance(LEASE_MS);

  expectEverything(fleet, 'left');
  expect(fleet.handled.length - 8 * 40).toBeLessThanOrEqual(8);
});

test.each([true, false])(
  'one frozen holds nothing when it wakes, its monotonic clock asleep or not: %s',
  async (isClockAsleep) => {
    const fleet = createFleet(4, { isClockAsleep });
    const frozen = fleet.add();
    await fleet.advance(LEASE_MS);
    expect(loads(fleet)).toEqual([4]);

    frozen.freeze();
    fleet.add();
    await fleet.advance(3 * LEASE_MS);
    expect(openShards(fleet).map((id) => fleet.holders(id).length)).toEqual([1, 1, 1, 1]);
    frozen.thaw();
    const atOnce = openShards(fleet).filter((shardId) => frozen.session.holds(shardId));
    await fleet.advance(10 * LEASE_MS);

    expect(atOnce).toEqual([]);
    expect(loads(fleet)).toEqual([2, 2]);
    expect(fleet.faults).toEqual([]);
  },
);

test('one frozen that nobody has replaced goes on from where it was', async () => {
  const fleet = createFleet(2);
  const only = fleet.add();
  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 3);
  await fleet.advance(LEASE_MS);

  only.freeze();
  await fleet.advance(10 * LEASE_MS);
  only.thaw();
  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 3);
  await fleet.advance(LEASE_MS);

  expectEverything(fleet, 'frozen');
  expect(fleet.handled).toHaveLength(12);
});

test('one whose timers come late takes nothing from who is in time', async () => {
  const fleet = createFleet(8);
  const seen = fleet.add();
  await fleet.advance(LEASE_MS);
  const hidden = fleet.add(60_000);

  await fleet.advance(600_000);

  expect(openShards(fleet).filter((shardId) => seen.session.holds(shardId))).toHaveLength(8);
  expect((await fleet.leases()).map(({ switches }) => switches)).toEqual(Array(8).fill(0));
  expect(hidden.granted.size).toBe(0);
});

test('one whose timers come late reads in each of its turns, where there is no other', async () => {
  const fleet = createFleet(2);
  fleet.add(60_000);
  for (const shardId of fleet.shards.keys()) fleet.put(shardId, 200);

  await fleet.advance(600_000);

  expectEverything(fleet, 'late');
});

/** Members come, go, die, freeze and wake; shards split and merge; the store fails: as the seed's coins fall. */
async function live(seed: number): Promise<Fleet> {
  const fleet = createFleet(8, {
    seed,
    leaseMs: LEASE_MS,
    latencyMs: [40, 400, 2000][seed % 3] ?? 40,
    isClockAsleep: seed % 2 === 0,
  });
  const { random } = fleet;
  const pick = <T>(items: readonly T[]): T | undefined =>
    items[Math.floor(random() * items.length)];
  fleet.add();
  if (random() < 0.5) fleet.add();

  for (let step = 0; step < 30; step++) {
    const alive = fleet.members.filter((member) => member.isAlive());
    const awake = alive.filter((member) => !member.isFrozen());
    const dice = random();
    if (dice < 0.12 && alive.length < 5) fleet.add();
    else if (dice < 0.2) pick(awake)?.kill();
    else if (dice < 0.26) void pick(awake)?.leave();
    else if (dice < 0.4) pick(awake)?.freeze();
    else if (dice < 0.55) pick(alive.filter((member) => member.isFrozen()))?.thaw();
    else if (dice < 0.6) {
      const shardId = pick(openShards(fleet));
      if (shardId) fleet.split(shardId);
    } else if (dice < 0.65) {
      const [one, other] = [pick(openShards(fleet)), pick(openShards(fleet))];
      if (one && other && one !== other) fleet.merge(one, other);
    } else if (dice < 0.7) fleet.trouble.chance = random() < 0.5 ? 0 : random() * 0.6;
    for (const shardId of openShards(fleet)) if (random() < 0.5) fleet.put(shardId, 3);
    if (random() < 0.7) fleet.list();
    await fleet.advance(random() * LEASE_MS);
  }
  // And then there is peace.
  fleet.trouble.chance = 0;
  for (const member of fleet.members) member.thaw();
  fleet.add();
  fleet.add();
  fleet.list();
  await fleet.advance(30 * LEASE_MS);
  return fleet;
}

test('whatever happens, no shard is read by two, none is skipped, and no checkpoint goes back', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const fleet = await live(seed);
    expectEverything(fleet, `seed ${seed}`);
    const [most = 0, ...others] = loads(fleet);
    expect(most - (others.at(-1) ?? most), `seed ${seed}: ${loads(fleet)}`).toBeLessThanOrEqual(1);
  }
}, 240_000);
