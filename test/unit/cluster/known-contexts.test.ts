/** The contexts of the kubeconfigs that kubectl would read. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { knownContexts } from '../../../src/cluster/connect.ts';
import { isOncallError } from '../../../src/domain/error.ts';

const kubeconfig = (current: string, contexts: readonly string[], server: string) => `apiVersion: v1
kind: Config
current-context: ${current}
contexts: [${contexts.map((name) => `{ name: ${name}, context: { cluster: c, user: u } }`).join(', ')}]
clusters: [{ name: c, cluster: { server: '${server}' } }]
users: [{ name: u, user: { token: none } }]
`;

describe('The contexts to choose from', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contexts-'));
    await writeFile(join(folder, 'a'), kubeconfig('one', ['one', 'two'], 'https://a.example'));
    await writeFile(join(folder, 'b'), kubeconfig('three', ['two', 'three'], 'https://b.example'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are those of every file, the first file counts, and no file is changed', async () => {
    const paths = [join(folder, 'a'), join(folder, 'b')];
    const before = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    assert.deepEqual(knownContexts({ env: { KUBECONFIG: paths.join(delimiter) } }), [
      { name: 'one', server: 'https://a.example', isCurrent: true },
      { name: 'two', server: 'https://a.example', isCurrent: false },
      { name: 'three', server: 'https://b.example', isCurrent: false },
    ]);
    assert.deepEqual(await Promise.all(paths.map((path) => readFile(path, 'utf8'))), before);
  });

  it('are listed although one of them names a cluster that is nowhere described', async () => {
    await writeFile(
      join(folder, 'c'),
      kubeconfig('lost', ['lost'], 'https://c.example').replace(
        'name: c, cluster: {',
        'name: other, cluster: {',
      ),
    );
    assert.deepEqual(knownContexts({ kubeconfig: join(folder, 'c') }), [{ name: 'lost', isCurrent: true }]);
  });

  it('are asked for in words where there is no kubeconfig', () => {
    assert.throws(
      () => knownContexts({ kubeconfig: join(folder, 'none') }),
      (error) => isOncallError(error) && error.code === 'kubeconfig-missing',
    );
  });
});
