/** The verbs that change something on the server, with their flags. */
import * as f from './flags.ts';
import { changing } from './verb.ts';
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
const setting = [f.all, f.dryRun, f.fieldManager, f.local, ...f.manifests, ...f.printing];
const rollout = [f.fieldManager, f.selector, ...f.manifests, ...f.printing];

export const changingVerbs: readonly Verb[] = [
  {
    ...changing(
      'delete',
      'high',
      'objects',
      'Deletes',
      ...[f.all, f.allNamespaces, f.dryRun, f.fieldSelector, f.selector, f.output, f.timeout],
      {
        name: 'cascade',
        kind: 'optional',
        whenBare: 'background',
        check: f.oneOf('background', 'foreground', 'orphan'),
      },
      ...[f.boolean('force'), f.value('grace-period', f.whole), f.boolean('ignore-not-found')],
      ...[
        f.boolean('now'),
        f.boolean('wait'),
        ...f.manifests,
        f.refusedBoolean('i interactive', f.interactive),
      ],
      f.refusedValue('raw', 'would delete whatever a raw path names, even in a dry run'),
    ),
    reversible: false,
  },
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
    ...[...setting, f.resourceVersion],
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
  {
    ...changing(
      'exec',
      'high',
      'pod and command',
      'Runs a command inside',
      ...[f.value('c container'), f.value('pod-running-timeout'), f.boolean('q quiet')],
      f.refusedValue('f filename', f.manifest),
      ...[f.refusedBoolean('i stdin', f.interactive), f.refusedBoolean('t tty', f.interactive)],
    ),
    reversible: false,
  },
];
