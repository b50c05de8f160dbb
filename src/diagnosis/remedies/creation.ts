/** For pods that the API server refuses: fewer of them, or what it asks of them. A quota is never raised or taken away here. */
import type { GroundedProposal } from '../../domain/action.ts';
import { weakest, type Provenance } from '../../domain/diagnosis.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import { createFailure } from '../findings/failed-create.ts';
import { requestOf } from '../placement.ts';
import { containersOf, refOf, type ContainerSpec } from '../pods.ts';
import { formatCpu, formatMemory, parseQuantity } from '../quantity.ts';
import { readRefusal, type Refusal } from '../refusals.ts';
import { revisionThatDiffers, type TemplateChange } from '../revisions.ts';
import { templateSpecOf } from '../sources/references.ts';
import type { Snapshot } from '../snapshot.ts';
import { cite, claimed, onlySuspected, type Remedy, type RemedyContext, type RemedyRule } from './remedy.ts';
import { fewerReplicas } from './replicas.ts';
import { rollback } from './rollback.ts';

type Resource = 'cpu' | 'memory';

/** The most that a limit is set to where nothing but the quota bounds it: a core, half a gibibyte. */
const generous: Readonly<Record<Resource, number>> = { cpu: 1, memory: 2 ** 29 };

/** Fields whose change can bring a refusal about. */
const culprits: Readonly<Record<Refusal['kind'], (change: TemplateChange) => boolean>> = {
  'quota-exceeded': ({ field }) => field === 'resources' || field === 'name',
  'must-specify': ({ field }) => field === 'resources' || field === 'name',
  'limit-range': ({ field }) => field === 'resources' || field === 'name',
  'service-account': ({ field }) => field === 'serviceAccountName' || field === 'serviceAccount',
  'pod-security': ({ field }) =>
    ['securityContext', 'hostNetwork', 'hostPID', 'hostIPC', 'volumes', 'ports', 'name'].includes(field),
  other: () => false,
};

export const forFailedCreate: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const failure = createFailure(snapshot);
  const message = failure?.message ?? '';
  const refusal = readRefusal(message);
  const grounds = weakest(failure?.provenance ?? 'written', groundsOf(snapshot, refusal));
  const cause = causeOf(finding.target.name, refusal, message);
  if (finding.target.kind !== 'Deployment')
    return onlySuspected(context, cause, `The API server says: ${message}`);
  const older = revisionThatDiffers(snapshot, [], culprits[refusal.kind], (set) => isAccepted(set, refusal));
  if (older?.isOnlyThat === true) return rollback(context, older, cause, { confidence: 1, grounds });
  switch (refusal.kind) {
    case 'quota-exceeded':
      return withinQuota(context, refusal, cause, grounds);
    case 'must-specify':
      return withLimits(context, refusal, cause, grounds);
    default:
      return onlySuspected(context, cause, `The API server says: ${message}`);
  }
};

/**
 * What the API server says of a refusal is observed. What it passes on is not always its own: what names a quota counts only where
 * there is that quota, and it has to do with it.
 */
function groundsOf({ means, workload, replicaSets }: Snapshot, refusal: Refusal): Provenance {
  const quotaOf = (name: string): KubeObject | undefined =>
    means.limits.quotas.find(({ metadata }) => metadata.name === name);
  switch (refusal.kind) {
    case 'quota-exceeded': {
      const hard = quotaOf(refusal.quota)?.['spec']?.hard ?? quotaOf(refusal.quota)?.['status']?.hard ?? {};
      const named = Object.keys(refusal.requested);
      return named.length > 0 && named.some((resource) => Object.hasOwn(hard, resource))
        ? 'observed'
        : 'written';
    }
    case 'must-specify': {
      const hard = quotaOf(refusal.quota)?.['spec']?.hard ?? quotaOf(refusal.quota)?.['status']?.hard ?? {};
      return refusal.missing.every(({ resource }) => Object.hasOwn(hard, resource)) ? 'observed' : 'written';
    }
    case 'service-account': {
      const template = templateSpecOf(replicaSets[0] ?? workload ?? ({} as KubeObject)) as
        { readonly serviceAccountName?: string } | undefined;
      return template?.serviceAccountName === refusal.name ? 'observed' : 'written';
    }
    case 'limit-range':
    case 'pod-security':
      return 'observed';
    case 'other':
      return 'written';
  }
}

