/** What happens to the stream and to its reading, told from one look at the shards to the next: one note an event, no flood. */

import type { ShardState } from '../../consumer/types.ts';
import { formatDuration, formatShard } from '../format.ts';
import type { NoteRow } from './rows.ts';

export type Note = Pick<NoteRow, 'shardId' | 'note' | 'text'>;

export interface StreamNotes {
  /** What is new since the last look. The first one tells of no resharding: it happened before. */
  readonly look: (
    shards: readonly ShardState[],
    error: string | undefined,
    now: number,
  ) => readonly Note[];
}

/** Throttled reads come in bursts: one note is enough for those that follow each other so soon. */
const THROTTLE_REST_MS = 30_000;

/** Shards that are named in one note. */
const MAX_NAMED = 6;

export function createStreamNotes(): StreamNotes {
  const losses = new Map<string, string | undefined>();
  let failingSince: number | undefined;
  let throttledAt = Number.NEGATIVE_INFINITY;

  return {
    look: (shards, error, now) => {
      const isFirst = losses.size === 0;
      const notes = isFirst
        ? narrowed(shards)
        : reshardings(shards.filter(({ shardId }) => !losses.has(shardId)));
      for (const { shardId, loss } of shards) {
        if (loss !== undefined && loss !== losses.get(shardId)) {
          notes.push({ shardId, note: 'loss', text: `Records may be missing: ${loss}` });
        }
        losses.set(shardId, loss);
      }

      const failed = shards.filter(({ status }) => status === 'failed');
      const isFailing = error !== undefined || failed.length > 0;
      if (isFailing && failingSince === undefined) {
        failingSince = now;
        const why = failed[0]?.error;
        const says = error ?? `${name(failed)} cannot be read${why ? `: ${why}` : ''}`;
        notes.push({ ...about(error ? [] : failed), note: 'failed', text: says });
      } else if (!isFailing && failingSince !== undefined) {
        const says = `Reads succeed again, after ${formatDuration(now - failingSince)}. They go on where they failed`;
        failingSince = undefined;
        notes.push({ shardId: undefined, note: 'resumed', text: says });
      }

      const throttled = shards.filter(({ pace }) => pace === 'throttled');
      if (throttled.length > 0) {
        if (now - throttledAt >= THROTTLE_REST_MS) {
          const says = `Reads of ${name(throttled).toLowerCase()} are throttled and slow down: all readers of a shard share five reads a second`;
          notes.push({ ...about(throttled), note: 'throttled', text: says });
        }
        throttledAt = now;
      }
      return notes;
    },
  };
}

function narrowed(shards: readonly ShardState[]): Note[] {
  const read = shards.filter(({ status }) => status !== 'skipped');
  if (read.length === shards.length) return [];
  const text = `${read.length} of ${shards.length} shards ${read.length === 1 ? 'is' : 'are'} read: ${name(read).toLowerCase()}`;
  return [{ ...about(read), note: 'narrowed', text }];
}

function reshardings(added: readonly ShardState[]): Note[] {
  const notes: Note[] = [];
  const split = new Map<string, ShardState[]>();
  for (const shard of added) {
    const [parent, other] = shard.parents;
    if (parent === undefined) continue;
    if (other === undefined) split.set(parent, [...(split.get(parent) ?? []), shard]);
    else {
      const parents = list([parent, other]);
      const text = `Shards ${parents} were merged into ${formatShard(shard.shardId)}, which is read after their end`;
      notes.push({ shardId: shard.shardId, note: 'merge', text });
    }
  }
  for (const [parent, children] of split) {
    const ids = children.map(({ shardId }) => shardId);
    const text = `Shard ${formatShard(parent)} was split into ${list(ids)}, which are read after its end`;
    notes.push({ shardId: parent, note: 'split', text });
  }
  return notes;
}

function about(shards: readonly ShardState[]): Pick<Note, 'shardId'> {
  return { shardId: shards.length === 1 ? shards[0]?.shardId : undefined };
}

function name(shards: readonly ShardState[]): string {
  return `Shard${shards.length === 1 ? '' : 's'} ${list(shards.map(({ shardId }) => shardId))}`;
}

/** `4`, `4 and 5`, `4, 5 and 6`, or the first of them and how many others. */
function list(shardIds: readonly string[]): string {
  const names = shardIds.map(formatShard);
  const last =
    names.length > MAX_NAMED ? `${names.splice(MAX_NAMED).length} others` : (names.pop() ?? '');
  return names.length > 0 ? `${names.join(', ')} and ${last}` : last;
}
