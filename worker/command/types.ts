import { readFile, writeFile } from 'node:fs/promises';
import { CommandError } from './command-error.ts';
import { type Command, readFlags } from './flags.ts';
import { readArgument } from './given-token.ts';
import { MARK, planTypes } from './typescript/plan-types.ts';
import { readPlan } from './typescript/read-plan.ts';
import { readText } from './variables.ts';

export const types: Command = {
  help: `Writes TypeScript for the events of a tracking plan: createClient<Events>() knows their names and properties.

  rivulet types FILE                       prints it; - reads the plan from the standard input
  rivulet types FILE --out events.ts       writes it
  rivulet types FILE --out events.ts --check   writes nothing; exit code 1: it is not what the plan says

FILE is the "plan" of a source, a source that has one, or what Segment's Public API answers for the rules of a tracking plan.

  --out FILE          a new file, or one that this command made
  --check             for a build: whether FILE is up to date
`,

  async run(args) {
    const flags = { out: { type: 'string' }, check: { type: 'boolean' } } as const;
    const { values, positionals } = readFlags(args, flags, { least: 1, most: 1 });
    const [file = '-'] = positionals;
    const { out, check = false } = values;
    if (check && out === undefined) throw new CommandError('--check: expected --out with it', 2);
    const given = file === '-' ? await readArgument(file) : await readText(file, file);
    const events = readPlan(file === '-' ? 'standard input' : file, given);
    const text = planTypes(events);
    if (out === undefined) {
      process.stdout.write(text);
      return undefined;
    }
    const found = await readIfThere(out);
    if (check) return tellWhetherStale(out, found === text);
    if (found !== undefined && !found.startsWith(MARK)) {
      throw new CommandError(`--out: expected a new file or one of this command's, got ${out}`);
    }
    if (found !== text) await write(out, text);
    console.error(`${out}: events: ${events.length}`);
    return undefined;
  },
};

function tellWhetherStale(file: string, isFresh: boolean): number {
  console.error(
    `${file}: ${isFresh ? 'up to date' : 'expected what the plan says, got something else'}`,
  );
  return isFresh ? 0 : 1;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    // A checkout of Windows may have other ends of lines.
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandError(`--out: expected a file that can be read, got ${file}`, 1, { cause });
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new CommandError(`--out: expected a file that can be written, got ${file}`, 1, { cause });
  }
}