function causeOf(name: string, refusal: Refusal, message: string): string {
  switch (refusal.kind) {
    case 'quota-exceeded':
      return `Quota ${refusal.quota} does not let all the pods of ${name} in that are asked for.`;
    case 'must-specify':
      return `Quota ${refusal.quota} lets no pod in that does not specify ${refusal.missing.map(({ resource }) => resource).join(', ')}, and those of ${name} do not.`;
    case 'service-account':
      return `ServiceAccount ${refusal.name}, as which pods of ${name} are to run, does not exist.`;
    case 'limit-range':
      return `A LimitRange of the namespace does not allow the resources that pods of ${name} ask for.`;
    case 'pod-security':
      return `The pod security of the namespace does not allow the pods of ${name}.`;
    case 'other':
      return `Pods of ${name} cannot be made: ${message.slice(0, 300)}`;
  }
}

/** Whether the revision would not be refused for the same reason, as far as its template shows. */
function isAccepted(set: KubeObject, refusal: Refusal): boolean {
  if (refusal.kind !== 'must-specify') return true;
  const containers = containersOf(templateSpecOf(set) as { containers?: ContainerSpec[] });
  return refusal.missing.every(({ resource }) =>
    containers.every((container) => specifies(container, resource)),
  );
}

/** Whether a container says what a quota's `limits.cpu`, `requests.memory` or `cpu` asks for; a limit alone is also the request. */
function specifies({ resources }: ContainerSpec, name: string): boolean {
  const [part, resource] = splitName(name);
  const { limits, requests } = resources ?? {};
  return limits?.[resource] !== undefined || (part === 'requests' && requests?.[resource] !== undefined);
}

function splitName(name: string): [part: 'limits' | 'requests', resource: string] {
  const [, part, resource = name] = /^(limits|requests)\.(.+)$/.exec(name) ?? [];
  return [part === 'limits' ? 'limits' : 'requests', resource];
}

/** What a quota leaves of one of its resources, base units; undefined where that is not known. */
function left(snapshot: Snapshot, quota: string, name: string): number | undefined {
  const status = snapshot.means.limits.quotas.find(({ metadata }) => metadata.name === quota)?.['status'];
  const hard = parseQuantity(status?.hard?.[name]);
  const used = parseQuantity(status?.used?.[name]);
  return hard === undefined || used === undefined ? undefined : hard - used;
}

/** As many replicas as there are, and as many more as the quota lets in by now. */
function withinQuota(
  context: RemedyContext,
  { quota, requested }: Extract<Refusal, { kind: 'quota-exceeded' }>,
  cause: string,
  grounds: Provenance,
): Remedy {
  const { snapshot } = context;
  const there = Number(snapshot.workload?.['status']?.replicas ?? 0);
  const rooms = Object.entries(requested).map(([name, each]) => {
    const room = left(snapshot, quota, name);
    return room === undefined || each <= 0 ? 0 : Math.floor((room + 1e-9) / each);
  });
  const more = rooms.length === 0 ? 0 : Math.max(0, Math.min(...rooms));
  const why = `Quota ${quota} lets ${there + more} pods of this kind in.`;
  const quotas = snapshot.means.limits.quotas.filter(({ metadata }) => metadata.name === quota).map(refOf);
  return fewerReplicas(context, cause, there + more, why, { confidence: 0.87, grounds }, ...quotas);
}

