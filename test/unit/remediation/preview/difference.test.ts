import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { difference } from '../../../../src/remediation/preview/difference.ts';

const live: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', generation: 3 },
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', image: 'web:1' }] } } },
  status: { replicas: 3 },
};

describe('What would be different about an object', () => {
  it('is nothing where only the server would write', () => {
    const after = {
      ...live,
      metadata: { ...live.metadata, resourceVersion: '8', generation: 4, managedFields: [{}] },
      status: { replicas: 1 },
    } as KubeObject;
    assert.equal(difference(live, after), undefined);
  });

  it('is shown as lines of YAML, whatever the order of the fields', () => {
    const after: KubeObject = {
      spec: { template: live['spec'].template, replicas: 5 },
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: live.metadata,
    };
    const change = difference(live, after);
    assert.deepEqual(change?.ref, { kind: 'Deployment', namespace: 'shop', name: 'web' });
    assert.match(change.diff, /^--- Deployment shop\/web \(as it is\)\n\+\+\+ .*\(as it would be\)\n/);
    assert.match(change.diff, /\n- {2}replicas: 3\n\+ {2}replicas: 5\n/);
  });

  it('holds no credentials, but shows that one is another', () => {
    const secret = (value: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: value },
    });
    const changed = difference(secret('aHVudGVyMg=='), secret('b3RoZXI='))?.diff ?? '';
    assert.match(changed, /\n- {2}password: .*redacted.*\n\+ {2}password: .*redacted/);
    assert.doesNotMatch(changed, /aHVudGVyMg|b3RoZXI/);
    assert.doesNotMatch(difference(undefined, secret('aHVudGVyMg=='))?.diff ?? '', /aHVudGVyMg/);
  });

  it('is bounded', () => {
    const data = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key-${index}`, 'value']));
    const map = { kind: 'ConfigMap', metadata: { name: 'big' }, data };
    const diff = difference(undefined, map)?.diff ?? '';
    assert(diff.length < 13_000);
    assert.match(diff, /… more is left out\n$/);
  });
});
