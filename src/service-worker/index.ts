/** Entry `rivulet/service-worker`. No code. */

export { type BackgroundSyncOptions, backgroundSync } from './background-sync.ts';
export { type BackgroundOptions, deliverInBackground } from './deliver-in-background.ts';
