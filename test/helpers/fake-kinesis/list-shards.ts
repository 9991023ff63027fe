import { invalid, KinesisError } from './errors.ts';
import { isExpired, wireRange } from './read.ts';
import type { FakeShard } from './shard.ts';
import type { FakeStream } from './stream.ts';

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
const MAX_PAGE = 1000;
const TOKEN_LIFE_MS = 300_000;

export interface ListShardsRequest {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly ExclusiveStartShardId?: string;
  readonly ShardFilter?: {
    readonly Type?: string;
    readonly ShardId?: string;
    /** Seconds since 1970. */
    readonly Timestamp?: number;
  };
}

interface PageToken {
  readonly stream: string;
  readonly next: number;
  readonly createdAt: number;
}

export function listShards(
  find: (request: ListShardsRequest) => FakeStream,
  request: ListShardsRequest,
  now: number,
): object {
  const token = request.NextToken === undefined ? undefined : readToken(request, now);
  const stream = find(token ? { StreamName: token.stream } : request);
  const shards = stream.shards.filter((shard) => passes(shard, stream, request));
  const from = token?.next ?? 0;
  const to = from + Math.min(request.MaxResults ?? MAX_PAGE, MAX_PAGE);
  return {
    Shards: shards.slice(from, to).map(wireShard),
    ...(to < shards.length && {
      NextToken: encode({ stream: stream.name, next: to, createdAt: now }),
    }),
  };
}

/** docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
function passes(
  shard: FakeShard,
  stream: FakeStream,
  { ShardFilter: filter, ExclusiveStartShardId: after }: ListShardsRequest,
): boolean {
  if (isExpired(shard, stream)) return false;
  if (after !== undefined && shard.shardId <= after) return false;
  const trimmedAt = Math.max(stream.trimHorizon(), stream.createdAt);
  const at = filter?.Timestamp === undefined ? trimmedAt : filter.Timestamp * 1000;
  const closedAt = shard.closedAt() ?? Number.POSITIVE_INFINITY;
  switch (filter?.Type) {
    case 'AT_LATEST':
      return shard.closedAt() === undefined;
    case 'AFTER_SHARD_ID':
      return shard.shardId > (filter.ShardId ?? '');
    case 'AT_TRIM_HORIZON':
      return shard.createdAt <= trimmedAt && closedAt > trimmedAt;
    case 'AT_TIMESTAMP':
      return shard.createdAt <= at && closedAt > at;
    case 'FROM_TIMESTAMP':
      return closedAt >= at;
    default:
      return true;
  }
}

function readToken(request: ListShardsRequest, now: number): PageToken {
  if (request.StreamName !== undefined || request.StreamARN !== undefined) {
    throw invalid('NextToken and StreamName cannot be provided together.');
  }
  const token: PageToken = JSON.parse(Buffer.from(request.NextToken ?? '', 'base64').toString());
  if (now - token.createdAt > TOKEN_LIFE_MS) {
    throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired.');
  }
  return token;
}

function encode(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

function wireShard(shard: FakeShard): object {
  const [parent, adjacent] = shard.parents;
  const ending = shard.endingSequenceNumber();
  return {
    ShardId: shard.shardId,
    ...(parent !== undefined && { ParentShardId: parent }),
    ...(adjacent !== undefined && { AdjacentParentShardId: adjacent }),
    HashKeyRange: wireRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(ending !== undefined && { EndingSequenceNumber: ending }),
    },
  };
}
