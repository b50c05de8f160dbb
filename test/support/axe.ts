/** Asks axe (Deque's rules for WCAG 2) whether people can use a page who do not see it, or not well. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What nobody may ship, by axe's own impact of a rule. */
const grave: ReadonlySet<string | null | undefined> = new Set(['serious', 'critical']);

/**
 * Fails where a webview, as it is shown now, has a fault of serious or critical impact.
 * @param frame of the webview's own document
 * @throws AssertionError that lists each fault with its elements
 */
export async function expectNoSeriousFault(frame: Frame): Promise<void> {
  await frame.evaluate(await readFile(source, 'utf8'));
  // The frames around are VS Code's.
  const { violations } = (await frame.evaluate(
    `axe.run(document, { iframes: false, resultTypes: ['violations'] })`,
  )) as AxeResults;
  const faults = violations
    .filter(({ impact }) => grave.has(impact))
    .map(({ id, impact, help, nodes }) => {
      const places = nodes.map(({ target, failureSummary = '' }) => {
        const why = failureSummary.split('\n').slice(1).join(' ').trim();
        return `    ${target.join(' ')}: ${why}`;
      });
      return `${impact}: ${help} (${id})\n${places.join('\n')}`;
    });
  assert.equal(faults.length, 0, `axe has found:\n${faults.join('\n')}`);
}
