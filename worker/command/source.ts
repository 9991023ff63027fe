import * as v from 'valibot';
import { problemsOfSource } from '../configuration/complete-source.ts';
import { writeKeySchema } from '../configuration/source.ts';
import { parseStoredSource } from '../configuration/sources.ts';
import { CommandError } from './command-error.ts';
import { type Command, readFlags, STORE_FLAGS, STORE_HELP } from './flags.ts';
import { readArgument } from './given-token.ts';
import { type Note, type OperatorStore, requireStore } from './operator-store.ts';
import { readText } from './variables.ts';

const PREFIX = 'source/';

export const source: Command = {
  help: `Sources of the store: they win over SOURCES of the same write key, without a deploy.

  rivulet source list
  rivulet source get KEY
  rivulet source put KEY FILE      the source's JSON, checked before it is written; - for the standard input
  rivulet source disable KEY       refuses everything; clients keep their events
  rivulet source enable KEY
  rivulet source delete KEY        then SOURCES holds again

The relay knows it within two minutes. The fields are described in wrangler.toml.

${STORE_HELP}
`,

  async run([what = '', ...args]) {
    const action = Object.hasOwn(actions, what) ? actions[what] : undefined;
    if (!action) {
      const known = Object.keys(actions).join(', ');
      throw new CommandError(`source: expected one of ${known}; see rivulet source --help`, 2);
    }
    const count = action.arguments;
    const { values, positionals } = readFlags(args, STORE_FLAGS, { least: count, most: count });
    const [writeKey = 'none', ...rest] = positionals;
    if (!v.is(writeKeySchema, writeKey)) {
      throw new CommandError('write key: expected 1 to 128 ASCII characters without a space', 2);
    }
    await action.run(await requireStore(values), writeKey, ...rest);
    return undefined;
  },
};

interface Action {
  readonly arguments: number;
  readonly run: (store: OperatorStore, writeKey: string, file?: string) => Promise<void>;
}

const actions: Readonly<Record<string, Action>> = {
  list: { arguments: 0, run: list },
  get: {
    arguments: 1,
    run: async (store, writeKey) => console.log(await getSource(store, writeKey)),
  },
  put: {
    arguments: 2,
    run: async (store, writeKey, file = '-') =>
      putSource(
        store,
        writeKey,
        file === '-' ? await readArgument(file) : await readText(file, file),
      ),
  },
  disable: { arguments: 1, run: (store, writeKey) => change(store, writeKey, true) },
  enable: { arguments: 1, run: (store, writeKey) => change(store, writeKey, false) },
  delete: { arguments: 1, run: deleteSource },
};

async function list(store: OperatorStore): Promise<void> {
  for (const { key, note } of await listSources(store)) {
    console.log([key, note.name, ...(note.disabled ? ['disabled'] : [])].join('\t'));
  }
}

async function getSource(store: OperatorStore, writeKey: string): Promise<string> {
  const text = await store.get(`${PREFIX}${writeKey}`);
  if (text !== null) return text;
  throw new CommandError(
    `${writeKey}: expected a source in the store, got none; those of SOURCES are changed there`,
  );
}

async function putSource(store: OperatorStore, writeKey: string, text: string): Promise<void> {
  const parsed = parseStoredSource(writeKey, text);
  const problems = parsed.ok
    ? // Whether the relay has a secret for Turnstile is not to be seen from here.
      problemsOfSource(parsed.value, { turnstileSecret: 'of the relay' })
    : parsed.problems;
  if (!parsed.ok || problems.length > 0) {
    throw new CommandError(`${writeKey}: not written\n${problems.join('\n')}`);
  }
  const { name, disabled } = parsed.value;
  const others = (await listSources(store)).filter(({ key }) => key !== writeKey);
  const namesake = others.find(({ note }) => note.name === name);
  if (namesake) {
    throw new CommandError(
      `${writeKey}: not written\nname: expected one of its own, got that of ${namesake.key}`,
    );
  }
  const note = { name, disabled };
  await store.put(`${PREFIX}${writeKey}`, JSON.stringify(JSON.parse(text)), { note });
  console.error(`${writeKey}: written; the relay knows it within two minutes`);
}

async function change(store: OperatorStore, writeKey: string, disabled: boolean): Promise<void> {
  const { disabled: _, ...rest } = JSON.parse(await getSource(store, writeKey));
  await putSource(store, writeKey, JSON.stringify({ ...rest, ...(disabled ? { disabled } : {}) }));
}

async function deleteSource(store: OperatorStore, writeKey: string): Promise<void> {
  if (!(await store.delete(`${PREFIX}${writeKey}`))) await getSource(store, writeKey);
  console.error(`${writeKey}: deleted; the relay knows it within two minutes`);
}

/** By write key. */
async function listSources(store: OperatorStore): Promise<{ key: string; note: Note }[]> {
  const entries = await store.list(PREFIX);
  return Promise.all(
    entries.map(async ({ key, note }) => ({
      key: key.slice(PREFIX.length),
      note: note ?? noteOf((await store.get(key)) ?? ''),
    })),
  );
}

/** Of an entry that came another way: it may be anything. */
function noteOf(text: string): Note {
  const parsed = parseStoredSource('any', text);
  return parsed.ok
    ? { name: parsed.value.name, disabled: parsed.value.disabled }
    : { name: '(no source: the relay answers 500)', disabled: false };
}
