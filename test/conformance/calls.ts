/** The commands that are compared: what the product and its catalogue of actions run, and what a person exploring types. */
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';
import { kindsOf, type State } from '../../src/practice/scenarios/state.ts';

export interface Command {
  /** Without `kubectl` and the namespace. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** It really changes something. */
  readonly changes?: true;
}

const read = (...lines: string[]): Command[] => lines.map((line) => ({ argv: line.split(' ') }));

/** Kinds that every scenario's questions cover already. */
const everyday: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'pods',
  'services',
  'endpoints',
  'events',
  'nodes',
  'namespaces',
]);

/** The words that stand for what a scenario has. */
function subjects(scenario: Scenario, state: State) {
  const { namespace, workload } = scenario;
  const pods = [...state.pods].sort((a, b) => (troubleOf(a) > troubleOf(b) ? -1 : 1));
  const container = state.deployment?.spec.template.spec.containers[0];
  const own = kindsOf(scenario)
    .filter(({ plural }) => !everyday.has(plural))
    .map(
      ({ plural, apiVersion }) =>
        `${plural}${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}`,
    );
  return { namespace, workload, pod: pods[0]?.metadata.name, container, own, state };
}

function troubleOf({ status, metadata }: State['pods'][number]): string {
  const containers = status?.containerStatuses ?? [];
  return `${containers.some(({ ready }) => !ready) ? 1 : 0}${containers.length > 0 ? 1 : 0}${metadata.name ?? ''}`;
}

/** What a person looks at, and what the product's own commands read, in a namespace where something is wrong. */
export function looking(scenario: Scenario, state: State): Command[] {
  const { workload, pod, container, own } = subjects(scenario, state);
  return [
    ...read(
      'get all',
      'get events',
      'get events --sort-by=.lastTimestamp',
      'events',
      'events --types=Warning',
    ),
    ...read('get pods,deployments,replicasets,services,endpoints -o wide', 'get pods -A', 'get pods -o yaml'),
    ...read(`get pods -l app=${workload} --show-labels`, `get pods -l app!=${workload}`, 'get pods -l app'),
    ...read(
      'get pods --field-selector=status.phase=Running',
      'get pods --sort-by=.metadata.creationTimestamp',
    ),
    ...read('get endpointslices', 'top pods'),
    ...read(
      `get service ${workload} -o yaml`,
      `describe service ${workload}`,
      `describe endpoints ${workload}`,
    ),
    ...(state.deployment === undefined
      ? []
      : [
          ...read(
            `get deployment ${workload} -o json`,
            `describe deployment ${workload}`,
            'describe replicasets',
          ),
          ...read(
            `rollout history deployment/${workload}`,
            `rollout status deployment/${workload} --timeout=1s`,
          ),
          ...read(
            `rollout history deployment/${workload} --revision=1`,
            `get deployment ${workload} --subresource=scale`,
          ),
          ...read(`wait --for=condition=Available deployment/${workload} --timeout=1s`),
        ]),
    ...(pod === undefined
      ? []
      : [
          ...read(`get pod ${pod}`, `describe pod ${pod}`, `logs ${pod}`, `logs ${pod} --previous`),
          ...read(`logs ${pod} --tail=2`, `logs ${pod} --since=1h -c ${container?.name ?? 'app'}`),
          ...read(`logs -l app=${workload}`, `logs deployment/${workload}`, `events --for=pod/${pod}`),
          ...read(`get events --field-selector=involvedObject.name=${pod}`),
          ...read(`logs ${pod} --timestamps`, `logs ${pod} --limit-bytes=20`, `logs ${pod} -c none`),
        ]),
    ...own.flatMap((kind) =>
      read(`get ${kind}`, `get ${kind} -o wide`, `get ${kind} -o yaml`, `describe ${kind}`),
    ),
  ];
}

