/** The verbs that only read, with their flags. */
import * as f from './flags.ts';
import { reading } from './verb.ts';
import type { Verb } from './verb.ts';

const noHeaders = f.boolean('no-headers');
const watch = f.boolean('w watch');
const revision = f.value('revision', f.whole);
const sortBy = f.value('sort-by');
const showSwap = f.boolean('show-swap');
const protocolBuffers = f.boolean('use-protocol-buffers');
export const readingVerbs: readonly Verb[] = [
  reading(
    'get',
    'objects',
    'Reads',
    ...[f.allNamespaces, f.fieldSelector, f.selector, f.subresource, ...f.manifests, ...f.printing],
    ...[f.chunkSize, noHeaders, sortBy, watch, f.value('L label-columns'), f.value('raw')],
    ...[f.boolean('ignore-not-found'), f.boolean('output-watch-events'), f.boolean('server-print')],
    ...[f.boolean('show-kind'), f.boolean('show-labels'), f.boolean('watch-only')],
  ),
  reading(
    'describe',
    'objects',
    'Describes',
    ...[f.allNamespaces, f.selector, f.chunkSize, f.boolean('show-events'), ...f.manifests],
  ),
  reading(
    'logs',
    'pod and container',
    'Reads the logs of',
    ...[f.boolean('all-containers'), f.boolean('all-pods'), f.value('c container'), f.boolean('f follow')],
    ...[f.boolean('ignore-errors'), f.boolean('insecure-skip-tls-verify-backend')],
    ...[
      f.value('limit-bytes', f.whole),
      f.value('max-log-requests', f.whole),
      f.value('pod-running-timeout'),
    ],
    ...[f.boolean('prefix'), f.boolean('p previous'), f.selector, f.value('since'), f.value('since-time')],
    ...[f.value('tail', f.whole), f.boolean('timestamps')],
  ),
  reading(
    'events',
    'nothing',
    'Reads',
    ...[f.allNamespaces, f.chunkSize, f.value('for'), noHeaders, f.value('types'), watch, ...f.printing],
  ),
  reading(
    'top node',
    'a node',
    'Reads the CPU and memory use of',
    ...[noHeaders, f.selector, f.boolean('show-capacity'), showSwap, sortBy, protocolBuffers],
  ),
  reading(
    'top pod',
    'a pod',
    'Reads the CPU and memory use of',
    ...[f.allNamespaces, f.boolean('containers'), f.fieldSelector, noHeaders, f.selector, showSwap, sortBy],
    ...[f.boolean('sum'), protocolBuffers],
  ),
  reading(
    'explain',
    'a question',
    'Explains the fields of a type',
    ...[f.value('api-version'), f.output, f.recursive],
  ),
  reading(
    'api-resources',
    'nothing',
    'Lists the types that the cluster knows',
    ...[f.value('api-group'), f.boolean('cached'), f.value('categories'), f.boolean('namespaced'), noHeaders],
    ...[f.output, f.managedFields, sortBy, f.value('verbs')],
  ),
  reading('api-versions', 'nothing', 'Lists the API versions that the cluster knows'),
  reading(
    'version',
    'nothing',
    'Reads the versions of kubectl and the cluster',
    f.boolean('client'),
    f.output,
  ),
  reading('cluster-info', 'nothing', "Reads the addresses of the cluster's services"),
  reading(
    'cluster-info dump',
    'nothing',
    'Dumps objects and logs of whole namespaces',
    ...[f.allNamespaces, f.value('namespaces'), f.value('pod-running-timeout'), ...f.printing],
    f.refusedValue('output-directory', f.localFile),
  ),
  reading(
    'auth can-i',
    'a question',
    'Asks what we are allowed to do',
    ...[f.allNamespaces, f.boolean('list'), noHeaders, f.boolean('q quiet'), f.value('subresource')],
  ),
  reading('auth whoami', 'nothing', 'Asks the cluster who we are', ...f.printing),
  reading(
    'rollout status',
    'objects',
    'Watches the rollout of',
    ...[revision, f.selector, f.timeout, watch, ...f.manifests],
  ),
  reading(
    'rollout history',
    'objects',
    'Reads the rollout history of',
    ...[revision, f.selector, ...f.manifests, ...f.printing],
  ),
  reading(
    'wait',
    'objects',
    'Waits for',
    ...[f.all, f.allNamespaces, f.fieldSelector, f.value('for'), f.local, f.selector, f.timeout],
    ...[...f.plainManifests, ...f.printing],
  ),
  reading(
    'diff',
    'a manifest',
    'Compares with the cluster',
    ...[f.value('concurrency', f.whole), f.fieldManager, f.boolean('force-conflicts'), f.managedFields],
    ...[f.boolean('prune'), f.value('prune-allowlist'), f.selector, f.boolean('server-side')],
    ...[f.boolean('show-secrets'), ...f.manifests],
  ),
  reading(
    'apply view-last-applied',
    'objects',
    'Reads what was last applied to',
    ...[f.all, f.output, f.selector, ...f.manifests],
  ),
];
