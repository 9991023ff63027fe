/** Entry `rivulet/encryption`. No code. */

export type { LogCipher } from '../queue/types.ts';
export { aesGcm } from './aes-gcm.ts';