/** Every kind of change of the product's catalogue of actions. */
function changing({ workload, container, pod, state }: ReturnType<typeof subjects>): string[][] {
  const deployment = `deployment/${workload}`;
  const { name = 'app', image = '' } = container ?? {};
  const patch = (type: string, change: unknown, what = deployment) => [
    ...['patch', what, `--type=${type}`, '-p', JSON.stringify(change)],
  ];
  const onService = [
    ['set', 'selector', `service/${workload}`, `app=${workload},tier=web`],
    patch('merge', { spec: { selector: { app: workload } } }, `service/${workload}`),
    patch('json', [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 8081 }], `service/${workload}`),
    patch('strategic', { spec: { ports: [{ port: 80, targetPort: 8080 }] } }, `service/${workload}`),
  ];
  if (state.deployment === undefined) return state.service === undefined ? [] : onService;
  return [
    ['scale', deployment, '--replicas=3'],
    ['scale', deployment, '--replicas=0'],
    ['rollout', 'restart', deployment],
    ['rollout', 'undo', deployment],
    ['rollout', 'undo', deployment, '--to-revision=1'],
    ['set', 'image', deployment, `${name}=${image}-next`],
    ['set', 'resources', deployment, `-c=${name}`, '--limits=memory=256Mi'],
    ['set', 'resources', deployment, `-c=${name}`, '--requests=cpu=20m,memory=48Mi', '--limits=cpu=1'],
    ['set', 'env', deployment, 'LOG_LEVEL=debug'],
    ['label', deployment, 'checked=yes'],
    ['annotate', deployment, 'checked-by=somebody'],
    patch('strategic', {
      spec: { template: { spec: { containers: [{ name, resources: { limits: { memory: null } } }] } } },
    }),
    patch('merge', { spec: { progressDeadlineSeconds: 300 } }),
    patch('json', [{ op: 'replace', path: '/spec/replicas', value: 1 }]),
    ...(state.service === undefined ? [] : onService),
    ...(pod === undefined ? [] : [['delete', `pod/${pod}`]]),
    ['delete', deployment],
  ];
}

/** The same changes as the server would make them, with nothing kept. */
export function rehearsing(scenario: Scenario, state: State): Command[] {
  const all = changing(subjects(scenario, state));
  return all
    .filter(([verb, sub]) => !(verb === 'rollout' && sub === 'restart'))
    .map((argv) => ({
      argv: [...argv, '--dry-run=server'],
    }));
}

/** The changes themselves, one after another, for a healthy workload; after each it is waited until it is well again. */
export function really(scenario: Scenario, state: State): Command[] {
  const { workload, container } = subjects(scenario, state);
  const deployment = `deployment/${workload}`;
  const harmless = changing(subjects(scenario, state)).filter(
    (argv) =>
      !/--replicas=0|-next|targetPort|tier=web|^delete deployment|"value":1|"memory":null|--to-revision|rollout undo/.test(
        argv.join(' '),
      ),
  );
  return [
    ...harmless.map((argv): Command => ({ argv, changes: true })),
    { argv: ['rollout', 'undo', deployment], changes: true },
    { argv: ['rollout', 'undo', deployment, '--to-revision=1'], changes: true },
    {
      argv: ['set', 'image', deployment, `${container?.name ?? 'app'}=${container?.image ?? ''}`],
      changes: true,
    },
    ...read(`rollout status ${deployment}`, `rollout history ${deployment}`),
  ];
}

