import type { Properties } from '../protocol/event.ts';
import type { CaptureHost } from './types.ts';

/** Of w3c.github.io/long-animation-frames/#performancescripttiming, what is read here. */
export interface ScriptTiming {
  readonly duration: number;
  readonly invokerType: string;
  /** Such as `BUTTON#buy.onclick`, `IMG[src=…].onload`, `Window.setTimeout`; of a whole script its address. */
  readonly invoker: string;
  readonly sourceURL: string;
  readonly sourceFunctionName: string;
  readonly sourceCharPosition: number;
}

/** Which script it was that took so long: without the id or the address of the element that it was called by. */
export function describeScript(
  script: ScriptTiming | undefined,
  { scrub }: Pick<CaptureHost, 'scrub'>,
): Properties | undefined {
  if (!script) return undefined;
  const { invoker, invokerType, sourceURL, sourceFunctionName, sourceCharPosition } = script;
  return {
    durationMs: Math.round(script.duration),
    invoker: invokerType.endsWith('-script')
      ? invokerType
      : invoker.replace(/[#[].*(?=\.\w+$)/, ''),
    source: sourceURL ? scrub(sourceURL) : undefined,
    functionName: sourceFunctionName || undefined,
    position: sourceCharPosition < 0 ? undefined : sourceCharPosition,
  };
}
