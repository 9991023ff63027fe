/** Entry `rivulet/segment`: the calls of Segment's analytics.js. No code. */
export { createAnalytics } from './analytics.ts';
export type {
  Analytics,
  AnalyticsCalls,
  AnalyticsOptions,
  Callback,
  Captured,
  Subject,
  User,
} from './types.ts';