/** Questions to the server rather than to a namespace, and what is refused. */
export function asking(scenario: Scenario, state: State): Command[] {
  const { workload, namespace, pod } = subjects(scenario, state);
  const deployment = `deployment/${workload}`;
  const json = (change: object) => JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...change });
  const spec = state.deployment?.spec;
  const stale = json({ metadata: { ...state.deployment?.metadata, resourceVersion: '1' }, spec });
  const manifest = (more: object) =>
    json({ metadata: { name: 'conformance', namespace }, spec: { ...spec, ...more } });
  return [
    ...read('version', 'api-resources', 'api-versions', 'cluster-info', 'auth whoami'),
    ...read('auth can-i delete pods', 'auth can-i list nodes', 'auth can-i --list'),
    ...read(
      'get namespaces',
      'get nodes',
      'get nodes -o wide',
      'get nodes -o yaml',
      'describe nodes',
      'top nodes',
    ),
    ...read(
      'get pods --chunk-size=1',
      'get pods -o name',
      'get pods --show-kind',
      'get pods -w --request-timeout=2s',
    ),
    ...read(
      'get serviceaccounts',
      'get configmaps',
      'get secrets',
      'get leases',
      'get cronjobs',
      'get statefulsets',
    ),
    ...read(
      'get daemonsets',
      'get ingresses',
      'get pvc',
      'get hpa',
      'get resourcequotas',
      'get networkpolicies',
    ),
    ...read('get limitranges', 'get roles', 'get rolebindings', 'get replicationcontrollers', 'get pdb'),
    ...read('get storageclasses', 'get ingressclasses', 'get pv', 'get priorityclasses', 'get jobs'),
    ...read(
      'get pod none',
      'get unicorns',
      'describe pod none',
      'delete pod none',
      'logs none',
      'get service none',
    ),
    ...read('get pods -n nowhere', 'scale deployment/none --replicas=1', 'rollout undo deployment/none'),
    ...read(`rollout undo ${deployment} --to-revision=99`, `rollout history ${deployment} --revision=99`),
    ...read(
      'get pods -l app=(',
      'get pods --field-selector=spec.foo=bar',
      'get --raw /nowhere',
      'get --raw /healthz',
    ),
    ...read(`get --raw /api/v1/namespaces/${namespace}/pods/${pod ?? ''}/nothing`, 'get pods.v2.apps'),
    ...read(
      `scale ${deployment} --replicas=2 --resource-version=1`,
      `scale ${deployment} --replicas=2 --current-replicas=7`,
    ),
    ...[
      ['{"spec":{"replicas":-1}}', 'merge'],
      ['{"spec":{"replicas":"two"}}', 'merge'],
      ['{"spec":{"selector":{"matchLabels":{"app":"other"}}}}', 'merge'],
      ['{"spec":{"template":{"spec":{"containers":[{"name":"app","image":""}]}}}}', 'strategic'],
      [
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"lots"}}}]}}}}',
        'strategic',
      ],
      [
        '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"1Mi"}}}]}}}}',
        'strategic',
      ],
      ['{"spec":{"template":{"metadata":{"labels":{"app":"other"}}}}}', 'merge'],
      ['{"metadata":{"name":"other"}}', 'merge'],
      ['{"metadata":{"uid":"0"}}', 'merge'],
      ['{"metadata":{"resourceVersion":"1"}}', 'merge'],
      ['{"specification":{}}', 'merge'],
      ['[{"op":"remove","path":"/spec/nothing"}]', 'json'],
      ['[{"op":"test","path":"/spec/replicas","value":99}]', 'json'],
      ['{"op":"remove"}', 'json'],
      ['{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}}}', 'merge'],
    ].map(([patch = '', type = '']): Command => ({
      argv: ['patch', deployment, `--type=${type}`, '-p', patch, '--dry-run=server'],
    })),
    ...[
      ['{"spec":{"ports":[{"port":99999}]}}', 'merge'],
      ['{"spec":{"ports":[]}}', 'merge'],
      ['{"spec":{"clusterIP":"10.0.0.254"}}', 'merge'],
      ['{"spec":{"ports":[{"port":80},{"port":81}]}}', 'merge'],
    ].map(([patch = '', type = '']): Command => ({
      argv: ['patch', `service/${workload}`, `--type=${type}`, '-p', patch, '--dry-run=server'],
    })),
    ...(pod === undefined
      ? []
      : [{ argv: ['patch', `pod/${pod}`, '-p', '{"spec":{"nodeName":"other"}}', '--dry-run=server'] }]),
    { argv: ['replace', '--dry-run=server', '-f', '-'], stdin: stale },
    {
      argv: ['create', '--dry-run=server', '-f', '-'],
      stdin: json({ metadata: { name: workload, namespace }, spec }),
    },
    { argv: ['create', '--dry-run=server', '-f', '-'], stdin: manifest({}) },
    { argv: ['create', '--dry-run=server', '-f', '-'], stdin: manifest({ replicaCount: 2 }) },
    {
      argv: ['create', '--dry-run=server', '-f', '-'],
      stdin: json({ metadata: { name: 'Bad_Name', namespace }, spec }),
    },
    {
      argv: ['create', '--dry-run=server', '-f', '-'],
      stdin: json({ metadata: { name: 'empty', namespace }, spec: {} }),
    },
    { argv: ['apply', '--dry-run=server', '-f', '-'], stdin: manifest({}) },
    { argv: ['apply', '--server-side', '--dry-run=server', '-f', '-'], stdin: manifest({}) },
    { argv: ['diff', '-f', '-'], stdin: manifest({}) },
    { argv: ['create', 'deployment', 'conformance', '--image=shop', '--dry-run=server'] },
    { argv: ['create', 'configmap', 'conformance', '--from-literal=a=b', '--dry-run=server'] },
    { argv: ['create', 'namespace', 'conformance', '--dry-run=server'] },
    ...[
      'pods',
      'deployment.spec',
      'service.spec.ports',
      'pod.spec.containers.resources',
      'events',
      'nodes.status',
      'job',
      'hpa.spec',
    ].map((what) => ({ argv: ['explain', what] })),
  ];
}
