/** Entry `rivulet/identity`: where a visitor is kept, and when a session begins. No code. */
export { type CookieOptions, cookies } from './cookies.ts';
export { atMidnight, type CampaignOptions, onCampaign } from './session-rules.ts';
