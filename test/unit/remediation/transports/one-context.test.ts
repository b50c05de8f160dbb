import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeOneContext } from '../../../../src/remediation/transports/one-context.ts';
import { scratchFolder, type Scratch } from '../../../support/scratch.ts';
import { ensureKubectl } from '../../../support/vscode/install.ts';

interface Config {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: Record<string, string> }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: { readonly tokenFile?: string; readonly exec?: { readonly command: string } };
  }[];
}

/** Two contexts of two clusters; JSON is YAML. */
const kubeconfig = (user: object) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'production',
    contexts: ['production', 'staging'].map((name) => ({
      name,
      context: { cluster: name, user: `${name}-user` },
    })),
    clusters: ['production', 'staging'].map((name) => ({
      name,
      cluster: { server: `https://${name}.example.com`, 'certificate-authority': 'ca.crt' },
    })),
    users: ['production', 'staging'].map((name) => ({ name: `${name}-user`, user })),
  });

describe('the kubeconfig of an MCP server', function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let kubectl: string;

  before(async () => {
    scratch = await scratchFolder('one-context');
    kubectl = await ensureKubectl();
    await mkdir(join(scratch.path, 'kube'));
    await writeFile(join(scratch.path, 'kube', 'ca.crt'), 'certificate');
  });
  after(() => scratch.remove());

  const pinned = async (context: string, user: object) => {
    const path = join(scratch.path, 'kube', 'config');
    await writeFile(path, kubeconfig(user));
    return writeOneContext(
      { kubectl, kubeconfig: path, context, env: process.env },
      AbortSignal.timeout(60_000),
    );
  };

  it('holds the pinned context and nothing of any other, with its certificate', async () => {
    const file = await pinned('staging', { token: 't' });
    try {
      const config = JSON.parse(await readFile(file.path, 'utf8')) as Config;
      assert.equal(config['current-context'], 'staging');
      for (const list of [config.contexts, config.clusters])
        assert.deepEqual(
          list.map(({ name }) => name),
          ['staging'],
        );
      assert.deepEqual(
        config.users.map(({ name }) => name),
        ['staging-user'],
      );
      assert.equal(
        config.clusters[0]?.cluster['certificate-authority-data'],
        Buffer.from('certificate').toString('base64'),
      );
    } finally {
      await file.remove();
    }
  });

  it('is read by nobody else, and goes with its folder', async () => {
    const file = await pinned('staging', { token: 't' });
    assert.equal((await stat(file.path)).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(file.path))).mode & 0o777, 0o700);
    await file.remove();
    assert.equal(existsSync(dirname(file.path)), false);
  });

  it('still finds the token file and the credential plugin that the original named beside itself', async () => {
    const folder = join(scratch.path, 'kube');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const users = [
      { tokenFile: 'token' },
      { exec: { ...exec, command: './plugin' } },
      { exec: { ...exec, command: 'aws' } },
    ];
    const found = [];
    for (const user of users) {
      const file = await pinned('production', user);
      const config = JSON.parse(await readFile(file.path, 'utf8')) as Config;
      found.push(config.users[0]?.user.tokenFile ?? config.users[0]?.user.exec?.command);
      await file.remove();
    }
    assert.deepEqual(found, [join(folder, 'token'), join(folder, 'plugin'), 'aws']);
  });

  it('is not made for a context that is not there', async () => {
    await assert.rejects(pinned('development', {}), {
      code: 'mcp-unavailable',
      message: /does not show the context "development"/,
    });
  });
});
