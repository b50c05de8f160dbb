/**
 * What becomes of the pods that a change makes, told before anybody approves it: a quota, a limit range or admission refuses
 * pods, not the workload that asks for them. On a real API server, and on the practice cluster as far as it has them.
 */
import assert from 'node:assert/strict';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { ActionCall } from '../../src/domain/action.ts';
import type { Preview } from '../../src/domain/preview.ts';
import { quotas, roleBindings, roles } from '../../src/practice/api-groups.ts';
import { deployments, namespaces, type KubeObject, type Resource } from '../../src/practice/objects.ts';
import { decided, draftStep } from '../../src/remediation/planning.ts';
import { makePreview } from '../../src/remediation/preview/make.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { startPracticeGround, startRealGround, type Ground } from './preview/ground.ts';

const namespace = 'tight';
const image = 'docker.io/library/shop-cart:1.9.0';
const patience = 300_000;

type Any = Resource<KubeObject & { spec: object }>;
const namespaced = (apiVersion: string, kind: string, plural: string): Any => ({
  ...{ apiVersion, kind, plural, namespaced: true },
});
const limitRanges = namespaced('v1', 'LimitRange', 'limitranges');
const statefulSets = namespaced('apps/v1', 'StatefulSet', 'statefulsets');
const cronJobs = (version: string) => namespaced(`batch/${version}`, 'CronJob', 'cronjobs');

const template = (app: string, more: object = {}) => ({
  metadata: { labels: { app } },
  spec: {
    containers: [
      { name: 'app', image, resources: { requests: { memory: '100Mi' }, limits: { memory: '100Mi' } } },
    ],
    ...more,
  },
});
const workload = (app: string) => ({
  ...{ replicas: 2, selector: { matchLabels: { app } }, template: template(app) },
});

