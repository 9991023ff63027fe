import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A fenced block of a README, and the heading it stands under. */
export interface Sample {
  readonly heading: string;
  readonly code: string;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** The README's text; or another one's, by its path from the root. */
export function readReadme(path: string = 'README.md'): string {
  return readFileSync(resolve(ROOT, path), 'utf8');
}

/** Every sample in a language, in the order of its README. */
export function readmeSamples(language: 'html' | 'ts', path?: string): readonly Sample[] {
  let heading = '';
  const samples: Sample[] = [];
  const parts = readReadme(path).matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm);
  for (const [, title, fence, code] of parts) {
    if (title) heading = title;
    else if (fence === language && code) samples.push({ heading, code });
  }
  return samples;
}

/** The sample of a heading that holds a text. Fails when the README has none: its test would prove nothing. */
export function readmeSample(language: 'html' | 'ts', heading: string, text = ''): string {
  const sample = readmeSamples(language).find(
    (one) => one.heading === heading && one.code.includes(text),
  );
  if (!sample) throw new Error(`README: expected a ${language} sample under "${heading}"`);
  return sample.code;
}
