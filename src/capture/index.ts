/** Entry `rivulet/capture`: sources for `createClient({ capture: [ … ] })`. No code. */

export { type BatteryOptions, battery } from './battery.ts';
export { type CampaignOptions, campaigns } from './campaigns.ts';
export { type ClickOptions, clicks } from './clicks.ts';
export { type ConnectionOptions, connection } from './connection.ts';
export { copyAndPrint } from './copy-and-print.ts';
export { type DeadClickOptions, deadClicks } from './dead-clicks.ts';
export { type ErrorOptions, type ErrorSource, errors } from './errors.ts';
export { forms } from './forms.ts';
export { type HeartbeatOptions, heartbeat } from './heartbeat.ts';
export { type LongFrameOptions, longFrames } from './long-frames.ts';
export { media } from './media.ts';
export { type MemoryOptions, memory } from './memory.ts';
export { type MetricsOptions, metrics } from './metrics.ts';
export { type NetworkOptions, network } from './network.ts';
export { type PageLeaveOptions, pageLeave } from './page-leave.ts';
export { type PageViewOptions, pageViews } from './page-views.ts';
export { type PositionOptions, position } from './position.ts';
export { type RageClickOptions, rageClicks } from './rage-clicks.ts';
export { type ReportOptions, reports } from './reports.ts';
export { type ResourceOptions, resources } from './resources.ts';
export { type SensorsOptions, type SensorType, sensors } from './sensors.ts';
export { type SiteSearchOptions, siteSearch } from './site-search.ts';
export { type StorageOptions, storage } from './storage.ts';
export { tabId } from './tab-id.ts';
export type { CaptureHost, CaptureSource } from './types.ts';
export { type VisibilityOptions, visibility } from './visibility.ts';
export { type WebVitalsOptions, webVitals } from './web-vitals.ts';
