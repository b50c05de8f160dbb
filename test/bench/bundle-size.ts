/** How much VS Code reads at start. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/paths.ts';
import type { Measured } from '../support/measured.ts';

const goal = 100;

export async function rows(): Promise<Measured[]> {
  const { size } = await stat(join(root, 'dist/extension.js'));
  return [
    {
      name: 'dist/extension.js, minified',
      value: `${(size / 1000).toFixed(1)} kB`,
      goal: `<= ${goal} kB`,
      met: size <= goal * 1000,
    },
  ];
}
