/** Where an export goes: straight into a file that a person chose, where the browser can, or into a download. */

export interface FileSink {
  readonly write: (text: string) => void;
  /** Everything is written. */
  readonly close: () => Promise<void>;
  /** Nothing is kept. */
  readonly abort: () => Promise<void>;
}

interface PickerWindow {
  readonly showSaveFilePicker?: (options: {
    readonly suggestedName: string;
  }) => Promise<{ readonly createWritable: () => Promise<Writable> }>;
}

interface Writable {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly abort: () => Promise<void>;
}

/** Text that is written at once: a write for every line would take longer than all else. */
const CHUNK_CHARACTERS = 262_144;

/** Asks for a file at once, as long as the browser takes it for a person's wish. `undefined` where the person changed their mind. */
export async function openFileSink(name: string, type: string): Promise<FileSink | undefined> {
  const { showSaveFilePicker } = window as unknown as PickerWindow;
  if (!showSaveFilePicker) return createDownload(name, type);
  try {
    const file = await showSaveFilePicker.call(window, { suggestedName: name });
    return createWriter(await file.createWritable());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // Refused in a frame of another origin, or by a policy: a download is allowed there.
    return createDownload(name, type);
  }
}

/** Hands on what is written once there is enough of it. */
function inChunks(take: (text: string) => void): Pick<FileSink, 'write'> & { flush: () => void } {
  let waiting = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    take(text);
  };
  return {
    write: (text) => {
      waiting += text;
      if (waiting.length >= CHUNK_CHARACTERS) flush();
    },
    flush,
  };
}

function createWriter(file: Writable): FileSink {
  let written: Promise<void> = Promise.resolve();
  const { write, flush } = inChunks((text) => {
    written = written.then(() => file.write(text));
    // Who closes hears of it.
    written.catch(() => {});
  });
  return {
    write,
    close: async () => {
      flush();
      await written;
      await file.close();
    },
    abort: async () => {
      await file.abort().catch(() => {});
    },
  };
}

function createDownload(name: string, type: string): FileSink {
  const parts: Blob[] = [];
  // A Blob may lie on disk; a string lies in the page's memory.
  const { write, flush } = inChunks((text) => parts.push(new Blob([text])));
  return {
    write,
    close: async () => {
      flush();
      const url = URL.createObjectURL(new Blob(parts, { type }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      // The download has begun by then, and has the data.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    abort: async () => {
      parts.length = 0;
    },
  };
}
