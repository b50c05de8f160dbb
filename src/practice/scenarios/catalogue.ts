/**
 * The catalogue: every folder here that holds a scenario. Adding one is adding a folder.
 * In a bundle, where there are no folders, the build puts the same list in this module's place (esbuild.mjs).
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';

const here = import.meta.dirname;
const folders = readdirSync(here).filter((name) => existsSync(join(here, name, 'scenario.ts')));

export const catalogue: readonly Scenario[] = await Promise.all(
  folders.map(
    async (name) => ((await import(`./${name}/scenario.ts`)) as { readonly scenario: Scenario }).scenario,
  ),
);
