import { html, type TemplateResult } from 'lit';
import 'rivulet/debug';
import type { RivuletDebug } from 'rivulet/debug';
import type { Connection } from './connection.ts';

/** What a visitor of the shop may want to see alone. */
const FILTERS: NonNullable<RivuletDebug['filters']> = [
  { name: 'purchases', filter: 'event:"Product Added|Order Completed"' },
  { name: 'errors', filter: 'type:error' },
  { name: 'readings', filter: 'type:metric' },
];

/** The debug view as any page would have it: on this page's client and on the stream behind it. */
export function liveView(
  { client, kinesis, pipeline, stage }: Connection,
  mode: NonNullable<RivuletDebug['mode']> = 'page',
): TemplateResult {
  return html`
    <rivulet-debug
      mode=${mode}
      .client=${client}
      .kinesis=${kinesis}
      .stream=${pipeline.stream}
      .control=${pipeline.local ? stage.stream : undefined}
      .filters=${FILTERS}
    ></rivulet-debug>
  `;
}
