/** Entry `rivulet/capture`: sources for `createClient({ capture: [ … ] })`. No code. */
export { clicks } from './clicks.ts';
export { type PageViewOptions, pageViews } from './page-views.ts';
export type { CaptureHost, CaptureSource } from './types.ts';
