/** The objects that the commands of the corpus name, in the namespaces where they look for them. */
import type { KubeObject } from '../../src/domain/kubernetes.ts';

/** Only the planted Secrets hold it. */
export const secretValue = 'oncall-planted-value-7391';
/** How it looks in the API. */
export const secretTexts = [secretValue, Buffer.from(secretValue).toString('base64')];

type Manifest = Omit<KubeObject, 'metadata'> & { metadata: Record<string, unknown> & { name: string } };

const selector = (app: string) => ({ matchLabels: { app } });

function template(app: string, containers: readonly string[], revision = 1, restartPolicy = 'Always') {
  return {
    metadata: { labels: { app }, annotations: { revision: String(revision) } },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 0,
      containers: containers.map((name) => ({ name, image: `${name}:1.0` })),
    },
  };
}

const make = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object = {},
  labels: Record<string, string> = { app: name, name: 'myLabel' },
): Manifest => ({ apiVersion, kind, metadata: { name, labels }, ...rest }) as Manifest;

const pod = (name: string, containers: readonly string[], spec: object = {}) =>
  make('v1', 'Pod', name, { spec: { ...template(name, containers).spec, ...spec } });

const workload = (
  kind: 'Deployment' | 'DaemonSet' | 'ReplicaSet' | 'StatefulSet',
  name: string,
  containers: readonly string[],
  revision = 1,
) =>
  make('apps/v1', kind, name, {
    spec: {
      selector: selector(name),
      template: template(name, containers, revision),
      ...(kind === 'DaemonSet' ? {} : { replicas: name === 'mysql' ? 2 : 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    },
  });

const service = (name: string) =>
  make('v1', 'Service', name, {
    spec: { selector: { app: name }, ports: [{ name: 'https', port: 8443, targetPort: 8443 }] },
  });

const controller = (name: string) =>
  make('v1', 'ReplicationController', name, {
    spec: { replicas: 1, selector: { app: name }, template: template(name, ['nginx']) },
  });

const secret = (name: string) => {
  const data = { password: Buffer.from(secretValue).toString('base64') };
  const applied = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, data });
  return {
    ...make('v1', 'Secret', name, { data }),
    metadata: { name, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } },
  } as Manifest;
};

const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const user = { kind: 'User', name: 'somebody', apiGroup: 'rbac.authorization.k8s.io' };
const rbac = 'rbac.authorization.k8s.io/v1';
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

/** @param revision changes the templates of what has a rollout history */
function namespaced(revision: number): Manifest[] {
  return [
    pod('nginx', ['nginx']),
    pod('web-1', ['ruby']),
    pod('mypod', ['ruby-container', 'mycontainer', 'app', 'sidecar']),
    pod('foo', ['app']),
    pod('baz', ['app']),
    pod('frontend', ['app']),
    pod('valid-pod', ['kubernetes-serve-hostname']),
    pod('web-pod-13je7', ['web']),
    pod('test-pod', ['app']),
    pod('busybox1', ['busybox']),
    ...['nginx', 'mydeployment', 'foo', 'bar', 'registry', 'sample-build', 'myapp', 'mysql', 'checkout'].map(
      (name) => workload('Deployment', name, ['nginx', 'busybox', 'c1', 'nginx-1']),
    ),
    workload('Deployment', 'nginx-deployment', ['nginx']),
    workload('Deployment', 'abc', ['nginx'], revision),
    workload('DaemonSet', 'abc', ['nginx'], revision),
    workload('DaemonSet', 'foo', ['nginx']),
    workload('StatefulSet', 'web', ['nginx']),
    workload('ReplicaSet', 'foo', ['nginx']),
    workload('ReplicaSet', 'nginx', ['nginx']),
    ...['web', 'nginx', 'streamer', 'foo', 'example1', 'example2', 'example3'].map(controller),
    ...['nginx', 'baz', 'foo', 'frontend', 'registry', 'myservice', 'loadbalancer', 'checkout'].map(service),
    ...['hello', 'myjob'].map((name) =>
      make('batch/v1', 'Job', name, { spec: { template: template(name, ['job'], 1, 'Never') } }),
    ),
    make('batch/v1beta1', 'CronJob', 'a-cronjob', {
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: { spec: { template: template('a-cronjob', ['job'], 1, 'Never') } },
      },
    }),
    make('v1', 'ConfigMap', 'myconfigmap', { data: { 'my-example-key': 'x', level: 'debug' } }),
    secret('mysecret'),
    make('v1', 'ServiceAccount', 'myapp'),
    make('v1', 'ServiceAccount', 'serviceaccount1'),
    make('v1', 'PersistentVolumeClaim', 'data', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    make('v1', 'ResourceQuota', 'quota', { spec: { hard: { 'count/ingresses.extensions': '100' } } }),
    make('v1', 'LimitRange', 'limits', {
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '1m' } }] },
    }),
    make('policy/v1beta1', 'PodDisruptionBudget', 'budget', {
      spec: { minAvailable: 0, selector: selector('checkout') },
    }),
    make('autoscaling/v1', 'HorizontalPodAutoscaler', 'checkout', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nothing' },
        maxReplicas: 3,
      },
    }),
    make('networking.k8s.io/v1', 'NetworkPolicy', 'closed', { spec: { podSelector: {} } }),
    make('networking.k8s.io/v1', 'Ingress', 'shop', {
      spec: { defaultBackend: { service: { name: 'checkout', port: { number: 8443 } } } },
    }),
    make(rbac, 'Role', 'admin', { rules: [rule] }),
    make(rbac, 'RoleBinding', 'admin', { subjects: [user], roleRef: roleRef('Role', 'admin') }),
    make('coordination.k8s.io/v1', 'Lease', 'lease', { spec: { holderIdentity: 'somebody' } }),
  ];
}

