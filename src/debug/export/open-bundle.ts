import type { Runtime } from '../../runtime.ts';
import { nextTask } from '../reading/next-task.ts';
import type { Session } from '../reading/session.ts';
import { createBundleParser } from './parse-bundle.ts';
import { createReplay } from './replay.ts';

export interface OpenOptions {
  readonly runtime: Pick<Runtime, 'monotonic'>;
  readonly onChange: () => void;
}

/** The same slices as of writing: records are decoded while they are read. */
const SLICE_MS = 12;

/** Reads a file that another view made. Rejects with what was expected and what came. */
export async function openBundle(
  file: Pick<File, 'name' | 'stream'>,
  { runtime, onChange }: OpenOptions,
): Promise<Session> {
  const { monotonic } = runtime;
  const parser = createBundleParser();
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let sliceAt = monotonic();
  for (;;) {
    const { done, value = '' } = await reader.read();
    if (done) break;
    const [first = '', ...more] = value.split('\n');
    rest += first;
    // A long line comes in many pieces: put together once, when its end is there.
    const last = more.pop();
    if (last === undefined) continue;
    const lines = [rest, ...more];
    rest = last;
    for (const line of lines) {
      parser.line(line);
      if (monotonic() - sliceAt < SLICE_MS) continue;
      await nextTask();
      sliceAt = monotonic();
    }
  }
  if (rest !== '') parser.line(rest);
  return await createReplay({ bundle: parser.end(), name: file.name, runtime, onChange });
}