/** Limits for the container that has none: those of its kind in the namespace, else a share of what the quota leaves. */
function withLimits(
  context: RemedyContext,
  { quota, missing }: Extract<Refusal, { kind: 'must-specify' }>,
  cause: string,
  grounds: Provenance,
): Remedy {
  const { snapshot, finding } = context;
  const [current] = snapshot.replicaSets;
  const template = templateSpecOf(current ?? snapshot.workload ?? ({} as KubeObject));
  const containers = containersOf(template as { containers?: ContainerSpec[] });
  const lacking = containers.filter((container) =>
    missing.some(({ resource }) => !specifies(container, resource)),
  );
  const [container] = lacking;
  const ask = `The owners of ${finding.target.name} know what its containers need: ${missing.map(({ resource }) => resource).join(', ')}.`;
  const resources = [...new Set(missing.map(({ resource }) => splitName(resource)[1]))];
  if (container === undefined || lacking.length > 1 || !resources.every(isResource))
    return onlySuspected(context, cause, ask);
  const amounts: Partial<Record<Resource, string>> = {};
  const reasons: string[] = [];
  for (const resource of resources) {
    if (missing.every(({ resource: name }) => splitName(name)[1] !== resource || specifies(container, name)))
      continue;
    const choice = limitFor(snapshot, quota, container, resource);
    if (choice === undefined) return onlySuspected(context, cause, ask);
    amounts[resource] = choice.amount;
    reasons.push(`${resource} ${choice.amount} ${choice.why}`);
  }
  return {
    cause,
    hypotheses: [{ statement: ask, evidence: finding.evidence }],
    proposals: [
      limits(
        context,
        container.name,
        amounts,
        `Container ${container.name} gets limits: ${reasons.join('; ')}.`,
        grounds,
      ),
    ],
  };
}

function isResource(name: string): name is Resource {
  return name === 'cpu' || name === 'memory';
}

/** A limit that the quota has room for in every replica, and in one more while a rollout goes on. */
function limitFor(
  snapshot: Snapshot,
  quota: string,
  container: ContainerSpec,
  resource: Resource,
): { amount: string; why: string } | undefined {
  const least = requestOf(container, resource);
  const pods = Number(snapshot.workload?.['spec']?.replicas ?? 1) + 1;
  const room =
    left(snapshot, quota, `limits.${resource}`) ??
    left(snapshot, quota, `requests.${resource}`) ??
    left(snapshot, quota, resource);
  const most = room === undefined ? Infinity : room / pods;
  const format = resource === 'cpu' ? formatCpu : formatMemory;
  const usual = usualLimit(snapshot, resource);
  if (usual !== undefined && usual >= least && usual <= most)
    return { amount: format(usual), why: 'as other containers of the namespace have' };
  const amount = Math.min(most, Math.max(generous[resource], 2 * least));
  return Number.isFinite(most) && amount >= least && amount > 0
    ? { amount: format(amount), why: `of what quota ${quota} leaves` }
    : undefined;
}

/** The middle one of the limits that containers of the namespace have, base units. */
function usualLimit({ means }: Snapshot, resource: Resource): number | undefined {
  const all = means.limits.siblings
    .flatMap((deployment) => containersOf(templateSpecOf(deployment) as { containers?: ContainerSpec[] }))
    .flatMap(({ resources }) => parseQuantity(resources?.limits?.[resource]) ?? [])
    .toSorted((a, b) => a - b);
  return all[Math.floor(all.length / 2)];
}

function limits(
  context: RemedyContext,
  container: string,
  { cpu, memory }: Partial<Record<Resource, string>>,
  rationale: string,
  grounds: Provenance,
): GroundedProposal {
  const { namespace = '', name: deployment } = context.finding.target;
  const place = { namespace, deployment, container };
  const rest = {
    rationale,
    grounds,
    claimedConfidence: claimed(0.87, context),
    evidence: cite(context, context.finding.target),
  };
  if (cpu !== undefined && memory === undefined)
    return { action: 'increase_cpu_limits', parameters: { ...place, cpu }, ...rest };
  return {
    action: 'set_resource_limits',
    parameters: {
      ...place,
      ...(cpu === undefined ? {} : { cpu }),
      ...(memory === undefined ? {} : { memory }),
    },
    ...rest,
  };
}
