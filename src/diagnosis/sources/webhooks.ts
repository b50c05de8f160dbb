/** Admission webhooks that creating the workload's pods fails at, and who answers for them. */
import { describeRef, type KubeObject, type ObjectRef } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import { eventsOf, listAll, type Place } from './source.ts';

export interface WebhookView {
  readonly webhook: string;
  readonly configuration: KubeObject;
  /** The Service behind it; undefined for one that is called by URL. */
  readonly service: ObjectRef | undefined;
  /** Ready addresses of that Service; undefined where they could not be read. */
  readonly ready: number | undefined;
}

interface Webhook {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly clientConfig?: { readonly service?: { readonly namespace?: string; readonly name?: string } };
}

/** Reads nothing where no creation failed at a webhook. */
export async function readWebhooks(
  place: Place,
  workload: KubeObject,
  replicaSets: readonly KubeObject[],
  pods: readonly KubeObject[],
): Promise<readonly WebhookView[]> {
  const names = await failedAt(place, workload, replicaSets, pods);
  if (names.length === 0) return [];
  const lists = await Promise.all(
    ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => listAll(place, kind)),
  );
  const found = lists
    .flatMap((list) => list ?? [])
    .flatMap((configuration) =>
      ((configuration['webhooks'] ?? []) as Webhook[])
        .filter(({ name, failurePolicy = 'Fail' }) => names.includes(name) && failurePolicy === 'Fail')
        .map((webhook) => ({ configuration, webhook })),
    );
  return Promise.all(
    found.slice(0, 3).map(async ({ configuration, webhook }) => {
      const { namespace, name } = webhook.clientConfig?.service ?? {};
      const service =
        namespace === undefined || name === undefined ? undefined : { kind: 'Service', namespace, name };
      const ready = service && (await readyAddresses(place, { ...service, kind: 'Endpoints' }));
      return { webhook: webhook.name, configuration, service, ready };
    }),
  );
}

function readyAddresses({ cluster, reader }: Place, endpoints: ObjectRef): Promise<number | undefined> {
  return reader<number | undefined>(describeRef(endpoints), undefined, async (signal) => {
    const subsets = ((await cluster.get(endpoints, signal))?.['subsets'] ?? []) as {
      addresses?: unknown[];
    }[];
    return subsets.reduce((sum, { addresses }) => sum + (addresses?.length ?? 0), 0);
  });
}

/**
 * Names of webhooks in what the controller says of pods that it could not create: in the condition ReplicaFailure, and where
 * there is none (StatefulSets, DaemonSets, Jobs) in the events FailedCreate.
 */
async function failedAt(
  place: Place,
  workload: KubeObject,
  replicaSets: readonly KubeObject[],
  pods: readonly KubeObject[],
): Promise<string[]> {
  const conditions = [workload, ...replicaSets.slice(0, 1)].flatMap(
    (object) => (object['status']?.conditions ?? []) as { type: string; status: string; message?: string }[],
  );
  const messages = conditions
    .filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
    .map(({ message = '' }) => message);
  const { desiredNumberScheduled } = workload['status'] ?? {};
  const wanted = Number(workload['spec']?.replicas ?? desiredNumberScheduled ?? 0);
  const hasConditions = ['Deployment', 'ReplicaSet', 'Pod'].includes(workload.kind);
  if (!hasConditions && pods.length < wanted) {
    const events = await eventsOf(place, refOf(workload));
    messages.push(
      ...events.filter((event) => event['reason'] === 'FailedCreate').map(({ message }) => String(message)),
    );
  }
  return [...new Set(messages.flatMap((message) => webhookIn(message) ?? []))];
}

/** The webhook whose call failed: the API server names it in quotes, in all versions (k8s.io/apiserver, admission/plugin/webhook). */
export function webhookIn(message: string): string | undefined {
  return /failed calling (?:admission )?webhook "([a-z0-9.-]{1,253})"/.exec(message)?.[1];
}
