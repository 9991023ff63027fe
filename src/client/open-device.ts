import { createMemoryLog } from '../queue/memory-log.ts';
import { openLog } from '../queue/open-log.ts';
import type { LogCipherSetting, SegmentLog } from '../queue/types.ts';
import type { ResolvedOptions } from './options.ts';

/** The log on the device, behind its cipher where there is one. */
export function openDevice(
  { runtime, databaseName, cipher }: ResolvedOptions,
  { onChange, onError }: Pick<LogCipherSetting, 'onChange' | 'onError'>,
): SegmentLog {
  const { indexedDB, storage, subtle } = runtime;
  const log = openLog({
    ...{ indexedDB, storage, databaseName, runtime, onError },
    // Without a key everything stays in memory, whatever becomes of the database.
    onChange: ({ inMemory }) => onChange({ kind: device.kind, inMemory }),
  });
  const device = cipher ? cipher(log, { subtle, memory: createMemoryLog, onChange, onError }) : log;
  return device;
}