for (const [where, start, isReal] of [
  ['a real Kubernetes', startRealGround, true],
  ['the practice cluster', startPracticeGround, false],
] as const) {
  describe(`On ${where}, the pods that come of a change`, function () {
    this.timeout(patience);
    let ground: Ground;

    before(async function () {
      if (isReal && whyNoBinaries() !== undefined) this.skip();
      ground = await start();
      const { client } = ground;
      await client.create(namespaces, { metadata: { name: namespace } });
      const strategies = {
        surging: { maxSurge: 1, maxUnavailable: 0 },
        yielding: { maxSurge: 0, maxUnavailable: 1 },
      };
      for (const [name, rollingUpdate] of Object.entries(strategies)) {
        await client.create(deployments, {
          metadata: { name, namespace },
          spec: { ...workload(name), strategy: { type: 'RollingUpdate', rollingUpdate } },
        });
        await ground.ask('rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s');
      }
      await client.create(quotas, {
        metadata: { name: 'memory', namespace },
        spec: { hard: { 'requests.memory': '550Mi' } },
      });
      await ground.ask(
        ...['wait', 'quota/memory', '-n', namespace, '--timeout=60s'],
        '--for=jsonpath={.status.used.requests\\.memory}=400Mi',
      );
    });
    after(() => ground?.close());

    async function preview(call: ActionCall, kubeconfig = ground.kubeconfig): Promise<Preview> {
      const scope = { rules: [], defaultNamespace: namespace, context: ground.context };
      const draft = draftStep(
        {
          id: 's1',
          call,
          confidence: 0.9,
          confidenceParts: [],
          rationale: '',
          grounds: 'observed',
          objection: undefined,
          evidence: [],
        },
        scope,
      );
      assert.equal(draft.risk.rejected, false, draft.risk.reason);
      return makePreview(decided(draft, { outcome: 'ask', reason: '' }), {
        cluster: await connectCluster({ kubeconfig }),
        kubectl: {
          ...{ kubectl: ground.kubectl, kubeconfig, context: ground.context, namespace },
          ...{ env: { ...process.env, HOME: ground.home }, timeoutMs: patience },
        },
        ...{ scope, signal: new AbortController().signal, timeoutMs: patience },
      });
    }

    const memory = (kind: string, name: string, amount: string): ActionCall => ({
      action: 'custom_command',
      parameters: {
        argv: [
          ...['kubectl', 'set', 'resources', `${kind.toLowerCase()}/${name}`, '-c', 'app'],
          ...[`--requests=memory=${amount}`, `--limits=memory=${amount}`, '-n', namespace],
        ],
        target: { kind, namespace, name },
      },
    });

    it('are refused where a quota has no room for one more, and the workload itself would be accepted', async () => {
      const { rehearsal, changes } = await preview(memory('Deployment', 'surging', '200Mi'));
      assert(rehearsal.state === 'refused', JSON.stringify(rehearsal));
      assert.match(rehearsal.message, /^the pods of Deployment tight\/surging: .*exceeded quota: memory/);
      assert.match(rehearsal.next, /quota/);
      assert.match(changes[0]?.diff ?? '', /^\+ +memory: 200Mi$/m);
      await ground.ask(
        'set',
        'resources',
        'deployment/surging',
        '-n',
        namespace,
        '--requests=memory=200Mi',
        '--limits=memory=200Mi',
        '--dry-run=server',
      );
    });

    it('are let in where there is room', async () => {
      const seen = await preview(memory('Deployment', 'surging', '150Mi'));
      assert.deepEqual([seen.rehearsal, seen.gaps], [{ state: 'accepted' }, []]);
      const more = await preview({
        action: 'scale_deployment',
        parameters: { namespace, deployment: 'surging', replicas: 3 },
      });
      assert.deepEqual([more.rehearsal, more.gaps], [{ state: 'accepted' }, []]);
    });

    it('may find room once others are gone: that is said, and is no refusal', async () => {
      const { rehearsal, gaps } = await preview(memory('Deployment', 'yielding', '200Mi'));
      assert.deepEqual(rehearsal, { state: 'accepted' });
      assert.match(
        gaps.join(),
        /There is no room yet for the pods of Deployment tight\/yielding, until others are gone: .*exceeded quota/,
      );
    });

    it('are not rehearsed for who may not create pods, and that is said', async () => {
      const stranger = await ground.onlooker();
      await ground.client.create(roles, {
        metadata: { name: 'patches', namespace },
        rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }],
      });
      await ground.client.create(roleBindings, {
        metadata: { name: 'limited-patches', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'patches' },
        subjects: [{ kind: 'User', name: 'limited', apiGroup: 'rbac.authorization.k8s.io' }],
      });
      const { rehearsal, gaps } = await preview(memory('Deployment', 'surging', '200Mi'), stranger);
      assert.deepEqual(rehearsal, { state: 'accepted' });
      assert.match(
        gaps.join(),
        /Whether the pods of Deployment tight\/surging would be let in was not rehearsed: .*cannot create resource "pods"/,
      );
    });

    it('leave nothing behind', async () => {
      assert.doesNotMatch(await ground.ask('get', 'pods', '-A', '-o', 'name'), /rehearsal/);
    });

    if (isReal) {
      it('are refused by a limit range, whatever makes them', async () => {
        const { client } = ground;
        const version = (await ground.serves('/apis/batch/v1', 'cronjobs')) ? 'v1' : 'v1beta1';
        await client.create(statefulSets, {
          metadata: { name: 'kept', namespace },
          spec: { ...workload('kept'), replicas: 1, serviceName: 'kept' },
        });
        await client.create(cronJobs(version), {
          metadata: { name: 'nightly', namespace },
          spec: {
            schedule: '0 3 1 1 *',
            jobTemplate: { spec: { template: template('nightly', { restartPolicy: 'Never' }) } },
          },
        });
        await client.create(limitRanges, {
          metadata: { name: 'small', namespace },
          spec: { limits: [{ type: 'Container', max: { memory: '120Mi' } }] },
        });
        await ground.ask('rollout', 'status', 'statefulset/kept', '-n', namespace, '--timeout=120s');
        for (const [kind, name] of [
          ['Deployment', 'yielding'],
          ['StatefulSet', 'kept'],
          ['CronJob', 'nightly'],
        ] as const) {
          const fits = await preview(memory(kind, name, '110Mi'));
          assert.equal(fits.rehearsal.state, 'accepted', `${kind}: ${JSON.stringify(fits)}`);
          const { rehearsal } = await preview(memory(kind, name, '130Mi'));
          assert(rehearsal.state === 'refused', `${kind}: ${JSON.stringify(rehearsal)}`);
          assert.match(
            rehearsal.message,
            new RegExp(`^the pods of ${kind} tight/${name}: .*maximum memory usage per Container is 120Mi`),
          );
        }
      });
    }
  });
}
