/** What the pages of the browser tests run: the client as a bundler would take it. */
export { clicks, pageViews } from '../../../src/capture/index.ts';
export { createClient } from '../../../src/index.ts';
