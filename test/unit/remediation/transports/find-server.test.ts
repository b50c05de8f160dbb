import assert from 'node:assert/strict';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findMcpServer } from '../../../../src/remediation/transports/find-server.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';

describe('the program of the MCP server', () => {
  let scratch: Scratch;
  let bin: string;
  let script: string;
  let program: string;

  /** An installation as npm makes it: a link to a script, and the program for this system in a package of its own. */
  before(async () => {
    scratch = await scratchFolder('mcp-server');
    const root = await realpath(scratch.path);
    const modules = join(root, 'lib', 'node_modules');
    const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const native = `kubernetes-mcp-server-${system}`;
    bin = join(root, 'bin');
    script = join(modules, 'kubernetes-mcp-server', 'bin', 'index.js');
    program = join(modules, native, 'bin', process.platform === 'win32' ? `${native}.exe` : native);
    for (const folder of [bin, join(script, '..'), join(program, '..')])
      await mkdir(folder, { recursive: true });
    for (const file of [script, program]) await writeFile(file, '#!/bin/sh\n', { mode: 0o755 });
    await symlink(script, join(bin, 'kubernetes-mcp-server'));
  });
  after(() => scratch.remove());

  it('is the native one, wherever the path leads to the script of the npm package', async () => {
    assert.equal(await findMcpServer(script, {}), program);
    assert.equal(await findMcpServer(join(bin, 'kubernetes-mcp-server'), {}), program);
    assert.equal(await findMcpServer(undefined, { PATH: ['relative', bin].join(delimiter) }), program);
    assert.equal(await findMcpServer(program, {}), program);
  });

  it('is never one in the current folder', async () => {
    await assert.rejects(
      findMcpServer('kubernetes-mcp-server', {}),
      /"oncall\.mcp\.serverPath" is not an absolute path/,
    );
    await assert.rejects(
      findMcpServer(undefined, { PATH: '.' }),
      /No kubernetes-mcp-server was found on the search path/,
    );
  });

  it('is not the script where the program for this system is not installed', async () => {
    const lonely = join(scratch.path, 'lonely', 'kubernetes-mcp-server', 'bin', 'index.js');
    await mkdir(join(lonely, '..'), { recursive: true });
    await writeFile(lonely, '#!/bin/sh\n', { mode: 0o755 });
    await assert.rejects(findMcpServer(lonely, {}), { code: 'mcp-unavailable', next: /npm install -g/ });
  });
});
