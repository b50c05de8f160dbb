import assert from 'node:assert/strict';
import { referencesOf } from '../../../../src/diagnosis/sources/references.ts';

const names = (spec: unknown): string[] =>
  referencesOf(spec, 'shop').map(({ kind, name }) => `${kind} ${name}`);

describe('the ConfigMaps and Secrets that a pod needs', () => {
  it('are found wherever a pod refers to one, each once', () => {
    const spec = {
      initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'a' } }] }],
      containers: [
        {
          name: 'app',
          envFrom: [{ secretRef: { name: 'b' } }, { configMapRef: { name: 'a' } }],
          env: [
            { name: 'PLAIN', value: 'x' },
            { name: 'FROM_MAP', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
            { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'd', key: 'k' } } },
            { name: 'FROM_FIELD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
        },
      ],
      volumes: [
        { name: 'v1', configMap: { name: 'e' } },
        { name: 'v2', secret: { secretName: 'f' } },
        { name: 'v3', projected: { sources: [{ secret: { name: 'g' } }, { configMap: { name: 'h' } }] } },
        { name: 'v4', emptyDir: {} },
      ],
    };
    assert.deepEqual(names(spec), [
      'ConfigMap a',
      'Secret b',
      'ConfigMap c',
      'Secret d',
      'ConfigMap e',
      'Secret f',
      'Secret g',
      'ConfigMap h',
    ]);
  });

  it('are not those that it can do without', () => {
    const optional = {
      containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'a', optional: true } }] }],
      volumes: [{ name: 'v', secret: { secretName: 'b', optional: true } }],
    };
    assert.deepEqual(names(optional), []);
    assert.deepEqual(names(undefined), []);
  });
});
