import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { OncallAgent } from '../../../../src/agent.ts';
import {
  makePrivateFolder,
  removeStaleFolders,
} from '../../../../src/remediation/transports/private-folders.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';

describe('a private folder', function () {
  this.timeout(120_000);
  let scratch: Scratch;

  before(async () => (scratch = await scratchFolder('private')));
  after(() => scratch.remove());

  /** One that a process has left that was killed, with a kubeconfig in it. */
  const left = async (): Promise<string> => {
    const module = new URL('../../../../src/remediation/transports/private-folders.ts', import.meta.url).href;
    const program = `import { writeFileSync } from 'node:fs';
const { makePrivateFolder } = await import(${JSON.stringify(module)});
const folder = await makePrivateFolder();
writeFileSync(folder + '/kubeconfig', 'secret', { mode: 0o600 });
process.stdout.write(folder);
setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const folder = said.toString();
    await removeStaleFolders();
    assert.ok(existsSync(join(folder, 'kubeconfig')), 'it stays while its process is there');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    assert.ok(existsSync(join(folder, 'kubeconfig')));
    return folder;
  };

  it('that a killed process left goes at the next start', async () => {
    const folder = await left();
    const agent = new OncallAgent({ journalDirectory: join(scratch.path, 'journal') });
    await agent.open();
    assert.equal(existsSync(folder), false);
    await agent.dispose();
  });

  it('stays while its process is there, and so does one of another machine, or what only looks like one', async () => {
    const own = await makePrivateFolder();
    const unlike = [
      join(tmpdir(), `oncall-mcp-another.machine.example-999999999-${process.pid}`),
      join(tmpdir(), `${basename(own).replace(/\d+-\w+$/, '')}notes`),
    ];
    for (const path of unlike) await mkdir(path);
    await writeFile(join(own, 'kubeconfig'), 'secret');
    const folder = await left();
    await Promise.all([removeStaleFolders(), removeStaleFolders()]);
    assert.equal(existsSync(folder), false);
    for (const path of [own, ...unlike]) assert.ok(existsSync(path), path);
    for (const path of [own, ...unlike]) await rm(path, { recursive: true });
  });
});
