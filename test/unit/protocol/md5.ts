import { createHash } from 'node:crypto';

export function nodeMd5(bytes: Uint8Array): Uint8Array {
  return createHash('md5').update(bytes).digest();
}
