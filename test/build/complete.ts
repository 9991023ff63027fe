import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const MARK = '‸';

interface Answer {
  readonly id?: number | string;
  readonly method?: string;
  readonly result?: unknown;
}

/** What an editor offers where `‸` stands in a program that imports the built package by its name: the best first. */
export async function complete(program: string): Promise<readonly string[]> {
  const [before = '', after = ''] = program.split(MARK);
  const lines = before.split('\n');
  // Below the project's root, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test/.output-'));
  const file = join(folder, 'program.ts');
  const uri = pathToFileURL(file).href;
  writeFileSync(file, before + after);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "compilerOptions": { "strict": true, "module": "preserve", "target": "es2022" } }',
  );
  const editor = createEditor();
  try {
    await editor.ask('initialize', { processId: null, rootUri: null, capabilities: {} });
    editor.tell('initialized', {});
    editor.tell('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 1, text: before + after },
    });
    const found = (await editor.ask('textDocument/completion', {
      textDocument: { uri },
      position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
    })) as { readonly items: readonly { readonly label: string; readonly sortText?: string }[] };
    return [...(found?.items ?? [])]
      .sort((one, other) => (one.sortText ?? '').localeCompare(other.sortText ?? ''))
      .map(({ label }) => label);
  } finally {
    await editor.close();
    rmSync(folder, { recursive: true });
  }
}

/** microsoft.github.io/language-server-protocol: JSON behind a header with its length. */
function createEditor() {
  const server = spawn(
    process.execPath,
    [resolve(root, 'node_modules/typescript/bin/tsc'), '--lsp', '--stdio'],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const waiting = new Map<unknown, (result: unknown) => void>();
  let asked = 0;
  let rest = Buffer.alloc(0);

  function send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }
  server.stdout.on('data', (part) => {
    rest = Buffer.concat([rest, part]);
    for (;;) {
      const [header, length] =
        /^Content-Length: (\d+)[\s\S]*?\r\n\r\n/.exec(rest.toString('latin1')) ?? [];
      const end = (header?.length ?? 0) + Number(length);
      if (header === undefined || rest.length < end) return;
      const answer: Answer = JSON.parse(rest.subarray(header.length, end).toString());
      rest = rest.subarray(end);
      // It asks for settings too, of which there are none.
      if (answer.method !== undefined && answer.id !== undefined)
        send({ id: answer.id, result: null });
      else if (answer.method === undefined) waiting.get(answer.id)?.(answer.result);
    }
  });

  return {
    ask: (method: string, params: object): Promise<unknown> => {
      const id = ++asked;
      return new Promise((answered) => {
        waiting.set(id, answered);
        send({ id, method, params });
      });
    },
    tell: (method: string, params: object): void => send({ method, params }),
    async close(): Promise<void> {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}
