/** `npm start` on a machine without a display: what a newcomer types first. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { artifacts, root } from '../support/paths.ts';
import { run } from '../support/processes.ts';

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
});
