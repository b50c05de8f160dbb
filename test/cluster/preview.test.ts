/**
 * What a person sees of a step before they approve it, told by a real API server to the real kubectl; and the same by the practice
 * cluster, so that a rehearsal shows what production would.
 */
import assert from 'node:assert/strict';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { ActionCall } from '../../src/domain/action.ts';
import type { ObjectRef } from '../../src/domain/kubernetes.ts';
import { reachWords, type Preview } from '../../src/domain/preview.ts';
import { autoscalers, ingressClasses, ingresses, quotas, roles } from '../../src/practice/api-groups.ts';
import {
  deployments,
  namespaces,
  nodes,
  pods,
  services,
  type KubeObject,
  type Resource,
} from '../../src/practice/objects.ts';
import { workload } from '../../src/practice/scenarios/workload.ts';
import { decided, draftStep } from '../../src/remediation/planning.ts';
import { makePreview } from '../../src/remediation/preview/make.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { startPracticeGround, startRealGround, type Ground } from './preview/ground.ts';

const namespace = 'preview';
/** Has a quota without room for a pod. */
const full = 'full';
const name = 'web';
const here = { namespace, deployment: name };
const container = 'app';
const image = 'docker.io/library/shop-checkout:1.4.2';
const patience = 300_000;

const budgets = (apiVersion: string): Resource<KubeObject & { spec: object }> => ({
  ...{ apiVersion, kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', namespaced: true },
});

for (const [where, start, isReal] of [
  ['a real Kubernetes', startRealGround, true],
  ['the practice cluster', startPracticeGround, false],
] as const) {
  describe(`On ${where}, a preview`, function () {
    this.timeout(patience);
    let ground: Ground;
    let cluster: Cluster;
    const { signal } = new AbortController();

    before(async function () {
      if (isReal && whyNoBinaries() !== undefined) this.skip();
      ground = await start();
      const { client } = ground;
      cluster = await connectCluster({ kubeconfig: ground.kubeconfig });
      await client.create(namespaces, { metadata: { name: namespace } });
      for (const { resource, object } of workload({ name, image, replicas: 3, maxSurge: 0 }, namespace)) {
        await client.create(resource, object);
      }
      const policy = (await ground.serves('/apis/policy/v1', 'poddisruptionbudgets')) ? 'v1' : 'v1beta1';
      await client.create(budgets(`policy/${policy}`), {
        metadata: { name, namespace },
        spec: { minAvailable: 3, selector: { matchLabels: { app: name } } },
      });
      await client.create(autoscalers, {
        metadata: { name, namespace },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          ...{ minReplicas: 3, maxReplicas: 5, targetCPUUtilizationPercentage: 80 },
        },
      });
      await client.create(namespaces, { metadata: { name: full } });
      await client.create(quotas, {
        metadata: { name: 'no-pods', namespace: full },
        spec: { hard: { pods: '0' } },
      });
      await client.create(roles, {
        metadata: { name: 'reader', namespace },
        rules: [{ apiGroups: [''], resources: ['endpoint'], verbs: ['get'] }],
      });
      await client.create(ingressClasses, {
        metadata: { name: 'nginx' },
        spec: { controller: 'k8s.io/ingress-nginx' },
      });
      await client.create(ingresses, {
        metadata: { name, namespace },
        spec: {
          ingressClassName: 'ngnix',
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } },
                ],
              },
            },
          ],
        },
      });
      await ground.ask('rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s');
      await ground.ask(
        ...['wait', 'quota/no-pods', '-n', full, '--for=jsonpath={.status.hard.pods}=0', '--timeout=60s'],
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
        cluster: kubeconfig === ground.kubeconfig ? cluster : await connectCluster({ kubeconfig }),
        kubectl: {
          kubectl: ground.kubectl,
          kubeconfig,
          context: ground.context,
          namespace,
          env: { ...process.env, HOME: ground.home },
          timeoutMs: patience,
        },
        scope,
        signal,
        timeoutMs: patience,
      });
    }

    const command = (argv: readonly string[], target: ObjectRef): ActionCall => ({
      action: 'custom_command',
      parameters: { argv: ['kubectl', ...argv], target },
    });

    async function aPod(): Promise<{ name: string; node: string }> {
      const [pod] = await ground.client.list(pods, { namespace, labelSelector: `app=${name}` });
      return { name: pod?.metadata.name ?? '', node: pod?.spec.nodeName ?? '' };
    }

    /** The lines that are added and removed. */
    const changed = ({ changes }: Preview): string[] =>
      changes.flatMap(({ diff }) =>
        diff
          .split('\n')
          .filter((line) => /^[+-](?![+-])/.test(line))
          .map((line) => `${line[0]}${line.slice(1).trim()}`),
      );

    const inPlace: readonly [what: string, call: ActionCall, lines: readonly string[], restarted: number][] =
      [
        [
          'a memory limit',
          { action: 'increase_memory_limit', parameters: { ...here, container, memory: '256Mi' } },
          ['-memory: 128Mi', '+memory: 256Mi'],
          3,
        ],
        [
          'a CPU limit',
          { action: 'increase_cpu_limits', parameters: { ...here, container, cpu: '500m' } },
          ['+cpu: 500m'],
          3,
        ],
        [
          'a probe',
          {
            action: 'fix_probe',
            parameters: { ...here, container, probe: 'readiness', handler: 'httpGet', port: 9090 },
          },
          ['-port: 8080', '+port: 9090'],
          3,
        ],
        [
          'a node selector',
          { action: 'fix_node_selector', parameters: { ...here, selector: { disk: 'ssd' } } },
          ['+nodeSelector:', '+disk: ssd'],
          3,
        ],
        [
          'an image',
          { action: 'set_image', parameters: { ...here, container, image: 'shop-cart:2' } },
          [`-- image: ${image}`, '+- image: shop-cart:2'],
          3,
        ],
        [
          'a restart',
          { action: 'restart_deployment', parameters: here },
          ['+annotations:', '+kubectl.kubernetes.io/restartedAt: when it runs'],
          3,
        ],
        [
          'a paused rollout',
          command(['rollout', 'pause', `deployment/${name}`, '-n', namespace], {
            kind: 'Deployment',
            namespace,
            name,
          }),
          ['+paused: true'],
          0,
        ],
        [
          'an autoscaler',
          { action: 'raise_hpa_maximum', parameters: { namespace, autoscaler: name, maxReplicas: 8 } },
          ['-maxReplicas: 5', '+maxReplicas: 8'],
          0,
        ],
        [
          'an ingress class',
          { action: 'fix_ingress_class', parameters: { namespace, ingress: name, ingressClass: 'nginx' } },
          ['-ingressClassName: ngnix', '+ingressClassName: nginx'],
          0,
        ],
        [
          'a role',
          {
            action: 'fix_role_resource',
            parameters: {
              ...{ namespace, role: 'reader', rule: 0, resource: 0 },
              ...{ group: '', from: 'endpoint', to: 'endpoints' },
            },
          },
          ['-- endpoint', '+- endpoints'],
          0,
        ],
        [
          "a Service's port",
          {
            action: 'fix_service_port',
            parameters: { namespace, service: name, ports: [{ port: 80, targetPort: 9090 }] },
          },
          ['-targetPort: 8080', '+targetPort: 9090'],
          0,
        ],
        [
          'a label',
          command(['label', 'deployment', name, 'team=shop', '-n', namespace], {
            kind: 'Deployment',
            namespace,
            name,
          }),
          ['+team: shop'],
          0,
        ],
      ];
    for (const [what, call, lines, restarted] of inPlace) {
      it(`shows ${what}: the lines that would be different, and no others`, async () => {
        const seen = await preview(call);
        assert.deepEqual(seen.rehearsal, { state: 'accepted' });
        assert.deepEqual(changed(seen), lines);
        assert.deepEqual(seen.gaps, []);
        assert.deepEqual(seen.reach.pods, { replaced: restarted, removed: 0, added: 0 });
        assert(seen.basis.every(({ resourceVersion }) => resourceVersion !== undefined));
      });
    }

    it('changes nothing', async () => {
      const before = await ground.client.get(deployments, namespace, name);
      await preview({ action: 'restart_deployment', parameters: here });
      await preview({ action: 'scale_deployment', parameters: { ...here, replicas: 1 } });
      const after = await ground.client.get(deployments, namespace, name);
      assert.deepEqual(after?.spec, before?.spec);
    });

    it('says how a rollout goes, and what the Service loses meanwhile', async () => {
      const { reach } = await preview({ action: 'restart_deployment', parameters: here });
      assert.deepEqual(reach.services, [
        { ref: { kind: 'Service', namespace, name }, ready: 3, lost: 1, forGood: false },
      ]);
      assert.match(
        reachWords(reach).join('\n'),
        /3 pods are replaced.*\n.*RollingUpdate: at most 1 missing and 0 more.*\n.*loses 1 of 3 ready endpoints \(33 %\)/,
      );
    });

    it('says that an autoscaler will not leave a number of replicas, and what is lost by scaling down', async () => {
      const { reach, ...seen } = await preview({
        action: 'scale_deployment',
        parameters: { ...here, replicas: 1 },
      });
      assert.deepEqual(changed({ reach, ...seen }), ['-replicas: 3', '+replicas: 1']);
      assert.deepEqual(reach.pods, { replaced: 0, removed: 2, added: 0 });
      assert.equal(reach.services[0]?.lost, 2);
      assert.deepEqual(
        reach.autoscalers.map(({ minimum, maximum, replicas }) => [minimum, maximum, replicas]),
        [[3, 5, 1]],
      );
    });

    it('shows what a rollback goes back to', async () => {
      const other = 'docker.io/library/shop-cart:1.9.0';
      const copy = workload({ name: 'older', image, replicas: 1 }, namespace);
      for (const { resource, object } of copy) await ground.client.create(resource, object);
      await ground.ask('rollout', 'status', 'deployment/older', '-n', namespace, '--timeout=60s');
      await ground.ask('set', 'image', 'deployment/older', `${container}=${other}`, '-n', namespace);
      await ground.ask('rollout', 'status', 'deployment/older', '-n', namespace, '--timeout=60s');
      const seen = await preview({
        action: 'rollback_deployment',
        parameters: { namespace, deployment: 'older', revision: 1 },
      });
      assert.deepEqual(seen.rehearsal, { state: 'accepted' });
      assert.deepEqual(changed(seen), [`-- image: ${other}`, `+- image: ${image}`]);
      assert.equal(seen.reach.pods.replaced, 1);
    });

    it('of a deleted pod shows that another takes its place, and that no budget is asked', async () => {
      const pod = await aPod();
      const seen = await preview({ action: 'restart_pod', parameters: { namespace, pod: pod.name } });
      assert.deepEqual(seen.rehearsal, { state: 'accepted' });
      assert.deepEqual(seen.reach.pods, { replaced: 1, removed: 0, added: 0 });
      assert.equal(seen.reach.services[0]?.lost, 1);
      assert.deepEqual(
        seen.reach.budgets.map(({ allowed, covered, asked }) => [allowed, covered, asked]),
        [[0, 1, false]],
      );
    });

    it('of a drained node names the budget that stands in the way', async () => {
      const { node } = await aPod();
      const seen = await preview({
        action: 'drain_node',
        parameters: { ...here, node, selector: { app: name } },
      });
      const there = await ground.client.list(pods, {
        namespace,
        labelSelector: `app=${name}`,
        fieldSelector: `spec.nodeName=${node}`,
      });
      assert.match(seen.changes[0]?.diff ?? '', /^\+ +unschedulable: true$/m);
      assert.equal(seen.reach.pods.replaced, there.length);
      assert.match(reachWords(seen.reach).join('\n'), /allows 0 disruptions now: it holds the rest back/);
      const still = await ground.client.get(nodes, undefined, node);
      assert.notEqual(still?.spec?.unschedulable, true);
    });

    it("of a Service's selector that matches nothing shows that all endpoints are lost for good", async () => {
      const seen = await preview({
        action: 'fix_service_selector',
        parameters: { namespace, service: name, selector: { app: 'nobody' } },
      });
      assert.deepEqual(changed(seen), ['-app: web', '+app: nobody']);
      assert.deepEqual(seen.reach.services, [
        { ref: { kind: 'Service', namespace, name }, ready: 3, lost: 3, forGood: true },
      ]);
      assert.deepEqual((await ground.client.get(services, namespace, name))?.spec.selector, { app: name });
    });

    it('of a deleted workload shows what goes with it', async () => {
      const seen = await preview(
        command(['delete', 'deployment', name, '-n', namespace], { kind: 'Deployment', namespace, name }),
      );
      assert.deepEqual(seen.rehearsal, { state: 'accepted' });
      assert.deepEqual(seen.reach.pods, { replaced: 0, removed: 3, added: 0 });
      assert.match(seen.changes[0]?.diff ?? '', /^\+\+\+ Deployment preview\/web \(is deleted\)$/m);
    });

    it('of a new object shows it whole', async () => {
      const target = { kind: 'Pod', namespace, name: 'once' };
      const call = command(['run', 'once', `--image=${image}`, '-n', namespace], target);
      const seen = await preview(call);
      assert.deepEqual(seen.rehearsal, { state: 'accepted' });
      assert.deepEqual(seen.basis, [{ ref: target }]);
      assert.equal(seen.reach.pods.added, 1);
      assert(changed(seen).includes(`+- image: ${image}`));
      assert.deepEqual(await preview(call), seen, 'nothing of it is made up anew each time');
    });

    it("shows a quota's refusal, with what to do next", async () => {
      const target = { kind: 'Pod', namespace: full, name: 'once' };
      const { rehearsal } = await preview(command(['run', 'once', `--image=${image}`, '-n', full], target));
      assert(rehearsal.state === 'refused', JSON.stringify(rehearsal));
      assert.match(rehearsal.message, /exceeded quota: no-pods/);
      assert.match(rehearsal.next, /quota/);
    });

    it('shows what the API server finds not valid', async () => {
      const { rehearsal } = await preview({
        action: 'set_resource_requests',
        parameters: { ...here, container, memory: '512Mi' },
      });
      assert(rehearsal.state === 'refused', JSON.stringify(rehearsal));
      assert.match(rehearsal.message, /must be less than or equal to memory limit/);
    });

    it('names the right that is missing', async () => {
      const stranger = await ground.onlooker();
      const { rehearsal, reach } = await preview(
        { action: 'restart_deployment', parameters: here },
        stranger,
      );
      assert(rehearsal.state === 'refused', JSON.stringify(rehearsal));
      assert.match(rehearsal.message, /cannot patch resource "deployments"/);
      assert.equal(reach.pods.replaced, 3, 'what can be read is told all the same');
    });
  });
}
