/**
 * What the relay is given as text: variables of `wrangler.toml` and secrets; the environment where it runs in Node. Locally
 * all of them may stand in `.dev.vars`, or in a file of `NAME=value` lines passed as `wrangler dev --env-file FILE`; JSON
 * goes into single quotes there. The names begin with `RELAY_` so that local tools never pick up a developer's own `AWS_*`.
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
  /** JSON: write key → source. The fields are described in `wrangler.toml`. May be left out where a store is bound. */
  readonly SOURCES?: string;
  /** Streams that read tokens may name, separated by spaces. Default: those of `SOURCES`. */
  readonly RELAY_READ_STREAMS?: string;
  /** Ids of revoked tokens, separated by spaces. `npx rivulet revoke` prints it. */
  readonly RELAY_REVOKED?: string;
  /** The secret key of the Turnstile widget, for sources with `turnstile`. */
  readonly RELAY_TURNSTILE_SECRET?: string;
  /** Such as `https://team.cloudflareaccess.com`: the read door then asks for a token of Cloudflare Access too. */
  readonly RELAY_ACCESS_ISSUER?: string;
  /** The audience tag of the Access application. */
  readonly RELAY_ACCESS_AUDIENCE?: string;
}
