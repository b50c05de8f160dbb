import assert from 'node:assert/strict';
import { asWritten } from '../../../../src/practice/cluster/written.ts';
import { Rig, deployment } from './ask.ts';

const path = '/apis/apps/v1/namespaces/default/deployments';

describe('What an API server writes of what a client sent', () => {
  it('leaves out nulls, empty lists and maps, and a status where there is none; what says something stays', () => {
    const template = {
      metadata: { creationTimestamp: null, annotations: {}, labels: { app: 'web', tier: null } },
      status: {},
      spec: {
        affinity: null,
        hostNetwork: false,
        automountServiceAccountToken: false,
        tolerations: [],
        nodeSelector: null,
        securityContext: {},
        volumes: [{ name: 'tmp', emptyDir: {} }],
        containers: [{ name: 'app', image: 'web', args: null, resources: { limits: {} } }],
      },
    };
    const sent = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
    assert.deepEqual(asWritten({ ...sent, spec: { paused: false, template } }), {
      ...sent,
      spec: {
        template: {
          metadata: { labels: { app: 'web', tier: '' } },
          spec: {
            automountServiceAccountToken: false,
            securityContext: {},
            volumes: [{ name: 'tmp', emptyDir: {} }],
            containers: [{ name: 'app', image: 'web', resources: {} }],
          },
        },
      },
    });
  });

  it('does so for every way to write: creating, replacing and the patch of kubectl rollout undo', async () => {
    const rig = await Rig.start();
    try {
      const body = deployment('web', 1);
      const { template } = body.spec;
      const withNull = { ...template, metadata: { ...template.metadata, creationTimestamp: null } };
      const sent = { ...body, spec: { ...body.spec, template: withNull } };
      const metadataOf = async () => (await rig.ask(`${path}/web`)).body.spec.template.metadata;
      assert.equal((await rig.create(path, sent)).code, 201);
      assert.deepEqual(await metadataOf(), template.metadata);
      const current = (await rig.ask(`${path}/web`)).body;
      current.spec.template.metadata.creationTimestamp = null;
      assert.equal((await rig.ask(`${path}/web`, { method: 'PUT', body: current })).code, 200);
      assert.deepEqual(await metadataOf(), template.metadata);
      const patch = [{ op: 'replace', path: '/spec/template', value: withNull }];
      const patched = await rig.patch('json', `${path}/web`, patch);
      assert.equal(patched.code, 200);
      assert.deepEqual(await metadataOf(), template.metadata);
      assert.equal(patched.body.metadata.generation, 1);
    } finally {
      await rig.stop();
    }
  });
});
