/** `npm start` on a machine without a display: what a newcomer types first. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { artifacts, root } from '../support/paths.ts';
import { run, startDaemon, waitFor } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { openWorkbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { Person } from './person.ts';

const title = 'KubeDeploymentCrashLooping checkout (shop)';

/** When the parts of the extension were written, in milliseconds. */
const built = () =>
  Promise.all(
    ['extension.js', 'runs.js'].map(async (part) => (await stat(join(root, 'dist', part))).mtimeMs),
  );

describe('npm start', () => {
  it('ends with a workbench that shows the practice incident, and takes nothing from a VS Code that runs already', async () => {
    const before = await built();
    const picture = join(artifacts, 'start.png');
    await rm(picture, { force: true });
    const { code, stdout, stderr } = await run(
      process.execPath,
      ['test/support/start.mjs', '--screenshot', picture],
      {
        cwd: root,
        env: testEnvironment(),
        timeoutMs: 170_000,
      },
    );
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /VS Code with a practice incident: http:\/\/127\.0\.0\.1:\d+/);
    assert.match(stdout, /The practice incident is there/);
    assert.ok(existsSync(picture));
    assert.deepEqual(await built(), before);
  });

  it('works with the kubectl that it has chosen, whatever the login shell finds first: the first incident is solved and undone', async () => {
    const scratch = await scratchFolder('login-shell');
    const [home, folder] = [join(scratch.path, 'home'), join(scratch.path, 'bin')];
    const [asked, used] = [join(scratch.path, 'asked'), join(scratch.path, 'used')];
    await Promise.all([mkdir(home), mkdir(folder)]);
    // As a vendor's, that comes first on the search path of the login shell and does otherwise.
    await writeFile(join(folder, 'kubectl'), `#!/bin/sh\necho "$*" >> '${used}'\nexit 1\n`, { mode: 0o755 });
    const profile = `touch '${asked}'\nexport PATH='${folder}${delimiter}'"$PATH"\n`;
    for (const name of ['.profile', '.bash_profile', '.bashrc']) await writeFile(join(home, name), profile);
    const log = join(scratch.path, 'start.log');
    const start = await startDaemon({
      name: 'npm start',
      command: process.execPath,
      args: ['test/support/start.mjs'],
      cwd: root,
      env: testEnvironment({
        HOME: home,
        SHELL: '/bin/bash',
        BROWSER: 'true',
        DISPLAY: '',
        WAYLAND_DISPLAY: '',
      }),
      log,
    });
    try {
      const url = await waitFor(
        'VS Code is there',
        async () => /VS Code with a practice incident: (\S+)/.exec(await readFile(log, 'utf8'))?.[1],
        { timeoutMs: 120_000, until: start },
      );
      const workbench = await openWorkbench({ url });
      const person = new Person(workbench);
      try {
        await person.remediate(title);
        assert.ok(existsSync(asked), 'the extension host did not ask the login shell');
        const panel = await person.planPanel(title);
        await panel.locator('.card.awaiting-approval').getByText('Approve & Run').click({ timeout: 90_000 });
        await panel.locator('.card.verified').waitFor({ timeout: 120_000 });
        await panel.getByText('Undo…').first().click({ timeout: 60_000 });
        const undo = panel.locator('.card', { has: panel.locator('h3', { hasText: /^Undo$/ }) });
        await undo.getByText('Approve & Run').click({ timeout: 60_000 });
        await panel.locator('.card.undone').waitFor({ timeout: 120_000 });
        await undo.getByText('This step is the way back from step 1.').waitFor();
        await workbench.screenshot('start-undone');
        await workbench.runCommand('Oncall: Doctor');
        const said = `at ${await ensureKubectl()}`;
        await waitFor('the doctor names the kubectl', () => person.shows(said), { timeoutMs: 60_000 });
        assert.equal(existsSync(used), false, 'the kubectl of the login shell was run');
      } catch (error) {
        await workbench.screenshot('failed-start');
        throw error;
      } finally {
        await workbench.close();
      }
    } finally {
      await start.stop();
      await scratch.remove();
    }
  });
});
