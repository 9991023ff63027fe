/**
 * In place of the AWS SDK's commands in `rivulet-debug.js`, whose page mostly has no SDK: a name and an input, which is all that
 * the read door's reader asks for. They are 8 kB less (gzip). A client of the SDK's, if the page has one, gets the real ones.
 */

import type * as Sdk from './sdk-commands.ts';

type Handler = (command: { readonly input: unknown }) => Promise<unknown>;

/** The part of a command that a client of the SDK's calls. */
interface Command {
  readonly input: unknown;
  /** What the client's middleware makes of a command. */
  readonly resolveMiddleware: (stack: unknown, configuration: unknown, options: unknown) => Handler;
}

function commandOf(name: keyof typeof Sdk): new (input: unknown) => Command {
  return class {
    readonly input: unknown;
    constructor(input: unknown) {
      this.input = input;
    }
    resolveMiddleware(stack: unknown, configuration: unknown, options: unknown): Handler {
      return async ({ input }) => {
        const commands = await import('./sdk-commands.ts');
        const Real = commands[name] as unknown as new (input: unknown) => Command;
        const command = new Real(input);
        return command.resolveMiddleware(stack, configuration, options)(command);
      };
    }
  };
}

export const DescribeStreamSummaryCommand: new (input: unknown) => Command = commandOf(
  'DescribeStreamSummaryCommand',
);
export const GetRecordsCommand: new (input: unknown) => Command = commandOf('GetRecordsCommand');
export const GetShardIteratorCommand: new (input: unknown) => Command =
  commandOf('GetShardIteratorCommand');
export const ListShardsCommand: new (input: unknown) => Command = commandOf('ListShardsCommand');
