/** package.json as people read it: with the texts of package.nls.json in the place of their keys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));

/** The texts of package.nls.json by key. */
export const manifestTexts = read('package.nls.json') as Readonly<Record<string, string>>;

/** package.json as it stands in the file. */
export const rawManifest = read('package.json');

/** The key that stands for a text; undefined where the text stands for itself. */
export function keyOf(text: string): string | undefined {
  return /^%([^%]+)%$/.exec(text)?.[1];
}

/** @throws Error where a key has no text */
function withTexts(value: unknown): unknown {
  if (typeof value === 'string') {
    const key = keyOf(value);
    if (key === undefined) return value;
    const text = manifestTexts[key];
    if (text === undefined) throw new Error(`package.nls.json has no ${key}`);
    return text;
  }
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTexts(each)]));
}

/** package.json as people read it. The caller knows the shape of what it looks at. */
export const manifest: unknown = withTexts(rawManifest);
