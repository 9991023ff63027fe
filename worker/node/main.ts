/** `rivulet-relay`: a process that runs the relay until it is told to stop. */

import { type CommandLine, CommandLineError, HELP, readCommandLine } from './command-line.ts';
import { createNodeRelay } from './relay.ts';

async function main(): Promise<void> {
  const line = await readCommandLine(process.argv.slice(2), process.env);
  if (line.help) process.stdout.write(HELP);
  else await run(line);
}

async function run(line: CommandLine): Promise<void> {
  const { env, limits, storeFile, proxyHeader, shutdownMs } = line;
  const relay = createNodeRelay({
    ...{ env, limits },
    ...(storeFile === undefined ? {} : { storeFile }),
    ...(proxyHeader === undefined ? {} : { proxyHeader }),
  });
  const port = await relay.listen({ host: line.host, port: line.port });
  const metricsPort =
    line.metricsPort === undefined
      ? undefined
      : await relay.listenMetrics({ host: line.metricsHost, port: line.metricsPort });
  say({ at: 'listening', host: line.host, port, metricsPort });
  const signal = await nextSignal();
  say({ at: 'stopping', signal });
  // Who cannot wait says so again.
  void nextSignal().then(() => process.exit(1));
  await relay.close(shutdownMs);
  say({ at: 'stopped' });
  process.exit(0);
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function say(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

try {
  await main();
} catch (error) {
  // A port that is taken has a code; what nobody foresaw has a stack.
  const isForeseen =
    error instanceof CommandLineError || (error instanceof Error && 'code' in error);
  process.stderr.write(`${isForeseen ? error.message : ((error as Error)?.stack ?? error)}\n`);
  process.exit(error instanceof CommandLineError ? 2 : 1);
}
