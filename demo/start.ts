/** `npm start`: the whole way of an event on one machine, until Ctrl-C. */
import { resolve } from 'node:path';
import { readAwsCredentials } from './launcher/aws-credentials.ts';
import { HELP, parseCommandLine } from './launcher/command-line.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { describeDeath } from './launcher/part.ts';
import { type PipelineOptions, startPipeline } from './launcher/pipeline.ts';
import { resolvePort } from './launcher/ports.ts';
import { describePipeline } from './launcher/welcome.ts';

const FAILED = 1;
const WRONG_COMMAND_LINE = 2;

async function readOptions(): Promise<PipelineOptions | undefined> {
  const line = parseCommandLine(process.argv.slice(2));
  if (line.help) return undefined;
  const { stream, region, shards } = line;
  const aws = line.aws && (await readAwsCredentials(resolve(import.meta.dirname, '../.dev.vars')));
  return {
    site: true,
    ...(aws && { aws }),
    ...(stream && { stream }),
    ...(region && { region }),
    ...(shards && { shards }),
    ports: {
      site: await resolvePort({ flag: '--port', asked: line.port, preferred: 5173 }),
      relay: await resolvePort({ flag: '--relay-port', asked: line.relayPort, preferred: 8787 }),
      kinesis: await resolvePort({
        flag: '--kinesis-port',
        asked: line.kinesisPort,
        preferred: 4568,
      }),
    },
  };
}

async function run(options: PipelineOptions): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort());
  }
  console.log(`Starting ${options.aws ? '' : 'the local stream, '}the relay and the demo …`);
  const pipeline = await startPipeline({ ...options, signal: interrupted.signal }).catch(
    (error: unknown) => {
      if (!interrupted.signal.aborted) throw error;
    },
  );
  if (!pipeline) return;
  console.log(describePipeline(pipeline));

  const death = await Promise.race([pipeline.died, aborted(interrupted.signal)]);
  if (death) console.error(`\n${describeDeath(death)}\n\nThe rest is ended too.`);
  else console.log('\nEnding …');
  await pipeline.stop();
  process.exitCode = death ? FAILED : 0;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (signal.aborted) done(undefined);
    else signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}

/** Says what a person can mend without a stack; anything else is our own mistake and keeps its stack. */
function fail(error: unknown, exitCode: number): void {
  if (!(error instanceof LaunchError)) throw error;
  console.error(error.message);
  process.exitCode = exitCode;
}

const options = await readOptions().catch((error) => fail(error, WRONG_COMMAND_LINE));
if (options) await run(options).catch((error) => fail(error, FAILED));
else if (process.exitCode === undefined) console.log(HELP);
