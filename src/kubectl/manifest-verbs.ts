/** The verbs whose objects stand in a manifest. */
import * as f from './flags.ts';
import { changing } from './verb.ts';
import type { Verb } from './verb.ts';

const raw = f.refusedValue('raw', 'would send the manifest to whatever a raw path names');
const edit = f.refusedBoolean('edit', f.interactive);

export const manifestVerbs: readonly Verb[] = [
  changing(
    'apply',
    'high',
    'a manifest',
    'Applies a manifest to',
    ...[f.all, f.cascade, f.dryRun, f.fieldManager, f.force, f.boolean('force-conflicts'), f.gracePeriod],
    ...[f.boolean('openapi-patch'), f.overwrite, f.refusedBoolean('prune', f.prunes)],
    ...[f.value('prune-allowlist'), f.selector, f.boolean('server-side'), f.subresource, f.timeout],
    ...[f.validate, f.boolean('wait'), ...f.manifests, ...f.printing],
  ),
  changing(
    'apply set-last-applied',
    'high',
    'a manifest',
    'Rewrites the note of what was last applied to',
    ...[f.boolean('create-annotation'), f.dryRun, f.filename, ...f.printing],
  ),
  changing(
    'create',
    'high',
    'a manifest',
    'Creates',
    ...[f.dryRun, edit, f.fieldManager, raw, f.saveConfig, f.selector, f.validate],
    ...[f.boolean('windows-line-endings'), ...f.manifests, ...f.printing],
  ),
  changing(
    'replace',
    'high',
    'a manifest',
    'Replaces',
    ...[f.cascade, f.dryRun, f.fieldManager, f.force, f.gracePeriod, raw, f.saveConfig, f.subresource],
    ...[f.timeout, f.validate, f.boolean('wait'), ...f.manifests, ...f.printing],
  ),
  changing(
    'auth reconcile',
    'high',
    'a manifest',
    'Changes permissions:',
    ...[f.clientDryRun, f.boolean('remove-extra-permissions'), f.boolean('remove-extra-subjects')],
    ...[...f.manifests, ...f.printing],
  ),
];
