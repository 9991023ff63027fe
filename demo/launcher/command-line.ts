import { parseArgs } from 'node:util';
import { LaunchError } from './launch-error.ts';

export const HELP = `Starts the whole pipeline on this machine: a Kinesis stream, the relay, and the demo.

  npm start                                          everything local, no account, no network
  npm start -- --aws --stream NAME --region REGION   the same relay on a stream of your AWS account

  --port N           the demo's port (5173, or a free one)
  --relay-port N     the relay's port (8787, or a free one)
  --kinesis-port N   the local stream's port (4568, or a free one)
  --shards N         shards of the local stream (4)
  --stream NAME      the stream (clickstream)
  --region REGION    its region (us-east-1)
  --aws              use Amazon Kinesis, with credentials from the file .dev.vars
  --help             this text
`;

export interface CommandLine {
  readonly help: boolean;
  readonly aws: boolean;
  readonly stream: string | undefined;
  readonly region: string | undefined;
  readonly port: number | undefined;
  readonly relayPort: number | undefined;
  readonly kinesisPort: number | undefined;
  readonly shards: number | undefined;
}

/** What `npm start` was asked for. Throws a `LaunchError` that names the flag. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = readFlags(args);
  const line: CommandLine = {
    help: values.help ?? false,
    aws: values.aws ?? false,
    stream: values.stream,
    region: values.region,
    port: wholeNumber('--port', values.port, 65_535),
    relayPort: wholeNumber('--relay-port', values['relay-port'], 65_535),
    kinesisPort: wholeNumber('--kinesis-port', values['kinesis-port'], 65_535),
    shards: wholeNumber('--shards', values.shards, 200),
  };
  if (!line.aws) return line;
  if (!line.stream || !line.region) {
    throw new LaunchError('--aws: expected --stream NAME and --region REGION with it');
  }
  if (line.kinesisPort !== undefined || line.shards !== undefined) {
    throw new LaunchError('--aws: expected no --kinesis-port and no --shards, which are local');
  }
  return line;
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        aws: { type: 'boolean' },
        stream: { type: 'string' },
        region: { type: 'string' },
        port: { type: 'string' },
        'relay-port': { type: 'string' },
        'kinesis-port': { type: 'string' },
        shards: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    const [sentence] = String(error instanceof Error ? error.message : error).split('. ');
    throw new LaunchError(`${sentence}; see npm start -- --help`);
  }
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new LaunchError(`${flag}: expected a whole number from 1 to ${most}, got ${text}`);
}
