import { describeStream } from '../../consumer/describe-stream.ts';
import type { Row } from '../reading/rows.ts';
import type { ViewHost } from '../types.ts';
import type { Bundle } from './bundle.ts';

/** What a view holds now: the rows may leave its window while they are written. */
export async function bundleOf(host: ViewHost): Promise<Bundle> {
  const reader = host.session().replayed === undefined ? host.reader?.() : undefined;
  const stream = host.settings().source?.stream ?? '';
  // Not everybody may ask; the bundle is whole without.
  const about =
    reader && stream ? await describeStream(reader, stream).catch(() => undefined) : undefined;
  const { model, shown, shards, reachOf, fromBeginning, replayedAt } = host.session();
  const tap = host.tap();
  // Those that wait for their place are in the ledger, and would be in no row.
  model.settle(Number.POSITIVE_INFINITY);
  const rows: Row[] = [];
  for (let at = model.rows.first(); at < model.rows.end(); at++) {
    const row = model.rows.at(at);
    if (row) rows.push(row);
  }
  return {
    header: {
      at: replayedAt ?? host.runtime.now(),
      stream,
      fromBeginning,
      ...model.counts(),
      about,
    },
    shards: shards(),
    reachOf,
    rows,
    ledger: model.ledger.snapshot(),
    stats: tap?.stats(),
    stored: tap?.stored() ?? [],
    ownOf: (row) => {
      const position = row.kind === 'record' ? row.record.event?.rivulet : undefined;
      return position && tap?.journeys.of(position.lane, position.seq);
    },
    shownAt: ({ id }) => shown.of(id),
  };
}