/** A request for a certificate, CN=somebody, of a key that nobody has. */
const request = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlITk1IVUNBUUF3RXpFUk1BOEdBMVVFQXd3SWMyOX',
  'RaV0p2Wkhrd1dUQVRCZ2NxaGtqT1BRSUJCZ2dxaGtqTwpQUU1CQndOQ0FBVDhhRWR2cHRLKzFDQXB6dFhXanJxZEZY',
  'N1NyZ1dpYUxPaVo2STNWcDAwdWQyT2lqQVc3MWRECkdmdHM1U1hKdWQ2YzJBTWUvRDRlQW5pSnpTRXk1YlZBb0FBd0',
  'NnWUlLb1pJemowRUF3SURTQUF3UlFJaEFMV2gKU3hFTGpHayswNVJuWDFWVnRYM0F6dngvZVJVSmYzVm9YVFBqYitM',
  'YUFpQXM3Z1ZZK1RzUXllQ291VXJGMEVzcgp2ZVkydjN5Y0RBd3BxUkM3MURBaVBnPT0KLS0tLS1FTkQgQ0VSVElGSU',
  'NBVEUgUkVRVUVTVC0tLS0tCg==',
].join('');

const everywhere: Manifest[] = [
  ...['foo', 'mynode', 'k8s-node-1', 'kubernetes-node-emt8.c.myproject.internal'].map((name) =>
    make('v1', 'Node', name, {}, { myLabel: 'X', name }),
  ),
  make('v1', 'PersistentVolume', 'disk', {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/nowhere' },
      storageClassName: 'none',
    },
  }),
  make(rbac, 'ClusterRole', 'reader', { rules: [rule] }),
  make(rbac, 'ClusterRoleBinding', 'admin', {
    subjects: [user],
    roleRef: roleRef('ClusterRole', 'reader'),
  }),
  make('storage.k8s.io/v1', 'StorageClass', 'slow', { provisioner: 'none' }),
  make('scheduling.k8s.io/v1', 'PriorityClass', 'urgent', { value: 1000 }),
  make('certificates.k8s.io/v1', 'CertificateSigningRequest', 'csr-sqgzp', {
    spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
  }),
];

/** A pod that runs on a node, for `drain`. */
const placed = pod('placed', ['app'], { nodeName: 'foo', tolerations: [{ operator: 'Exists' }] });

export const namespaces = ['prod', 'backend', 'test-namespace', 'myns', 'foo', 'staging'];

const list = (items: readonly Manifest[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

export interface Batch {
  /** Undefined for objects without one. */
  readonly namespace?: string;
  readonly text: string;
  /** The objects are there already: apply them. */
  readonly changes?: boolean;
}

/** Texts for `-f -`, one after another. */
export function batches(): Batch[] {
  const spaces = namespaces.map((name) => make('v1', 'Namespace', name));
  const revisions = [1, 2, 3].flatMap((revision) =>
    ['default', 'prod'].map((namespace) => ({
      namespace,
      changes: revision > 1,
      text: list(
        revision === 1
          ? namespaced(1)
          : namespaced(revision).filter(
              ({ metadata, kind }) => metadata.name === 'abc' && kind !== 'Service',
            ),
      ),
    })),
  );
  return [
    { text: list([...spaces, ...everywhere]) },
    ...revisions,
    { namespace: 'default', text: list([placed]) },
    ...['kube-system', 'staging'].map((namespace) => ({
      namespace,
      text: list([workload('Deployment', 'coredns', ['coredns']), secret('mysecret'), service('foo')]),
    })),
  ];
}
