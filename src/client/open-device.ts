import { createMemoryLog } from '../queue/memory-log.ts';
import { openLog } from '../queue/open-log.ts';
import type { LogCipherSetting, SegmentLog } from '../queue/types.ts';
import type { ResolvedOptions } from './options.ts';

/** The log on the device, behind its cipher where there is one; in memory where nothing may be stored. */
export function openDevice(
  settings: ResolvedOptions,
  { onChange, onError }: Pick<LogCipherSetting, 'onChange' | 'onError'>,
): SegmentLog {
  const { runtime, cipher } = settings;
  if (settings.cookieless) return createMemoryLog();
  const log = openLog({
    ...runtime,
    ...settings,
    onError,
    // Without a key everything stays in memory, whatever becomes of the database.
    onChange: ({ inMemory }) => onChange({ kind: device.kind, inMemory }),
  });
  const device = cipher?.(log, { ...runtime, memory: createMemoryLog, onChange, onError }) ?? log;
  return device;
}
