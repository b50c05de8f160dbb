/** A Deployment of three replicas whose health is turned by hand: nothing but its status changes. */
import type { KubeClient } from '../../../src/practice/client.ts';
import { deployments, namespaces, pods, replicaSets } from '../../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../../src/practice/objects.ts';

const namespace = 'shop';
const name = 'checkout';
const replicas = 3;
const labels = { app: name };
const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'shop-checkout:2' }] } };

export const target = { kind: 'Deployment', namespace, name };

/** Puts the Deployment into an empty cluster, with its ReplicaSet and its pods, which run. */
export async function deploy(client: KubeClient): Promise<void> {
  const create = (resource: Resource<KubeObject>, object: object) =>
    client.create(resource, object as KubeObject);
  const spec = { replicas, selector: { matchLabels: labels }, template };
  await client.create(namespaces, { metadata: { name: namespace } });
  const deployment = await create(deployments as Resource<KubeObject>, {
    metadata: { name, namespace, labels },
    spec,
  });
  const set = await create(replicaSets as Resource<KubeObject>, {
    metadata: { name: `${name}-1`, namespace, labels, ...ownedBy(deployments, deployment) },
    spec,
  });
  for (let index = 1; index <= replicas; index++) {
    const pod = `${name}-1-${index}`;
    await create(pods as Resource<KubeObject>, {
      metadata: { name: pod, namespace, labels, ...ownedBy(replicaSets, set) },
      spec: { ...template.spec, nodeName: 'node-1' },
    });
    await client.patch(pods, namespace, pod, { status: running }, { subresource: 'status' });
  }
}

const running = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [
    {
      name: 'app',
      image: 'shop-checkout:2',
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    },
  ],
};

function ownedBy(
  { apiVersion, kind }: Pick<Resource<KubeObject>, 'apiVersion' | 'kind'>,
  { metadata: { name, uid } }: KubeObject,
) {
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] };
}

/** Says that all replicas are available, or that one is not. */
export async function turn(client: KubeClient, healthy: boolean): Promise<void> {
  const available = healthy ? replicas : replicas - 1;
  const status = {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: available,
    availableReplicas: available,
  };
  await client.patch(deployments, namespace, name, { status }, { subresource: 'status' });
}
