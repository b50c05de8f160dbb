import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { assessCommand } from '../../../../src/kubectl/assess.ts';
import { splitWords } from '../../../../src/kubectl/words.ts';
import { toolCallFor } from '../../../../src/remediation/transports/tool-calls.ts';

const now = new Date('2026-11-22T10:00:00.500Z');

const deployment = (more: { managedFields?: unknown; paused?: boolean } = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    ...{ name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7' },
    ...(more.managedFields === undefined ? {} : { managedFields: more.managedFields }),
  },
  spec: {
    ...(more.paused === undefined ? {} : { paused: more.paused }),
    template: {
      spec: { containers: [{ name: 'app' }, { name: 'proxy' }], initContainers: [{ name: 'migrate' }] },
    },
  },
});

const words = (text: string): readonly string[] => {
  const split = splitWords(text);
  assert.ok(split.ok);
  return split.words;
};

const callOf = (text: string) => toolCallFor(words(text), 'shop');

/** What is applied to the object, or why not. */
const applied = (text: string, object: KubeObject = deployment()) => {
  const call = callOf(text);
  assert.equal(call?.tool, 'resources_create_or_update');
  return 'change' in call ? call.change(object, now) : undefined;
};

const metadata = { name: 'web', namespace: 'shop', uid: 'u1' };
const part = (spec: object, more: object = {}) => ({
  ok: true,
  part: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, ...more }, spec },
});

/** The entry that the server's apply leaves. */
const owned = (fieldsV1: object) => [
  {
    manager: 'kubernetes-mcp-server',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
  },
];

