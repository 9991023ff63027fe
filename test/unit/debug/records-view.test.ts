import { describe, expect, it, vi } from 'vitest';
import { createLedger } from '../../../src/consumer/ledger/ledger.ts';
import { compileFilter } from '../../../src/debug/filter/filter.ts';
import type { CompiledFilter } from '../../../src/debug/filter/types.ts';
import { createModel } from '../../../src/debug/reading/model.ts';
import { createRecordsView, rowAt } from '../../../src/debug/records/records-view.ts';
import { recordOf } from '../../helpers/scripted-consumer.ts';

const LANE = 'k3f9aL0qXw';

vi.mock(import('../../../src/debug/filter/filter.ts'), async (load) => {
  const filter = await load();
  return { ...filter, compileFilter: vi.fn(filter.compileFilter) };
});
const compile = vi.mocked(compileFilter);

function setUp({ maxRows = 1_000, tickMs = 0 } = {}) {
  let now = 0;
  const model = createModel({ ledger: createLedger(), maxRows });
  const onReady = vi.fn();
  const monotonic = () => {
    now += tickMs;
    return now;
  };
  const view = createRecordsView(model, monotonic, onReady);
  let seq = 0;
  const add = (count: number, event = 'Product Clicked'): void => {
    for (let index = 0; index < count; index++) model.add(recordOf(LANE, ++seq, { event }));
    model.settle(Number.POSITIVE_INFINITY);
  };
  const look = () => {
    view.advance(20);
    return view.snapshot();
  };
  return { model, view, add, look, onReady };
}

describe('following and holding', () => {
  it('shows everything that arrived while following', () => {
    const { add, look } = setUp();

    add(30);

    expect(look()).toMatchObject({ first: 0, end: 30, held: 0, cut: 0 });
  });

  it('holds rows back and shows all of them afterwards', () => {
    const { view, add, look } = setUp();
    add(30);

    view.hold();
    add(500);
    const held = look();
    view.follow();
    const followed = look();

    expect(held).toMatchObject({ end: 30, held: 500 });
    expect(followed).toMatchObject({ end: 530, held: 0 });
  });

  it('keeps the position of what is read when old rows leave the window', () => {
    const { view, add, look } = setUp({ maxRows: 50 });
    add(50);
    view.hold();

    add(20);

    const held = look();
    expect(held).toMatchObject({ first: 20, end: 50, cut: 20, held: 20 });
    expect(held.at(30)?.id).toBe(30);
  });

  it('shows nothing of a hold that the window has passed by altogether', () => {
    const { view, add, look } = setUp({ maxRows: 50 });
    add(10);
    view.hold();

    add(200);

    const { first, end, held } = look();
    expect(end - first).toBe(0);
    expect(held).toBe(50);
  });

  it('puts the mark of the cut above the oldest row', () => {
    const { add, look } = setUp({ maxRows: 10 });

    add(12);

    const snapshot = look();
    expect(rowAt(snapshot, 0)).toBeUndefined();
    expect(rowAt(snapshot, 1)?.id).toBe(2);
    expect(rowAt(snapshot, 10)?.id).toBe(11);
  });
});

describe('filtering', () => {
  it('says how much was looked at and how much is shown', () => {
    const { view, add, look } = setUp();
    add(40);
    add(2, 'Order Completed');

    view.setFilter('order');

    expect(look()).toMatchObject({ scanned: 42, shown: 2 });
  });

  it('goes on filtering what arrives', () => {
    const { view, add, look } = setUp();
    view.setFilter('order');
    add(10);
    const before = look().shown;

    add(1, 'Order Completed');

    expect(before).toBe(0);
    expect(look().shown).toBe(1);
  });

  it('stops when its time is over and goes on from there', () => {
    const { view, add } = setUp({ tickMs: 100 });
    add(600);
    view.setFilter('clicked');

    const isDone = [view.advance(20), view.advance(20), view.advance(20)];

    expect(isDone).toEqual([false, false, true]);
    expect(view.snapshot()).toMatchObject({ scanned: 600, shown: 600 });
  });

  it('forgets matches that left the window', () => {
    const { view, add, look } = setUp({ maxRows: 10 });
    view.setFilter('order');
    add(1, 'Order Completed');
    look();

    add(10);

    expect(look().shown).toBe(0);
  });

  it('holds the matches that came before the hold', () => {
    const { view, add, look } = setUp();
    add(3, 'Order Completed');
    view.hold();
    add(4, 'Order Completed');

    view.setFilter('order');

    const { first, end, held } = look();
    expect(end - first).toBe(3);
    expect(held).toBe(4);
  });
});

describe('what is held', () => {
  it('says how much of the window it takes', () => {
    const { view, add, look } = setUp({ maxRows: 200 });
    add(100);
    view.hold();

    add(50);
    expect(look().heldShare).toBe(0.25);
    add(500);

    expect(look().heldShare).toBe(1);
  });

  it('says how many rows it has cost', () => {
    const { view, add, look } = setUp({ maxRows: 50 });
    add(60);
    view.hold();

    add(20);

    expect(look()).toMatchObject({ cut: 30, cutSinceHold: 20 });
  });

  it('is shown up to a row that is asked for, and never less than before', () => {
    const { view, add, look } = setUp();
    add(10);
    view.hold();
    add(90);

    view.hold(50);
    expect(look()).toMatchObject({ end: 50, held: 50 });
    view.hold(20);

    expect(look()).toMatchObject({ end: 50, held: 50 });
  });
});

describe('a filter that has to get ready', () => {
  /** As code in a worker: rows get ready when somebody asks, a moment later. */
  function setUpCode() {
    const world = setUp();
    const asked: number[] = [];
    let answer: () => void = () => {};
    const ready = new Set<number>();
    const filter: CompiledFilter = {
      test: ({ id }) => id % 2 === 0,
      isReady: ({ id }) => ready.has(id),
      prepare: (rows) => {
        asked.push(rows.length);
        return new Promise((resolve) => {
          answer = () => {
            for (const { id } of rows) ready.add(id);
            resolve();
          };
        });
      },
      narrowing: undefined,
      problem: undefined,
    };
    compile.mockReturnValueOnce(filter);
    world.view.setFilter('fn: true');
    return { ...world, asked, answer: () => answer() };
  }

  it('is told of 256 rows at a time, and goes on when they are ready', async () => {
    const { add, look, asked, answer, onReady } = setUpCode();
    add(600);

    expect(look()).toMatchObject({ scanned: 0, shown: 0 });
    while (look().scanned < 600) {
      const before = onReady.mock.calls.length;
      answer();
      await vi.waitFor(() => expect(onReady.mock.calls.length).toBe(before + 1));
    }

    expect(asked).toEqual([256, 256, 88]);
    expect(look().shown).toBe(300);
  });

  it('is not asked twice for the same rows', () => {
    const { add, look, asked } = setUpCode();
    add(10);

    look();
    look();

    expect(asked).toEqual([10]);
  });

  it('that was replaced says nothing any more', async () => {
    const { view, add, look, answer, onReady } = setUpCode();
    add(10);
    look();

    view.setFilter('');
    answer();
    await Promise.resolve();

    expect(onReady).not.toHaveBeenCalled();
    expect(look().shown).toBe(10);
  });
});
