/**
 * What the relay is given: variables of `wrangler.toml` and secrets. Locally all of them may stand in `.dev.vars`, or in
 * a file of `NAME=value` lines passed as `wrangler dev --env-file FILE`; JSON goes into single quotes there.
 * The names begin with `RELAY_` so that local tools never pick up a developer's own `AWS_*`.
 */
export interface Env {
  /** Signs tokens. At least 32 unpredictable characters, such as `openssl rand -base64 32` prints. */
  readonly RELAY_SECRET: string;
  /** The secret before the last rotation: what it signed stays valid. */
  readonly RELAY_SECRET_PREVIOUS?: string;
  /** May `kinesis:PutRecords` on the sources' streams, and for the read door ListShards, DescribeStreamSummary, GetShardIterator, GetRecords. */
  readonly RELAY_AWS_ACCESS_KEY_ID: string;
  readonly RELAY_AWS_SECRET_ACCESS_KEY: string;
  /** For temporary credentials. */
  readonly RELAY_AWS_SESSION_TOKEN?: string;
  readonly RELAY_AWS_REGION: string;
  /** Another address of Kinesis: the local stream, a VPC endpoint. */
  readonly RELAY_KINESIS_ENDPOINT?: string;
  /** JSON: write key → source. The fields are described in `wrangler.toml`. */
  readonly SOURCES: string;
}
