/** The texts that people read can be translated: none is missing, and none is left over. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundle, sourceTexts } from '../../support/l10n.ts';
import { keyOf, manifestTexts, rawManifest } from '../../support/manifest.ts';

/** What people read of package.json, by the name of the property. */
const readable = new Set([
  'title',
  'shortTitle',
  'description',
  'markdownDescription',
  'userDescription',
  'displayName',
  'label',
  'contents',
  'altText',
  'contextualTitle',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'enumItemLabels',
  'errorMessage',
]);
/** What the product is called is the same in every language. */
const names = new Set(['Oncall', 'Oncall Agent']);

/** Each text below a value with the path to it. */
function* texts(value: unknown, path: readonly string[] = []): Generator<[readonly string[], string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) yield* texts(each, [...path, key]);
  }
}

/** Whether a path of package.json leads to what a person reads; what a model reads stays as it is. */
function isRead(path: readonly string[]): boolean {
  if (path.includes('inputSchema') || (path.includes('properties') && path.at(-2) === 'properties'))
    return false;
  const name = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
  return readable.has(name) || (name === 'name' && path.includes('views'));
}

describe('For translators', () => {
  it('every text of package.json that people read stands in package.nls.json', () => {
    const bare = [...texts(rawManifest)].filter(
      ([path, text]) => isRead(path) && keyOf(text) === undefined && !names.has(text),
    );
    assert.deepEqual(
      bare.map(([path, text]) => `${path.join('.')}: ${text}`),
      [],
    );
  });

  it('package.nls.json holds what package.json asks for, and nothing else', () => {
    const asked = new Set([...texts(rawManifest)].flatMap(([, text]) => keyOf(text) ?? []));
    assert.deepEqual(Object.keys(manifestTexts).sort(), [...asked].sort());
    for (const [key, text] of Object.entries(manifestTexts)) assert.ok(text.trim() !== '', key);
  });

  it('the bundle holds every text of the source: "npm run l10n" writes it', async function () {
    // Its parser takes long to load on a busy machine.
    this.timeout(120_000);
    assert.equal(readFileSync(bundle, 'utf8'), await sourceTexts());
    assert.equal((rawManifest as { l10n?: string }).l10n, './l10n');
  });
});
