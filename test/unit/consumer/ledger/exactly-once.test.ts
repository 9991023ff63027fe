// @vitest-environment node
import { expect, test } from 'vitest';
import { leases } from '../../../../src/consumer/checkpoint/leases.ts';
import { memoryStore } from '../../../../src/consumer/checkpoint/memory-store.ts';
import type { LeaseStore } from '../../../../src/consumer/checkpoint/types.ts';
import type { FilterSnapshot } from '../../../../src/consumer/ledger/filter-snapshot.ts';
import { createLedger } from '../../../../src/consumer/ledger/ledger.ts';
import type { LedgerSnapshot } from '../../../../src/consumer/ledger/snapshot.ts';
import { withoutDuplicates } from '../../../../src/consumer/ledger/without-duplicates.ts';
import { messageIdOf } from '../../../../src/protocol/event.ts';
import { seededRandom } from '../../../helpers/seeded-random.ts';
import { streamRecord } from '../event.ts';
import { createRig, type Rig, STREAM } from '../rig.ts';

const LANES = ['lane-one', 'lane-two', 'lane-three'];
const EVENTS_PER_LANE = 20;

/** Where a job keeps its rows, and in one transaction with them what it knows. */
interface Table {
  readonly rows: readonly string[];
  readonly filter?: FilterSnapshot;
  readonly ledger?: LedgerSnapshot;
}

/** Every event in the order of its lane, and a copy of every third, somewhere behind it, in any shard. */
function putEvents({ fake }: Rig, random: () => number): string[] {
  const sent: { lane: string; seq: number }[] = [];
  const seqs = new Map(LANES.map((lane) => [lane, 0]));
  while (sent.length < LANES.length * EVENTS_PER_LANE) {
    const lane = LANES[Math.floor(random() * LANES.length)] ?? '';
    const seq = (seqs.get(lane) ?? 0) + 1;
    if (seq > EVENTS_PER_LANE) continue;
    seqs.set(lane, seq);
    sent.push({ lane, seq });
  }
  const all = [...sent];
  for (const each of sent.filter((_, index) => index % 3 === 0)) {
    const behind = all.indexOf(each) + 1;
    all.splice(behind + Math.floor(random() * (all.length - behind)), 0, each);
  }
  for (const { lane, seq } of all) {
    const key = String(Math.floor(random() * 100));
    const data = new TextEncoder().encode(JSON.stringify(streamRecord(seq, { lane })));
    fake.stream(STREAM)?.route(key).append(key, data);
  }
  return sent.map(messageIdOf).sort();
}

/** Answers nothing any more once the job is dead. */
function mortal(store: LeaseStore, isDead: () => boolean): LeaseStore {
  const guard = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => {
    return (...args: Args): Promise<Answer> => (isDead() ? new Promise(() => {}) : call(...args));
  };
  return {
    list: guard(store.list),
    create: guard(store.create),
    replace: guard(store.replace),
    remove: guard(store.remove),
  };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'a job that is killed again and again writes each event once, and its proof goes on (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const rig = createRig(2);
    const store = memoryStore();
    let table: Table = { rows: [] };
    const expected = putEvents(rig, random);

    /** Ends when it dies, in the middle of a record, before or after its transaction. */
    async function runJob(records: number): Promise<void> {
      let isDead = false;
      const filter = withoutDuplicates({ from: table.filter });
      const ledger = createLedger({ from: table.ledger });
      const consumer = rig.consume({
        ...{ from: 'TRIM_HORIZON', maxRecordsPerRead: 7, filter },
        checkpoint: leases(mortal(store, () => isDead)),
      });
      let left = records;
      for await (const record of consumer) {
        if (--left < 0) {
          isDead = true;
          break;
        }
        ledger.add(record);
        const rows = [...table.rows, record.event?.messageId ?? ''];
        table = { rows, filter: filter.snapshot([record]), ledger: ledger.snapshot() };
      }
    }

    for (let life = 0; life < 4; life++) {
      void runJob(Math.floor(random() * 25));
      await rig.advance(60_000);
    }
    void runJob(Number.POSITIVE_INFINITY);
    await rig.advance(120_000);

    expect(table.rows.toSorted()).toEqual(expected);
    const ledger = createLedger({ from: table.ledger });
    expect(ledger.summary()).toMatchObject({ isComplete: true, missing: 0 });
    expect(ledger.totals()).toMatchObject({ received: expected.length, duplicates: 0 });
  },
);
