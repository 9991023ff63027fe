import { nothing } from 'lit';
import type { Row } from '../reading/rows.ts';
import type { Part, ViewHost } from '../types.ts';
import {
  formatPermalink,
  type LinkedRecord,
  parsePermalink,
  withAbsoluteTimes,
} from './permalink.ts';

/** Browsers refuse addresses that change all the time. */
const WRITE_EVERY_MS = 500;

/** Reading begins a little before the record that a link names: times of arrival are approximate. */
const MARGIN_MS = 2_000;

/** Keeps the page's address up to what is looked at, where the page asked for it, and goes to what an address names. */
export function createPermalinksPart(host: ViewHost): Part {
  const { runtime, table, filter } = host;
  const isOn = (): boolean => host.settings().permalinks && host.session().replayed === undefined;
  let isRestored = false;
  /** As it stands in the address. */
  let written: string | undefined;
  let stopTimer: (() => void) | undefined;
  let wanted: LinkedRecord | undefined;
  let searched = 0;
  /** The filter with times that count from when it was set. */
  let timed = { text: '', absolute: '' };

  const linkOf = (): string => {
    const text = filter.text();
    if (text !== timed.text) timed = { text, absolute: withAbsoluteTimes(text, runtime.now()) };
    return formatPermalink({
      filter: timed.absolute,
      columns: table.columns(),
      // Until the record is found, the address goes on naming it.
      record: recordOf(table.opened()) ?? wanted,
    });
  };
  const write = (): void => {
    stopTimer = undefined;
    const link = linkOf();
    if (!isOn() || link === written) return;
    written = link;
    const { pathname, search } = location;
    history.replaceState(history.state, '', pathname + search + link);
  };
  const restore = (): void => {
    const link = isOn() ? parsePermalink(location.hash) : undefined;
    if (!link || location.hash === written) return;
    written = location.hash;
    wanted = link.record;
    searched = 0;
    filter.set(link.filter);
    if (link.columns.length > 0) table.setColumns(link.columns);
    const { fromBeginning } = host.session();
    if (wanted && !fromBeginning && !host.settings().source?.consumer) {
      host.reopen({ from: { atTimestamp: wanted.at - MARGIN_MS } });
    }
  };
  const search = (): void => {
    // Somebody who opens another one meanwhile waits no longer.
    if (table.opened()) wanted = undefined;
    if (!wanted) return;
    const { rows } = host.session().model;
    for (searched = Math.max(searched, rows.first()); searched < rows.end(); searched++) {
      const row = rows.at(searched);
      if (row?.kind !== 'record' || !isSame(row.record, wanted)) continue;
      wanted = undefined;
      host.act(() => table.open(row));
      return;
    }
  };
  const copyLink = (): void => {
    write();
    host.copy(location.href, 'the link');
  };
  const onHash = (): void => host.act(restore);
  window.addEventListener('hashchange', onHash);

  return {
    render: () => nothing,
    drawn: () => {
      // Not while this drawing is under way.
      if (!isRestored || wanted) {
        queueMicrotask(() => {
          if (!isRestored) restore();
          isRestored = true;
          search();
        });
      }
      if (isRestored && isOn() && !stopTimer && linkOf() !== written) {
        stopTimer = runtime.delay(write, WRITE_EVERY_MS);
      }
    },
    reset: () => {
      searched = 0;
    },
    commands: [
      { id: 'copy-link', title: 'Copy the link', keys: ['c l'], isOffered: isOn, run: copyLink },
    ],
    close: () => {
      window.removeEventListener('hashchange', onHash);
      stopTimer?.();
    },
  };
}

function recordOf(row: Row | undefined): LinkedRecord | undefined {
  if (row?.kind !== 'record') return undefined;
  const { shardId, sequenceNumber, subSequenceNumber, arrivedAt, readAt } = row.record;
  return { shardId, sequenceNumber, subSequenceNumber, at: arrivedAt ?? readAt };
}

function isSame(one: Omit<LinkedRecord, 'at'>, other: LinkedRecord): boolean {
  return (
    one.sequenceNumber === other.sequenceNumber &&
    one.subSequenceNumber === other.subSequenceNumber &&
    one.shardId === other.shardId
  );
}
