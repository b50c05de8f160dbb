import assert from 'node:assert/strict';
import { stat, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { AppsV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { Rig, configMap, deployment, pod } from './ask.ts';

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';

describe('a practice cluster', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('writes a kubeconfig that only its owner may read, and that @kubernetes/client-node works with', async () => {
    const { mode } = await stat(rig.cluster.kubeconfig);
    assert.equal(mode & 0o777, 0o600);
    const config = new KubeConfig();
    config.loadFromString(await readFile(rig.cluster.kubeconfig, 'utf8'));
    assert.equal(config.getCurrentContext(), 'practice');

    const deployments = config.makeApiClient(AppsV1Api);
    await deployments.createNamespacedDeployment({ namespace: 'default', body: deployment('web', 2) });
    const patched = await deployments.patchNamespacedDeployment(
      { name: 'web', namespace: 'default', body: { spec: { replicas: 5 } } },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    assert.equal(patched.spec?.replicas, 5);
    const applied = await deployments.patchNamespacedDeployment(
      { name: 'api', namespace: 'default', body: deployment('api', 3), fieldManager: 'test' },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    );
    assert.equal(applied.spec?.replicas, 3);
    const namespaces = await config.makeApiClient(CoreV1Api).listNamespace();
    assert.deepEqual(
      namespaces.items.map((one) => [one.metadata?.name, one.status?.phase]),
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => [name, 'Active']),
    );
  });

  it('says of a Secret that it is there, and no more, to those who ask for metadata alone', async () => {
    const secret = { metadata: { name: 'db' }, stringData: { password: 'p' } };
    await rig.ask(`${core}/secrets`, { method: 'POST', body: secret });
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const { code, body } = await rig.ask(`${core}/secrets/db`, { headers: { accept } });
    assert.deepEqual([code, body.kind, body.metadata.name], [200, 'PartialObjectMetadata', 'db']);
    assert.deepEqual(Object.keys(body).sort(), ['apiVersion', 'kind', 'metadata']);
  });

  it('answers 401 without the token, but says that it is alive', async () => {
    const headers = { Authorization: 'Bearer wrong' };
    const refused = await rig.ask('/api/v1/pods', { headers });
    assert.equal(refused.code, 401);
    assert.equal(refused.body.kind, 'Status');
    assert.equal(refused.body.reason, 'Unauthorized');
    for (const path of ['/healthz', '/readyz', '/livez', '/version']) {
      assert.equal((await rig.ask(path, { headers })).code, 200);
    }
  });

  it('is known by its own certificate authority only', async () => {
    await assert.rejects(
      new Promise((resolve, reject) => {
        request(`${rig.cluster.url}/healthz`, resolve).on('error', reject).end();
      }),
      /certificate/,
    );
  });

  it('gives a new object its identity, and counts versions and generations', async () => {
    const { code, body } = await rig.create(`${apps}/deployments`, deployment('web'));
    assert.equal(code, 201);
    assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
    assert.match(body.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(body.metadata.generation, 1);

    const labelled = await rig.patch('merge', `${apps}/deployments/web`, {
      metadata: { labels: { a: 'b' } },
    });
    assert.equal(labelled.body.metadata.generation, 1);
    assert.ok(Number(labelled.body.metadata.resourceVersion) > Number(body.metadata.resourceVersion));
    const scaled = await rig.patch('merge', `${apps}/deployments/web`, { spec: { replicas: 4 } });
    assert.equal(scaled.body.metadata.generation, 2);
    const same = await rig.patch('merge', `${apps}/deployments/web`, { spec: { replicas: 4 } });
    assert.equal(same.body.metadata.resourceVersion, scaled.body.metadata.resourceVersion);
  });

  it('fills in the defaults that controllers and kubectl rely on', async () => {
    const { spec } = (await rig.create(`${apps}/deployments`, deployment('web'))).body;
    assert.deepEqual(spec.strategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
    });
    assert.equal(spec.revisionHistoryLimit, 10);
    assert.equal(spec.progressDeadlineSeconds, 600);
    assert.equal(spec.template.spec.restartPolicy, 'Always');
    assert.equal(spec.template.spec.containers[0].imagePullPolicy, 'IfNotPresent');

    const made = (await rig.create(`${core}/pods`, pod('p'))).body;
    assert.equal(made.status.phase, 'Pending');
    assert.equal(made.spec.terminationGracePeriodSeconds, 30);

    const service = { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
    const first = (await rig.create(`${core}/services`, service)).body.spec;
    assert.deepEqual(first.ports, [{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    assert.equal(first.type, 'ClusterIP');
    service.metadata.name = 'other';
    const second = (await rig.create(`${core}/services`, service)).body.spec;
    assert.match(first.clusterIP, /^10\.96\.\d+\.\d+$/);
    assert.notEqual(second.clusterIP, first.clusterIP);
  });

  it('keeps what a Secret is given as plain text in base64', async () => {
    const secret = { metadata: { name: 's' }, stringData: { password: 'hunter2' } };
    const { body } = await rig.create(`${core}/secrets`, secret);
    assert.deepEqual(body.data, { password: Buffer.from('hunter2').toString('base64') });
    assert.equal(body.stringData, undefined);
    assert.equal(body.type, 'Opaque');
  });

  it('names objects that ask for a generated name', async () => {
    const body = { metadata: { generateName: 'web-' }, spec: pod('').spec };
    const names = [await rig.create(`${core}/pods`, body), await rig.create(`${core}/pods`, body)].map(
      (reply) => reply.body.metadata.name,
    );
    for (const name of names) assert.match(name, /^web-[a-z0-9]{5}$/);
    assert.notEqual(names[0], names[1]);
  });

  it('keeps status apart from spec', async () => {
    const sent = { ...deployment('web'), status: { replicas: 9 } };
    assert.deepEqual((await rig.create(`${apps}/deployments`, sent)).body.status, {});
    const path = `${apps}/deployments/web`;
    const status = await rig.patch('merge', `${path}/status`, {
      spec: { replicas: 7 },
      status: { replicas: 1 },
    });
    assert.deepEqual(status.body.status, { replicas: 1 });
    assert.equal(status.body.spec.replicas, 1);
    assert.equal(status.body.metadata.generation, 1);
    const spec = await rig.patch('merge', path, { spec: { replicas: 7 }, status: { replicas: 5 } });
    assert.deepEqual(spec.body.status, { replicas: 1 });
    assert.equal(spec.body.spec.replicas, 7);
  });

  it('scales through the scale subresource', async () => {
    await rig.create(`${apps}/deployments`, deployment('web', 2));
    const path = `${apps}/deployments/web/scale`;
    const { body: scale } = await rig.ask(path);
    assert.equal(scale.kind, 'Scale');
    assert.equal(scale.spec.replicas, 2);
    assert.equal(scale.status.selector, 'app=web');
    scale.spec.replicas = 3;
    assert.equal((await rig.ask(path, { method: 'PUT', body: scale })).body.spec.replicas, 3);
    assert.equal((await rig.ask(path, { method: 'PUT', body: scale })).code, 409);
    // Zero is left out.
    assert.deepEqual((await rig.patch('merge', path, { spec: { replicas: 0 } })).body.spec, {});
    assert.equal((await rig.patch('merge', path, { spec: { replicas: -1 } })).code, 422);
  });

  it('stores nothing in a dry run', async () => {
    const before = (await rig.ask('/api/v1/namespaces')).body.metadata.resourceVersion;
    const dry = await rig.create(`${apps}/deployments?dryRun=All`, deployment('web'));
    assert.equal(dry.code, 201);
    assert.equal(dry.body.spec.revisionHistoryLimit, 10);
    assert.equal((await rig.ask(`${apps}/deployments/web`)).code, 404);
    assert.equal((await rig.ask('/api/v1/namespaces')).body.metadata.resourceVersion, before);

    await rig.create(`${apps}/deployments`, deployment('web'));
    const path = `${apps}/deployments/web`;
    const stored = (await rig.ask(path)).body;
    assert.equal(
      (await rig.patch('merge', `${path}?dryRun=All`, { spec: { replicas: 9 } })).body.spec.replicas,
      9,
    );
    await rig.patch('merge', `${path}/scale?dryRun=All`, { spec: { replicas: 9 } });
    await rig.remove(`${path}?dryRun=All`);
    await rig.remove(path, { dryRun: ['All'] });
    await rig.remove(`${apps}/deployments?dryRun=All`);
    assert.deepEqual((await rig.ask(path)).body, stored);
    assert.equal((await rig.remove(`${path}?dryRun=maybe`)).code, 400);
  });

  it('applies: creates what is missing, merges by key, removes what is no longer applied', async () => {
    const path = `${apps}/deployments/web`;
    const query = '?fieldManager=me';
    const full = deployment('web', 3);
    full.metadata.labels = { tier: 'front' };
    assert.equal((await rig.apply(path + query, full)).code, 201);
    await rig.patch('strategic-merge', path, { metadata: { annotations: { by: 'another' } } });
    const { body } = await rig.apply(path + query, deployment('web', 3));
    assert.equal(body.metadata.labels, undefined);
    assert.deepEqual(body.metadata.annotations, { by: 'another' });
    assert.equal(body.metadata.managedFields[0].manager, 'me');
    assert.equal((await rig.apply(path, full)).code, 400);
    const again = await rig.apply(path + query, deployment('web', 3));
    assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion);
  });

  it('shows events in both of their API groups', async () => {
    const event = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'p' },
      reason: 'BackOff',
      message: 'back-off',
      count: 3,
    };
    await rig.create(`${core}/events`, event);
    const { body } = await rig.ask('/apis/events.k8s.io/v1/namespaces/default/events/e');
    assert.equal(body.apiVersion, 'events.k8s.io/v1');
    assert.deepEqual(
      [body.regarding, body.note, body.deprecatedCount],
      [event.involvedObject, 'back-off', 3],
    );
  });

  it('binds a pod to a node once', async () => {
    await rig.create(`${core}/pods`, pod('p'));
    const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };
    assert.equal((await rig.create(`${core}/pods/p/binding`, binding)).code, 201);
    const bound = (await rig.ask(`${core}/pods/p`)).body;
    assert.equal(bound.spec.nodeName, 'n1');
    assert.equal(bound.status.conditions[0].type, 'PodScheduled');
    assert.equal((await rig.create(`${core}/bindings`, binding)).code, 409);
  });

  it('allows everything to the one user it knows', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const body = { spec: { resourceAttributes: { verb: 'delete', resource: 'pods' } } };
    assert.equal((await rig.create(path, body)).body.status.allowed, true);
    const rules = await rig.create('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {});
    assert.deepEqual(rules.body.status.resourceRules[0].verbs, ['*']);
    const who = await rig.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    assert.equal(who.body.status.userInfo.username, 'practice');
  });

  describe('refuses', () => {
    const cases: [
      string,
      () => Promise<{ code: number; body: { reason: string; message: string } }>,
      number,
      RegExp,
    ][] = [
      ['what does not exist', () => rig.ask(`${core}/pods/p`), 404, /^pods "p" not found$/],
      ['an unknown type', () => rig.ask(`${core}/unicorns`), 404, /could not find the requested resource/],
      [
        'a namespace that does not exist',
        () => rig.create('/api/v1/namespaces/nowhere/pods', pod('p')),
        404,
        /^namespaces "nowhere" not found$/,
      ],
      [
        'the same name twice',
        async () => {
          await rig.create(`${core}/configmaps`, configMap('c'));
          return rig.create(`${core}/configmaps`, configMap('c'));
        },
        409,
        /^configmaps "c" already exists$/,
      ],
      [
        'a change of a version that has passed',
        async () => {
          const { body } = await rig.create(`${core}/configmaps`, configMap('c'));
          await rig.patch('merge', `${core}/configmaps/c`, { data: { a: '1' } });
          return rig.ask(`${core}/configmaps/c`, { method: 'PUT', body });
        },
        409,
        /the object has been modified/,
      ],
      [
        'a lease without the version it replaces',
        async () => {
          const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
          const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } };
          await rig.create(path, lease);
          return rig.ask(`${path}/l`, { method: 'PUT', body: lease });
        },
        422,
        /resourceVersion: Invalid value: 0: must be specified/,
      ],
      [
        'a selector that the template does not match',
        () => {
          const body = deployment('web');
          body.spec.selector.matchLabels.app = 'other';
          return rig.create(`${apps}/deployments`, body);
        },
        422,
        /^Deployment\.apps "web" is invalid: spec\.template\.metadata\.labels: .*does not match template/,
      ],
      [
        'another selector for a Deployment that exists',
        async () => {
          await rig.create(`${apps}/deployments`, deployment('web'));
          return rig.patch('merge', `${apps}/deployments/web`, {
            spec: {
              selector: { matchLabels: { app: 'x' } },
              template: { metadata: { labels: { app: 'x' } } },
            },
          });
        },
        422,
        /spec\.selector: .*field is immutable/,
      ],
      [
        'a container without an image and one without a name',
        () => rig.create(`${core}/pods`, pod('p', { spec: { containers: [{ name: 'a' }, { image: 'b' }] } })),
        422,
        /\[spec\.containers\[0\]\.image: Required value, spec\.containers\[1\]\.name: Required value\]/,
      ],
      [
        'a request above its limit',
        () => {
          const resources = { limits: { memory: '128Mi' }, requests: { memory: '1Gi' } };
          return rig.create(
            `${core}/pods`,
            pod('p', { spec: { containers: [{ name: 'a', image: 'i', resources }] } }),
          );
        },
        422,
        /must be less than or equal to memory limit of 128Mi/,
      ],
      [
        'other resources for a pod that exists',
        async () => {
          await rig.create(`${core}/pods`, pod('p'));
          return rig.patch('strategic-merge', `${core}/pods/p`, {
            spec: { containers: [{ name: 'app', resources: { limits: { cpu: '1' } } }] },
          });
        },
        422,
        /pod updates may not change fields other than/,
      ],
      [
        'a field of the wrong type',
        () => rig.create(`${core}/pods`, pod('p', { spec: { containers: 'none' } })),
        400,
        /cannot be handled as a Pod/,
      ],
      [
        'a body of another kind',
        () => rig.create(`${core}/pods`, deployment('web')),
        400,
        /cannot be handled as a Pod/,
      ],
      ['a body that is no JSON', () => rig.create(`${core}/pods`, Buffer.from('kind: Pod')), 400, /no JSON/],
      [
        'an unknown kind of patch',
        async () => {
          await rig.create(`${core}/pods`, pod('p'));
          return rig.ask(`${core}/pods/p`, { method: 'PATCH', body: {} });
        },
        415,
        /accepted media types/,
      ],
      [
        'a verb that a type does not know',
        () => rig.remove('/api/v1/namespaces/default/bindings'),
        405,
        /not supported/,
      ],
    ];
    for (const [what, act, code, message] of cases) {
      it(what, async () => {
        const reply = await act();
        assert.equal(reply.code, code);
        assert.match(reply.body.message, message);
      });
    }
  });
});
