import assert from 'node:assert/strict';
import fc from 'fast-check';
import { missingReference } from '../../../src/diagnosis/missing-reference.ts';

describe('what a container waits for', () => {
  it('is a ConfigMap, a Secret or a key of one', () => {
    assert.deepEqual(missingReference('configmap "shop" not found'), { kind: 'ConfigMap', name: 'shop' });
    assert.deepEqual(missingReference('secret "db" not found'), { kind: 'Secret', name: 'db' });
    assert.deepEqual(missingReference("couldn't find key url in Secret shop/db"), {
      kind: 'Secret',
      name: 'db',
      key: 'url',
    });
    assert.deepEqual(
      missingReference('MountVolume.SetUp failed for volume "v" : configmap "shop" not found'),
      {
        kind: 'ConfigMap',
        name: 'shop',
      },
    );
  });

  it('is nothing of the kind where the kubelet complains of something else', () => {
    const other = 'container has runAsNonRoot and image will run as root';
    assert.equal(missingReference(other), undefined);
    fc.assert(
      fc.property(fc.string(), (text) => {
        missingReference(text);
      }),
    );
  });
});
