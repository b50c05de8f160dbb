import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { cleanedEnvironment, findKubectl } from '../../../src/remediation/kubectl.ts';
import { isOncallError, type OncallError } from '../../../src/domain/error.ts';

describe('finding kubectl', () => {
  let folder: string;
  let good: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-kubectl-'));
    good = join(folder, 'good');
    for (const name of ['good', 'plain', 'folder/kubectl'])
      await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(good, 'kubectl'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(join(folder, 'plain', 'kubectl'), 'no program', { mode: 0o644 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const missing = async (promise: Promise<string>): Promise<OncallError> => {
    const error: unknown = await promise.then(
      (path) => assert.fail(`found ${path}`),
      (reason: unknown) => reason,
    );
    assert(isOncallError(error));
    assert.equal(error.code, 'kubectl-missing');
    return error;
  };

  it('takes the first one on the search path that can be run', async () => {
    const path = ['/nowhere', join(folder, 'plain'), join(folder, 'folder'), good].join(delimiter);
    assert.equal(await findKubectl(undefined, { PATH: path }, []), join(good, 'kubectl'));
  });

  it('takes the configured one', async () => {
    assert.equal(await findKubectl(join(good, 'kubectl'), { PATH: '' }, []), join(good, 'kubectl'));
  });

  it('looks in the usual folders last', async () => {
    assert.equal(await findKubectl('', { PATH: '/nowhere' }, [good]), join(good, 'kubectl'));
  });

  it('never looks in the current folder', async () => {
    const here = relative(process.cwd(), good);
    for (const path of [here, '', '.', `${delimiter}${here}${delimiter}`]) {
      await missing(findKubectl(undefined, { PATH: path }, []));
    }
    assert.match((await missing(findKubectl(join(here, 'kubectl'), {}, []))).message, /not an absolute path/);
  });

  it('says where it looked and how to get one', async () => {
    const error = await missing(findKubectl(undefined, { PATH: '/nowhere' }, ['/usual']));
    assert.match(error.message, /\/nowhere, \/usual/);
    assert.match(error.next, /https:\/\/kubernetes\.io\/docs\/tasks\/tools\//);
    assert.match(error.next, /oncall\.kubernetes\.kubectlPath/);
  });

  it('does not fall back from a configured one that is not there', async () => {
    const error = await missing(findKubectl(join(folder, 'plain', 'kubectl'), { PATH: good }, [good]));
    assert.match(error.message, /plain/);
  });
});

describe('the environment of a process', () => {
  it('holds what kubectl and its credential plugins need', () => {
    const needed = {
      HOME: '/home/ada',
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy:3128',
      no_proxy: 'localhost',
      AWS_PROFILE: 'prod',
      AZURE_CONFIG_DIR: '/home/ada/.azure',
      GOOGLE_APPLICATION_CREDENTIALS: '/home/ada/key.json',
      LC_ALL: 'C.UTF-8',
    };
    assert.deepEqual(cleanedEnvironment(needed), { ...needed, KUBERC: 'off' });
  });

  it('holds nothing that redirects kubectl or loads code into it', () => {
    const hostile = {
      KUBECONFIG: '/x',
      KUBECTL_EXTERNAL_DIFF: 'rm',
      KUBECTL_KUBERC: 'true',
      KUBERC: '/x',
      LD_PRELOAD: '/x.so',
      LD_LIBRARY_PATH: '/x',
      DYLD_INSERT_LIBRARIES: '/x',
      NODE_OPTIONS: '--require /x',
      ELECTRON_RUN_AS_NODE: '1',
      BASH_ENV: '/x',
      EDITOR: 'x',
      KUBE_EDITOR: 'x',
      ANTHROPIC_API_KEY: 'k',
      PAGERDUTY_API_TOKEN: 'k',
      GODEBUG: 'x',
    };
    assert.deepEqual(cleanedEnvironment(hostile), { KUBERC: 'off' });
  });

  it('has a search path without the current folder', () => {
    const path = ['.', '/usr/bin', '', 'bin', '/bin'].join(delimiter);
    assert.equal(cleanedEnvironment({ PATH: path })['PATH'], ['/usr/bin', '/bin'].join(delimiter));
  });
});
