/** The verbs that change something on the server, with their flags. */
import * as f from './flags.ts';
import { changing, forGood } from './verb.ts';
import type { Verb } from './verb.ts';

const containers = f.value('c containers');
const pairs = [
  f.all,
  f.allNamespaces,
  f.dryRun,
  f.fieldManager,
  f.fieldSelector,
  f.boolean('list'),
  f.local,
  f.overwrite,
  f.resourceVersion,
  f.selector,
  ...f.manifests,
  ...f.printing,
];
const settingPlain = [f.all, f.dryRun, f.fieldManager, f.local, ...f.plainManifests, ...f.printing];
const setting = [...settingPlain, f.kustomize];
const terminal = [f.refusedBoolean('i stdin', f.interactive), f.refusedBoolean('t tty', f.interactive)];
const rollout = [f.fieldManager, f.selector, ...f.manifests, ...f.printing];

export const changingVerbs: readonly Verb[] = [
  forGood(
    changing(
      'delete',
      'high',
      'objects',
      'Deletes',
      ...[f.all, f.allNamespaces, f.dryRun, f.fieldSelector, f.selector, f.output, f.timeout],
      ...[f.cascade, f.force, f.gracePeriod, f.boolean('ignore-not-found')],
      ...[
        f.boolean('now'),
        f.boolean('wait'),
        ...f.manifests,
        f.refusedBoolean('i interactive', f.interactive),
      ],
      f.refusedValue('raw', 'would delete whatever a raw path names, even in a dry run'),
    ),
  ),
  changing(
    'scale',
    'medium',
    'objects',
    'Scales',
    ...[
      f.all,
      f.value('current-replicas', f.whole),
      f.dryRun,
      f.value('replicas', f.whole),
      f.resourceVersion,
    ],
    ...[f.selector, f.timeout, ...f.manifests, ...f.printing],
  ),
  changing('rollout restart', 'medium', 'objects', 'Restarts the pods of', ...rollout),
  changing(
    'rollout undo',
    'medium',
    'objects',
    'Rolls back',
    ...[f.dryRun, f.selector, f.value('to-revision', f.whole), ...f.manifests, ...f.printing],
  ),
  changing('rollout pause', 'medium', 'objects', 'Pauses the rollout of', ...rollout),
  changing('rollout resume', 'medium', 'objects', 'Resumes the rollout of', ...rollout),
  changing('set image', 'medium', 'objects and pairs', 'Changes the image of', ...setting, f.selector),
  changing(
    'set env',
    'medium',
    'objects and pairs',
    'Changes the environment variables of',
    ...[
      ...setting,
      f.selector,
      containers,
      f.value('e env', f.notFromInput),
      f.value('from'),
      f.value('keys'),
    ],
    ...[f.boolean('list'), f.overwrite, f.value('prefix'), f.boolean('resolve')],
  ),
  changing(
    'set resources',
    'medium',
    'objects',
    'Changes the CPU and memory of',
    ...[...setting, f.selector, containers, f.value('limits'), f.value('requests')],
  ),
  changing(
    'set selector',
    'medium',
    'objects and a value',
    'Changes the selector of',
    ...[...settingPlain, f.resourceVersion],
  ),
  changing(
    'set serviceaccount',
    'medium',
    'objects and a value',
    'Changes the service account of',
    ...setting,
  ),
  changing(
    'patch',
    'medium',
    'objects',
    'Patches',
    ...[f.dryRun, f.fieldManager, f.local, f.value('p patch'), f.refusedValue('patch-file', f.localFile)],
    ...[f.subresource, f.value('type', f.oneOf('strategic', 'merge', 'json')), ...f.manifests, ...f.printing],
  ),
  changing('label', 'medium', 'objects and pairs', 'Changes labels of', ...pairs),
  changing('annotate', 'medium', 'objects and pairs', 'Changes annotations of', ...pairs),
  changing('cordon', 'high', 'nodes', 'Keeps new pods off', f.dryRun, f.selector),
  changing('uncordon', 'high', 'nodes', 'Lets new pods onto', f.dryRun, f.selector),
  forGood(
    changing(
      'exec',
      'high',
      'pod and command',
      'Runs a command inside',
      ...[f.value('c container'), f.value('pod-running-timeout'), f.boolean('q quiet')],
      f.refusedValue('f filename', f.manifest),
      ...terminal,
    ),
  ),
  forGood(
    changing(
      'port-forward',
      'high',
      'pod and ports',
      'Opens a port of this machine that leads to',
      f.value('address', f.ownMachine),
      f.value('pod-running-timeout'),
    ),
  ),
  forGood(
    changing(
      'debug',
      'high',
      'pod or node to debug',
      'Starts a debugging container for',
      ...[f.boolean('arguments-only'), f.refusedBoolean('attach', f.interactive), f.value('c container')],
      ...[f.value('copy-to', f.objectName), f.refusedValue('custom', f.localFile), f.value('env')],
      ...[f.refusedValue('f filename', f.manifest), f.value('image'), f.value('image-pull-policy')],
      ...[f.boolean('keep-annotations'), f.boolean('keep-init-containers'), f.boolean('keep-labels')],
      ...[f.boolean('keep-liveness'), f.boolean('keep-readiness'), f.boolean('keep-startup')],
      f.value('profile', f.oneOf('general', 'baseline', 'restricted', 'netadmin', 'sysadmin')),
      ...[f.boolean('q quiet'), f.boolean('replace'), f.boolean('same-node'), f.value('set-image')],
      ...[f.boolean('share-processes'), f.value('target'), ...terminal],
    ),
  ),
  forGood(
    changing(
      'drain',
      'high',
      'nodes with their pods',
      'Empties',
      ...[f.chunkSize, f.boolean('delete-emptydir-data'), f.boolean('disable-eviction'), f.dryRun, f.force],
      ...[f.gracePeriod, f.boolean('ignore-daemonsets'), f.value('pod-selector'), f.selector],
      ...[f.value('skip-wait-for-delete-timeout', f.whole), f.timeout],
    ),
  ),
  changing(
    'taint',
    'high',
    'nodes and taints',
    'Changes the taints of',
    ...[f.all, f.dryRun, f.fieldManager, f.overwrite, f.selector, f.validate, ...f.printing],
  ),
  ...(['approve', 'deny'] as const).map((answer) =>
    forGood(
      changing(
        `certificate ${answer}`,
        'high',
        'certificates',
        answer === 'approve' ? 'Approves' : 'Denies',
        ...[f.force, ...f.manifests, ...f.printing],
      ),
    ),
  ),
  changing(
    'set subject',
    'high',
    'objects',
    'Changes the subjects of',
    ...[...setting, f.selector, f.value('group'), f.value('serviceaccount'), f.value('user')],
  ),
];