describe('the tool that does exactly what a command does', () => {
  it('scales one workload', () => {
    assert.deepEqual(callOf('kubectl scale deploy web --replicas=3 -n pay'), {
      tool: 'resources_scale',
      arguments: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'pay', scale: 3 },
      reads: false,
    });
    assert.deepEqual(callOf('kubectl scale statefulset/db --replicas 0')?.tool, 'resources_scale');
  });

  it('deletes one object whose dependents go with it, and waits for its end as kubectl does', () => {
    const ref = { kind: 'Pod', name: 'web-1', namespace: 'shop' };
    assert.deepEqual(callOf('kubectl delete pod/web-1'), {
      tool: 'resources_delete',
      arguments: { apiVersion: 'v1', ...ref },
      untilGone: ref,
      reads: false,
    });
    assert.deepEqual(callOf('kubectl delete pod web-1 --grace-period=5 --wait=false'), {
      tool: 'resources_delete',
      arguments: { apiVersion: 'v1', ...ref, gracePeriodSeconds: 5 },
      reads: false,
    });
  });

  it('reads one object as YAML, and a log of a known length', () => {
    assert.deepEqual(callOf('kubectl get node worker-1 -o yaml'), {
      tool: 'resources_get',
      arguments: { apiVersion: 'v1', kind: 'Node', name: 'worker-1' },
      reads: true,
    });
    assert.deepEqual(callOf('kubectl logs pod/web-1 -c app --tail=20 -p'), {
      tool: 'pods_log',
      arguments: { name: 'web-1', namespace: 'shop', container: 'app', tail: 20, previous: true },
      reads: true,
    });
  });

  it('applies no more of an object than the command sets, and only to the very object', () => {
    assert.deepEqual(
      applied('kubectl rollout restart deployment/web'),
      part({
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T10:00:00Z' } },
        },
      }),
    );
    assert.deepEqual(
      applied(
        'kubectl set resources deployment/web -c=app --limits=memory=512Mi,cpu=1.5 --requests=cpu=100m',
      ),
      part({
        template: {
          spec: {
            containers: [
              {
                name: 'app',
                resources: { limits: { memory: '512Mi', cpu: '1.5' }, requests: { cpu: '100m' } },
              },
            ],
          },
        },
      }),
    );
  });

  it('applies an image only to the version of the object that has the container: a new one would be added', () => {
    assert.deepEqual(
      applied('kubectl set image deployment/web app=shop/web:2 migrate=shop/web:2'),
      part(
        {
          template: {
            spec: {
              containers: [{ name: 'app', image: 'shop/web:2' }],
              initContainers: [{ name: 'migrate', image: 'shop/web:2' }],
            },
          },
        },
        { resourceVersion: '7' },
      ),
    );
    assert.deepEqual(applied('kubectl set image deployment/web nginx=shop/web:2'), {
      ok: false,
      why: 'it has no container nginx',
    });
  });

  it('leaves a paused rollout to kubectl, which says what to do', () => {
    assert.deepEqual(applied('kubectl rollout restart deployment/web', deployment({ paused: true })), {
      ok: false,
      why: 'its rollout is paused',
    });
  });

  it('never takes away what the server applied before: then kubectl does it', () => {
    const limits = { 'f:limits': { 'f:memory': {} } };
    const container = { '.': {}, 'f:name': {}, 'f:resources': limits };
    const spec = { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': container } } } };
    const object = deployment({ managedFields: owned({ 'f:spec': spec }) });
    const same = applied('kubectl set resources deployment/web -c=app --limits=memory=1Gi', object);
    assert.equal(same?.ok, true);
    for (const other of [
      'kubectl rollout restart deployment/web',
      'kubectl set resources deployment/web -c=app --limits=cpu=1',
      'kubectl set resources deployment/web -c=proxy --limits=memory=1Gi',
    ]) {
      const refused = applied(other, object);
      assert.match(refused?.ok === false ? refused.why : '', /applied other fields of it before/, other);
    }
  });

  it('does not mind what others own', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    const managedFields = [
      { manager: 'kubectl-client-side-apply', operation: 'Update', fieldsV1: fields },
      { manager: 'argocd-controller', operation: 'Apply', fieldsV1: fields },
    ];
    assert.equal(applied('kubectl rollout restart deployment/web', deployment({ managedFields }))?.ok, true);
  });

  const kubectls = [
    'kubectl scale deployment/web',
    'kubectl scale deployment/a deployment/b --replicas=2',
    'kubectl scale deployment --all --replicas=2',
    'kubectl scale deployment/web --replicas=2 --current-replicas=1',
    'kubectl scale deployment/web --replicas=2 --dry-run=server',
    'kubectl scale replicationcontroller/web --replicas=2',
    'kubectl delete pod web --force --grace-period=0',
    'kubectl delete pod web --grace-period=0',
    'kubectl delete pod web --now',
    'kubectl delete pods -l app=web',
    'kubectl delete pod/web --cascade=orphan',
    'kubectl delete job/batch',
    'kubectl delete namespace shop',
    'kubectl delete secret token',
    'kubectl rollout undo deployment/web',
    'kubectl rollout pause deployment/web',
    'kubectl rollout restart deployment -l app=web',
    'kubectl set image deployment/web *=shop/web:2',
    'kubectl set image deployment/web app=a app=b',
    'kubectl set image pod/web app=a',
    'kubectl set resources deployment/web --limits=memory=1Gi',
    'kubectl set resources deployment/web -c=* --limits=memory=1Gi',
    'kubectl set resources deployment/web -c=app --limits=memory=much',
    'kubectl set selector service/web app=web',
    'kubectl patch deployment/web -p {"spec":{"paused":true}}',
    'kubectl annotate deployment/web a=b',
    'kubectl get pods',
    'kubectl get pod web',
    'kubectl get pod web -o json',
    'kubectl get secret token -o yaml',
    'kubectl get pods -o yaml',
    'kubectl logs web --tail=5',
    'kubectl logs web -c app',
    'kubectl logs web -c app --tail=5 --since=1h',
    'kubectl logs deployment/web -c app --tail=5',
    'kubectl describe pod web',
    'kubectl exec web -- ls',
    'kubectl delete deployments.example.com/web',
  ];
  for (const text of kubectls) {
    it(`leaves to kubectl: ${text}`, () => {
      // Each word as it is, so that what a shell would expand stays.
      assert.equal(toolCallFor(text.split(' '), 'shop'), undefined);
    });
  }

  it('holds for every order of words: what a command changes by a tool is one object that was assessed', () => {
    const word = fc.constantFrom(
      ...['scale', 'delete', 'get', 'set', 'image', 'rollout', 'restart', 'deployment/web', 'pod/web-1'],
      ...[
        'deploy',
        'web',
        '--replicas=2',
        '-n',
        'pay',
        '-n=pay',
        '-o',
        'yaml',
        'app=web:2',
        '--all',
        '-A',
        '--',
        '-c=app',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 7 }), (given) => {
        const argv = ['kubectl', ...given];
        const call = toolCallFor(argv, 'shop');
        if (call === undefined) return;
        const assessment = assessCommand(argv, { defaultNamespace: 'shop' });
        assert.equal(assessment.rejected, false);
        const { kind, name, namespace } = 'target' in call ? call.target : placeOf(call.arguments);
        assert.deepEqual(assessment.targets, [
          { kind, name, ...(namespace === undefined ? {} : { namespace }) },
        ]);
        if (!assessment.mutates) assert.ok('reads' in call && call.reads);
      }),
      { numRuns: 5000 },
    );
  });
});

function placeOf({ kind = 'Pod', name, namespace }: Readonly<Record<string, unknown>>) {
  return { kind: String(kind), name: String(name), namespace: namespace as string | undefined };
}
