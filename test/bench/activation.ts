/** How long `activate()` holds up a start of VS Code, in real extension hosts: each reload of the window starts one. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import type { Measured } from '../support/measured.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { openWorkbench } from '../support/vscode/browser.ts';
import { startVSCode } from '../support/vscode/server.ts';

const rounds = 9;
const goalMs = 20;

interface Times {
  readonly loadMs: number;
  readonly activateMs: number;
}

/** The extension as it is built, started by a clock. */
const clock = (log: string) => `'use strict';
const { appendFileSync } = require('node:fs');
const start = performance.now();
const extension = require('./dist/extension.js');
const loadMs = performance.now() - start;
exports.activate = (context) => {
  const begin = performance.now();
  const face = extension.activate(context);
  const activateMs = performance.now() - begin;
  appendFileSync(${JSON.stringify(log)}, JSON.stringify({ loadMs, activateMs }) + '\\n');
  return face;
};
exports.deactivate = () => extension.deactivate();
`;

export async function rows(): Promise<Measured[]> {
  const scratch = await scratchFolder('bench-activation');
  const log = join(scratch.path, 'times');
  const extensionPath = join(scratch.path, 'extension');
  const folder = join(scratch.path, 'empty');
  await Promise.all([mkdir(extensionPath), mkdir(folder), writeFile(log, '')]);
  for (const part of ['dist', 'media', 'l10n', 'package.nls.json'])
    await symlink(join(root, part), join(extensionPath, part));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
  await writeFile(join(extensionPath, 'package.json'), JSON.stringify({ ...manifest, main: './clock.js' }));
  await writeFile(join(extensionPath, 'clock.js'), clock(log));
  const vscode = await startVSCode({ extensionPath, smokeTestDriver: false, folder, env: testEnvironment() });
  try {
    const workbench = await openWorkbench(vscode);
    let times: Times[] = [];
    // The first one finds nothing in any cache.
    while (times.length < rounds + 1) {
      const before = times.length;
      if (before > 0) await workbench.page.reload();
      times = await waitFor(
        'the extension is active',
        async () => {
          const lines = (await readFile(log, 'utf8')).trim().split('\n').filter(Boolean);
          return lines.length > before ? lines.map((line) => JSON.parse(line) as Times) : undefined;
        },
        { timeoutMs: 60_000 },
      );
    }
    await workbench.close();
    const measured = times.slice(1);
    const activateMs = median(measured.map((each) => each.activateMs));
    const loadMs = median(measured.map((each) => each.loadMs));
    return [
      {
        name: 'activate(), in a real extension host',
        value: `${activateMs.toFixed(1)} ms (and ${loadMs.toFixed(1)} ms to load dist/extension.js)`,
        goal: `<= ${goalMs} ms`,
        met: activateMs <= goalMs,
      },
    ];
  } finally {
    await vscode.close();
    await scratch.remove();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
