/** What a good page is, by its web vitals at the 75th percentile: web.dev/articles/vitals. */

const THRESHOLDS: Readonly<Record<string, readonly [good: number, poor: number]>> = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
};

export type Rating = 'good' | 'needs improvement' | 'poor';

export function rateVital(name: string, p75: number | undefined): Rating | undefined {
  const [good, poor] = (Object.hasOwn(THRESHOLDS, name) && THRESHOLDS[name]) || [];
  if (good === undefined || poor === undefined || p75 === undefined) return undefined;
  if (p75 <= good) return 'good';
  return p75 <= poor ? 'needs improvement' : 'poor';
}
