/** The verbs that make one object from their own words and flags. */
import * as f from './flags.ts';
import { changing, creating, forGood } from './verb.ts';
import type { Verb } from './verb.ts';
import type { Flag } from './flags.ts';

const common = [f.dryRun, f.fieldManager, f.saveConfig, f.validate, ...f.printing];
const fromFiles = [f.refusedValue('from-file', f.localFile), f.refusedValue('from-env-file', f.localFile)];
const rules = [f.value('resource'), f.value('resource-name'), f.value('verb')];
const subjects = [f.value('group'), f.value('serviceaccount'), f.value('user')];
const ports = f.value('tcp');
const appendHash = f.boolean('append-hash');
const overrides = [
  f.value('override-type', f.oneOf('merge', 'strategic')),
  f.value('overrides', f.overridesOnlySpec),
];

/** `create <sub-verb>` in kubectl's words, and the kind that it makes. */
const create = (subVerb: string, kind: string, ...flags: Flag[]): Verb =>
  creating(`create ${subVerb}`, kind, 'a new object', 'Creates', ...common, ...flags);

export const creatingVerbs: readonly Verb[] = [
  create('clusterrole', 'ClusterRole', f.value('aggregation-rule'), f.value('non-resource-url'), ...rules),
  create('clusterrolebinding', 'ClusterRoleBinding', f.value('clusterrole'), ...subjects),
  create('configmap', 'ConfigMap', appendHash, f.value('from-literal'), ...fromFiles),
  create('cronjob', 'CronJob', f.value('image'), f.value('restart'), f.value('schedule')),
  create(
    'deployment',
    'Deployment',
    f.value('image'),
    f.value('port', f.whole),
    f.value('r replicas', f.whole),
  ),
  create(
    'ingress',
    'Ingress',
    ...[f.value('annotation'), f.value('class'), f.value('default-backend'), f.value('rule')],
  ),
  forGood(create('job', 'Job', f.value('from'), f.value('image'))),
  create('namespace', 'Namespace'),
  create(
    'poddisruptionbudget',
    'PodDisruptionBudget',
    ...[f.value('max-unavailable'), f.value('min-available'), f.value('selector')],
  ),
  create(
    'priorityclass',
    'PriorityClass',
    ...[f.value('description'), f.boolean('global-default'), f.value('preemption-policy')],
    f.value('value', f.whole),
  ),
  create('quota', 'ResourceQuota', f.value('hard'), f.value('scopes')),
  create('role', 'Role', ...rules),
  create('rolebinding', 'RoleBinding', f.value('clusterrole'), f.value('role'), ...subjects),
  create('secret generic', 'Secret', appendHash, f.value('from-literal'), f.value('type'), ...fromFiles),
  create(
    'secret docker-registry',
    'Secret',
    ...[appendHash, f.value('docker-email'), f.value('docker-password'), f.value('docker-server')],
    ...[f.value('docker-username'), f.refusedValue('from-file', f.localFile)],
  ),
  create('service clusterip', 'Service', f.value('clusterip'), ports),
  create('service externalname', 'Service', f.value('external-name'), ports),
  create('service loadbalancer', 'Service', ports),
  create('service nodeport', 'Service', f.value('node-port', f.whole), ports),
  create('serviceaccount', 'ServiceAccount'),
  forGood({
    ...changing(
      'create token',
      'high',
      'a new object',
      'Makes a credential of',
      ...[f.value('audience'), f.value('bound-object-kind'), f.value('bound-object-name')],
      ...[f.value('bound-object-uid'), f.value('duration'), ...f.printing],
    ),
    creates: 'ServiceAccount',
  }),
  forGood(
    creating(
      'run',
      'Pod',
      'a new object',
      'Runs a new',
      ...[f.value('annotations'), f.refusedBoolean('attach', f.interactive), f.cascade, f.boolean('command')],
      ...[f.value('detach-keys'), f.dryRun, f.value('env'), f.boolean('expose'), f.fieldManager, f.force],
      ...[f.gracePeriod, f.value('image'), f.value('image-pull-policy'), f.value('l labels')],
      ...[f.refusedBoolean('leave-stdin-open', f.interactive), f.value('pod-running-timeout')],
      ...[f.value('port'), f.boolean('privileged'), f.boolean('q quiet'), f.value('restart')],
      ...[f.refusedBoolean('rm', f.interactive), f.saveConfig, f.timeout, f.boolean('wait')],
      ...[f.refusedBoolean('i stdin', f.interactive), f.refusedBoolean('t tty', f.interactive)],
      ...[...overrides, ...f.noManifests, ...f.printing],
    ),
  ),
  creating(
    'expose',
    'Service',
    'objects that get another',
    'Makes pods reachable through a new',
    ...[f.value('cluster-ip'), f.dryRun, f.value('external-ip'), f.fieldManager, f.value('l labels')],
    ...[f.value('load-balancer-ip'), f.value('name', f.objectName), f.value('port'), f.value('protocol')],
    ...[f.saveConfig, f.value('selector'), f.value('session-affinity'), f.value('target-port')],
    ...[f.value('type'), ...overrides, ...f.noManifests, ...f.printing],
  ),
  creating(
    'autoscale',
    'HorizontalPodAutoscaler',
    'objects that get another',
    'Hands the replica count to a new',
    ...[f.value('cpu'), f.dryRun, f.fieldManager, f.value('max', f.whole), f.value('memory')],
    ...[f.value('min', f.whole), f.value('name', f.objectName), f.saveConfig],
    ...[...f.noManifests, ...f.printing],
  ),
];
