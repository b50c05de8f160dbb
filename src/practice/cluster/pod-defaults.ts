/** Defaults of pod specs, in pods and in the templates of workloads. */
import type { V1Container, V1PodSpec, V1Probe } from '@kubernetes/client-node';

/** Fills in a pod spec in place; a missing one is left to validation. */
export function defaultPodSpec(spec: V1PodSpec | undefined): void {
  if (spec === undefined) return;
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  // The older of two names of one field is kept up.
  if (spec.serviceAccountName !== undefined) spec.serviceAccount ??= spec.serviceAccountName;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    defaultContainer(container);
  }
  for (const volume of spec.volumes ?? []) {
    if (volume.configMap !== undefined) volume.configMap.defaultMode ??= 0o644;
    if (volume.secret !== undefined) volume.secret.defaultMode ??= 0o644;
    if (volume.projected !== undefined) volume.projected.defaultMode ??= 0o644;
  }
}

/** A pod's container without a request asks for its limit. */
export function defaultRequests(spec: V1PodSpec): void {
  for (const { resources } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
  }
}

function defaultContainer(container: V1Container): void {
  container.resources ??= {};
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= isLatest(container.image) ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
}

function defaultProbe(probe: V1Probe): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.httpGet !== undefined) {
    probe.httpGet.path ??= '/';
    probe.httpGet.scheme ??= 'HTTP';
  }
}

/** Whether an image reference has the tag `latest`, or neither tag nor digest. */
function isLatest(image: string | undefined): boolean {
  const last = (image ?? '').split('/').at(-1) ?? '';
  return last.endsWith(':latest') || !/[:@]/.test(last);
}
