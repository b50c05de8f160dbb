/** The commonest mistakes in objects, refused in the API server's words. */
import { isDeepStrictEqual } from 'node:util';
import type { V1PodTemplateSpec, V1ServicePort, V1ServiceSpec } from '@kubernetes/client-node';
import { autoscalerCauses } from './autoscaling.ts';
import { invalid, type Cause } from './failure.ts';
import { at, isJsonObject, type JsonObject, type KubeObject } from './object.ts';
import { podSpecCauses } from './pod-validation.ts';
import type { Resource } from './resources.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const workloads = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);

/**
 * @param previous the object before an update
 * @throws ApiFailure 422 that names every wrong field
 */
export function validate(resource: Resource, object: KubeObject, previous?: KubeObject): void {
  const causes = [
    ...nameCauses(resource, object),
    ...(workloads.has(object.kind) ? workloadCauses(object) : []),
    ...(object.kind === 'Job' ? templateCauses(object) : []),
    ...(object.kind === 'HorizontalPodAutoscaler' ? autoscalerCauses(object) : []),
    ...(object.kind === 'Pod' ? podSpecCauses(object['spec'], 'spec') : []),
    ...(object.kind === 'Service' ? serviceCauses(object['spec'] as V1ServiceSpec) : []),
    ...(object.kind === 'Deployment' ? strategyCauses(object) : []),
    ...(previous === undefined ? [] : changeCauses(object, previous)),
  ];
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}

function nameCauses(resource: Resource, { metadata: { name } }: KubeObject): Cause[] {
  if (resource.group === 'rbac.authorization.k8s.io') return [];
  if (subdomain.test(name) && name.length <= 253) return [];
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [wrong('metadata.name', name, rule)];
}

function workloadCauses(object: KubeObject): Cause[] {
  const causes: Cause[] = [];
  const replicas = at(object, 'spec', 'replicas');
  if (replicas !== undefined && !Number.isInteger(replicas)) {
    causes.push(wrong('spec.replicas', replicas, 'must be a whole number'));
  }
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(wrong('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const selector = at(object, 'spec', 'selector');
  if (!isJsonObject(selector)) causes.push(required('spec.selector'));
  else if (Object.keys(selector).length === 0) {
    causes.push(
      wrong('spec.selector', selector, `empty selector is invalid for ${object.kind.toLowerCase()}`),
    );
  }
  const labels = (at(object, 'spec', 'template', 'metadata', 'labels') ?? {}) as Record<string, string>;
  const wanted = Object.entries((at(selector, 'matchLabels') ?? {}) as Record<string, string>);
  if (wanted.some(([key, value]) => labels[key] !== value)) {
    causes.push(
      wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  return [...causes, ...templateCauses(object)];
}

/** A rolling update that may neither add nor take away a pod would stand still. */
function strategyCauses(object: KubeObject): Cause[] {
  const rolling = at(object, 'spec', 'strategy', 'rollingUpdate');
  const isNone = (field: string): boolean => /^0%?$/.test(String(at(rolling, field)));
  if (!isNone('maxSurge') || !isNone('maxUnavailable')) return [];
  const field = 'spec.strategy.rollingUpdate.maxUnavailable';
  return [wrong(field, at(rolling, 'maxUnavailable'), 'may not be 0 when `maxSurge` is 0')];
}

function templateCauses(object: KubeObject): Cause[] {
  const template = at(object, 'spec', 'template') as V1PodTemplateSpec | undefined;
  return podSpecCauses(template?.spec, 'spec.template.spec');
}

function serviceCauses(spec: V1ServiceSpec): Cause[] {
  const ports = spec.ports ?? [];
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') {
    return [required('spec.ports')];
  }
  return ports.flatMap((port: V1ServicePort, index) => {
    const path = `spec.ports[${index}]`;
    const target = typeof port.targetPort === 'number' ? port.targetPort : port.port;
    const isPort = (value: unknown): boolean =>
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
    return [
      ...(isPort(port.port)
        ? []
        : [wrong(`${path}.port`, port.port, 'must be between 1 and 65535, inclusive')]),
      ...(isPort(target)
        ? []
        : [wrong(`${path}.targetPort`, target, 'must be between 1 and 65535, inclusive')]),
      ...(ports.length > 1 && port.name === undefined ? [required(`${path}.name`)] : []),
    ];
  });
}

/** What may not change in an object that exists. */
function changeCauses(object: KubeObject, previous: KubeObject): Cause[] {
  const immutable: Readonly<Record<string, readonly string[]>> = {
    Deployment: ['spec.selector'],
    ReplicaSet: ['spec.selector'],
    DaemonSet: ['spec.selector'],
    Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
    StatefulSet: [
      'spec.selector',
      'spec.serviceName',
      'spec.podManagementPolicy',
      'spec.volumeClaimTemplates',
    ],
    Service:
      previous['spec'] !== undefined && at(previous, 'spec', 'clusterIP') !== 'None'
        ? ['spec.clusterIP']
        : [],
    RoleBinding: ['roleRef'],
    ClusterRoleBinding: ['roleRef'],
    Secret: ['type'],
  };
  const causes = (immutable[object.kind] ?? [])
    .map((field) => ({
      field,
      now: at(object, ...field.split('.')),
      before: at(previous, ...field.split('.')),
    }))
    .filter(({ now, before }) => before !== undefined && !isDeepStrictEqual(now, before))
    .map(({ field, now }) =>
      field === 'spec.clusterIP'
        ? wrong('spec.clusterIPs[0]', [now], 'may not change once set')
        : wrong(field, now, 'field is immutable'),
    );
  if (object.kind === 'Pod' && !isDeepStrictEqual(lasting(object), lasting(previous))) {
    causes.push({
      reason: 'FieldValueForbidden',
      field: 'spec',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    });
  }
  return causes;
}

const changeableInPods = new Set(['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds']);

/** A pod's spec without what an update may change. */
function lasting(pod: KubeObject): JsonObject {
  const entries = Object.entries(pod['spec'] as JsonObject).filter(([field]) => !changeableInPods.has(field));
  return Object.fromEntries(
    entries.map(([field, value]) => [
      field,
      /^(c|initC)ontainers$/.test(field) ? withoutImages(value) : value,
    ]),
  );
}

function withoutImages(containers: unknown): JsonObject[] {
  return (containers as JsonObject[]).map((container) => ({ ...container, image: '' }));
}

function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function required(field: string): Cause {
  return { reason: 'FieldValueRequired', field, message: 'Required value' };
}
