import type { Pipeline } from './pipeline.ts';

/** What a person is told when everything runs: where it is, and what to do next. */
export function describePipeline(pipeline: Pipeline): string {
  const { site, relay, kinesis, stream, region } = pipeline;
  const rows: readonly (readonly [string, string])[] = [
    ['demo', site?.url ?? 'not started'],
    ...(site ? ([['view', `${site.url}/debug/`]] as const) : []),
    ['relay', `${relay.gate.url}   (write key ${pipeline.writeKey})`],
    ['stream', `${stream} in ${region}, ${kinesis ? `at ${kinesis.url}` : 'on Amazon Kinesis'}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`).join('\n');
  return `\n${table}\n\n${NEXT_STEPS}\n`;
}

const NEXT_STEPS = `Open the demo, click around in the shop, and watch the clicks arrive in their shards.
Then pull the plug with the switches beside it, click on, close the page, come back.
Ctrl-C ends everything.`;
