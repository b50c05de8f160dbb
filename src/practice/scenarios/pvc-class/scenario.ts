/**
 * 18: a new workload's volume claim names a storage class that this cluster does not have. The claim gets no volume, and the pods
 * stay Pending. No command of this product puts that right: somebody who looks after storage does, and nothing may be destroyed.
 */
import { claims, volumes } from '../../api-groups.ts';
import type { PersistentVolume } from '../../api-groups.ts';
import { deployments } from '../../objects.ts';
import { manifest, patch } from '../scenario.ts';
import type { Manifest, Scenario } from '../scenario.ts';
import { podsUnschedulable } from '../pending.ts';
import { isHealthy } from '../state.ts';
import type { State } from '../state.ts';
import { workload } from '../workload.ts';

const name = 'receipts';
const claim = 'receipts-data';
const storageClassName = 'fast-ssd';
const size = { storage: '1Gi' };
const accessModes = ['ReadWriteOnce'];

const objects = (namespace: string): Manifest[] =>
  workload(
    {
      name,
      image: 'docker.io/library/shop-receipts:1.0.2',
      replicas: 1,
      pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] },
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      cause: 'release 1: receipts 1.0.2',
    },
    namespace,
  );
const isDeployment = ({ resource }: Manifest): boolean => resource.kind === deployments.kind;

function installed(namespace: string): Manifest {
  const found = objects(namespace).find(isDeployment);
  if (found === undefined) throw new Error('There is no Deployment to install');
  return found;
}

/** Kept for this one claim, in a folder that every machine has: nothing is left behind there. */
const volume = (namespace: string): PersistentVolume => ({
  metadata: { name: `${namespace}-${claim}` },
  spec: {
    accessModes,
    capacity: size,
    storageClassName,
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/mnt', type: 'Directory' },
    claimRef: { namespace, name: claim },
  },
});

export const scenario: Scenario = {
  number: 18,
  name: 'pvc-class',
  title: 'receipts was installed and does not come up',
  difficulty: 'medium',
  teaches:
    'Follows a Pending pod to its claim and the claim to its storage class, and leaves both to whoever looks after storage.',
  needs: [],
  namespace: 'shop',
  workload: name,
  healthy: (namespace) => objects(namespace).filter((each) => !isDeployment(each)),
  isUp: (state) => state.service !== undefined && state.deployment === undefined,
  breakage: [
    { deed: 'create', manifest: installed },
    {
      deed: 'create',
      manifest: (namespace) =>
        manifest(claims, {
          metadata: { name: claim, namespace, labels: { app: name, 'app.kubernetes.io/part-of': 'shop' } },
          spec: { accessModes, storageClassName, resources: { requests: size } },
        }),
    },
  ],
  symptom: (state) => podsUnschedulable(state, /unbound immediate PersistentVolumeClaims/).length > 0,
  alarm: ({ namespace, pods: [pod] }) => ({
    name: 'KubePodNotReady',
    severity: 'warning',
    summary: 'The pod is Pending for longer than 15 minutes.',
    namespace,
    labels: { pod: pod?.metadata.name ?? name },
  }),
  tool: 'prometheus',
  rootCause: {
    target: { kind: 'PersistentVolumeClaim', name: claim },
    findings: ['ProvisioningFailed'],
  },
  fixes: [
    {
      says: 'Whoever looks after storage provides a volume of that class',
      deeds: [{ deed: 'create', manifest: (namespace) => manifest(volumes, volume(namespace)) }],
    },
  ],
  wrong: [
    {
      says: 'Keep the receipts nowhere',
      deeds: [
        patch(
          deployments,
          name,
          { spec: { template: { spec: { volumes: [{ name: 'data', emptyDir: {} }] } } } },
          'merge',
        ),
      ],
    },
    { says: 'Ask for no pods at all', deeds: [patch(deployments, name, { spec: { replicas: 0 } })] },
  ],
  solved: (state) => isHealthy(state) && isBound(state) && mountsClaim(state),
  settleSeconds: 20,
};

function isBound(state: State): boolean {
  return state
    .all(claims)
    .some(({ metadata, status }) => metadata.name === claim && status?.phase === 'Bound');
}

function mountsClaim({ deployment }: State): boolean {
  const mounted = deployment?.spec.template.spec.volumes ?? [];
  return mounted.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
}
