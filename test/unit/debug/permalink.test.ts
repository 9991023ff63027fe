import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPermalink,
  type Permalink,
  parsePermalink,
  withAbsoluteTimes,
} from '../../../src/debug/export/permalink.ts';

const record = fc.record({
  shardId: fc.stringMatching(/^[\w.-]{1,40}$/),
  sequenceNumber: fc.stringMatching(/^[1-9]\d{0,60}$/),
  subSequenceNumber: fc.nat({ max: 10_000 }),
  at: fc.integer({ min: 0, max: 4e12 }),
});

describe('a permalink', () => {
  it('says the same when it is read again', () => {
    fc.assert(
      fc.property(
        fc.record({
          filter: fc.string(),
          columns: fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }),
          record: fc.option(record, { nil: undefined }),
        }),
        (link) => {
          const isEmpty = link.filter === '' && link.columns.length === 0 && !link.record;
          const read = parsePermalink(formatPermalink(link));

          expect(read).toEqual(isEmpty ? undefined : link);
        },
      ),
    );
  });

  it('reads any address without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parsePermalink(text);
        parsePermalink(`#rivulet?record=${text}&at=${text}&column=${text}`);
      }),
    );
  });

  it('leaves other addresses to those whose they are', () => {
    for (const hash of ['', '#top', '#/route?filter=a']) {
      expect(parsePermalink(hash)).toBeUndefined();
    }
  });

  it('holds nothing but the filter, the columns and the record', () => {
    const link = { filter: 'a', columns: [], token: 'secret' } as Permalink;

    expect(formatPermalink(link)).toBe('#rivulet?filter=a');
  });

  it('passes over a record that is none', () => {
    expect(parsePermalink('#rivulet?filter=a&record=shard-1/12&at=2026-01-01')?.record).toBe(
      undefined,
    );
  });
});

describe('times in a link', () => {
  const now = Date.parse('2026-11-21T21:30:00.000Z');

  it('are times that are the same tomorrow', () => {
    expect(withAbsoluteTimes('type:page after:-5m -before:-90s kettle', now)).toBe(
      'type:page after:2026-11-21T21:25:00.000Z -before:2026-11-21T21:28:30.000Z kettle',
    );
  });

  it('stay as they are where they are absolute, or no times', () => {
    const filter = 'after:2026-11-21T21:25:00.000Z before:lunch hereafter:-5m';

    expect(withAbsoluteTimes(filter, now)).toBe(filter);
  });
});
