import assert from 'node:assert/strict';
import { delimiter, join, resolve } from 'node:path';
import {
  chooseKubeconfig,
  kubeconfigPaths,
  type KubeconfigContents,
} from '../../../src/cluster/kubeconfig.ts';
import { isOncallError, type OncallErrorCode } from '../../../src/domain/error.ts';

const files: Record<string, KubeconfigContents> = {
  '/a': { currentContext: 'two', contexts: ['one'] },
  '/b': { currentContext: 'one', contexts: ['one', 'two'] },
  '/none': { currentContext: undefined, contexts: ['three'] },
};
const read = (path: string): KubeconfigContents | undefined => files[path];

function failsWith(code: OncallErrorCode, words: RegExp, work: () => unknown): void {
  assert.throws(work, (error) => {
    assert.ok(isOncallError(error));
    assert.equal(error.code, code);
    assert.match(error.explanation, words);
    return true;
  });
}

describe('the kubeconfig', () => {
  it('is the one that is named, before KUBECONFIG, before the one at home', () => {
    const env = { HOME: '/home/ann', KUBECONFIG: ['/a', '', '/b'].join(delimiter) };
    assert.deepEqual(kubeconfigPaths('/x', env), [resolve('/x')]);
    assert.deepEqual(kubeconfigPaths('~/x', env), [resolve('/home/ann/x')]);
    assert.deepEqual(
      kubeconfigPaths(undefined, env),
      ['/a', '/b'].map((path) => resolve(path)),
    );
    assert.deepEqual(kubeconfigPaths('', { HOME: '/home/ann' }), [join('/home/ann', '.kube', 'config')]);
  });

  it('is the first file that holds the wanted context', () => {
    assert.equal(chooseKubeconfig(['/a', '/b'], 'one', read).path, '/a');
    assert.equal(chooseKubeconfig(['/a', '/b'], 'two', read).path, '/b');
  });

  it('gives the current context of the first file that sets one, as kubectl does', () => {
    const { path, context } = chooseKubeconfig(['/missing', '/none', '/a', '/b'], undefined, read);
    assert.equal(context, 'two');
    assert.equal(path, '/b');
  });

  it('is missed by its path', () => {
    failsWith('kubeconfig-missing', /\/x or \/y.*oncall\.kubernetes\.kubeconfig/, () =>
      chooseKubeconfig(['/x', '/y'], undefined, read),
    );
  });

  it('says which contexts there are when the wanted one is not among them', () => {
    failsWith('context-missing', /no context "prod".*one, two/, () =>
      chooseKubeconfig(['/a', '/b'], 'prod', read),
    );
    failsWith('context-missing', /sets no current context.*three/, () =>
      chooseKubeconfig(['/none'], undefined, read),
    );
  });

  it('is named when it is broken', () => {
    failsWith('kubeconfig-invalid', /\/a cannot be read: bad indentation/, () =>
      chooseKubeconfig(['/a'], undefined, () => {
        throw new Error('bad indentation\n 3 | x');
      }),
    );
  });
});
