/** How the stream is reached: by the page's own reader, or through the relay's read door with the token that a person gave. */

import type { KinesisReader } from '../../consumer/options.ts';
import type { Consumer } from '../../consumer/types.ts';
import type { Runtime } from '../../runtime.ts';
import type { ReadTokens } from '../frame/read-token.ts';
import type { ReadTokenControl, Reopening, ViewSettings } from '../types.ts';
import { openConsumer, readerOf } from './open-consumer.ts';

export interface StreamAccess {
  readonly readToken: ReadTokenControl;
  /** What reads the source. Throws where the page gave a wrong option. */
  readonly open: (reopening: Reopening) => Consumer | undefined;
  readonly reader: () => KinesisReader | undefined;
}

export interface StreamAccessOptions {
  readonly settings: () => ViewSettings;
  readonly runtime: Runtime;
  readonly tokens: ReadTokens;
  /** The relay takes the token, or does not any more. */
  readonly onChange: () => void;
  /** A person gave another token. */
  readonly onToken: () => void;
}

export function createStreamAccess(options: StreamAccessOptions): StreamAccess {
  const { settings, runtime, tokens } = options;
  let isRefused = false;

  const endpoint = (): string => settings().source?.endpoint ?? '';
  const needsToken = (): boolean => {
    const { source } = settings();
    return !!source?.endpoint && !source.kinesis && !source.consumer;
  };
  /** The platform, but for what the read door answers: one that refuses the token has a person asked for another. */
  const door: Runtime = {
    ...runtime,
    fetch: async (input, init) => {
      const response = await runtime.fetch(input, init);
      const refused = response.status === 401 || response.status === 403;
      if (refused !== isRefused) {
        isRefused = refused;
        options.onChange();
      }
      return response;
    },
  };

  return {
    readToken: {
      isNeeded: () => needsToken() && (isRefused || !tokens.of(endpoint())),
      give: (token) => {
        tokens.keep(endpoint(), token);
        isRefused = false;
        options.onToken();
      },
    },
    open: (reopening) => openConsumer(settings().source, reopening, door, tokens.of(endpoint())),
    reader: () => readerOf(settings().source, door, tokens.of(endpoint())),
  };
}
