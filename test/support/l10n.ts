/** What `npm run l10n` writes: every text of the extension's source that is prepared for translation, in `l10n/bundle.l10n.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { root } from './paths.ts';

/** Where translators find the texts. */
export const bundle = join(root, 'l10n/bundle.l10n.json');

/** The texts of the source, in the order of the alphabet, as the file holds them. */
export async function sourceTexts(): Promise<string> {
  const src = join(root, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(src, path), 'utf8'))
    .filter((contents) => contents.includes('l10n.t('));
  const texts = await getL10nJson(files.map((contents) => ({ contents, extension: '.ts' })));
  const sorted = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

if (import.meta.main) {
  await mkdir(join(root, 'l10n'), { recursive: true });
  await writeFile(bundle, await sourceTexts());
}
