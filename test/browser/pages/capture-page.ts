/** What the pages of the capture tests run: the client, and every source by the name that the entry exports it under. */

export * as sources from '../../../src/capture/index.ts';
export * as identity from '../../../src/identity/index.ts';
export { createClient } from '../../../src/index.ts';
export { happen, leakOptions } from '../../helpers/commotion.ts';
