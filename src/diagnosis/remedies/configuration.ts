/** For pods that wait for a ConfigMap or a Secret: back to a revision that does without. What belongs in one is never made up. */
import { unconfiguredContainers, waitingMessage } from '../findings/config-error.ts';
import { unmountedPods } from '../findings/failed-mount.ts';
import { describeMissing, missingReference, type MissingReference } from '../missing-reference.ts';
import type { Provenance } from '../../domain/diagnosis.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';
import { revisionThatDiffers, type TemplateChange } from '../revisions.ts';
import { existence, referencesOf, templateSpecOf } from '../sources/references.ts';
import { onlySuspected, type Remedy, type RemedyContext, type RemedyRule } from './remedy.ts';
import { rollback } from './rollback.ts';

const configurationFields = new Set(['env', 'envFrom', 'volumes', 'volumeMounts', 'name']);

export const forConfigError: RemedyRule = (context) => {
  const containers = unconfiguredContainers(context.snapshot);
  const [first] = containers;
  if (first === undefined) return onlySuspected(context, '');
  const message = waitingMessage(first);
  const pods = containers.map(({ pod }) => pod);
  // The kubelet's own word in the container's state: no program has run yet that could say anything.
  return withoutMissing(context, pods, message, 'observed', ({ container, field }) =>
    missingReference(message) === undefined
      ? container === first.status.name || container === undefined
      : configurationFields.has(field),
  );
};

export const forFailedMount: RemedyRule = (context) => {
  const unmounted = unmountedPods(context.snapshot);
  const message = String(unmounted[0]?.event['message'] ?? '');
  const pods = unmounted.map(({ pod }) => pod);
  return withoutMissing(context, pods, message, groundsOfEvent(context, message), ({ field }) =>
    configurationFields.has(field),
  );
};

/** Only an event says that a volume fails, and anybody may write one: it counts where the object that it names is looked up, and gone. */
function groundsOfEvent({ snapshot, finding }: RemedyContext, message: string): Provenance {
  const missing = missingReference(message);
  const namespace = finding.target.namespace ?? '';
  const isGone =
    missing !== undefined &&
    missing.key === undefined &&
    existence(snapshot.means.references, { kind: missing.kind, namespace, name: missing.name }) === false;
  return isGone ? 'observed' : 'written';
}

function withoutMissing(
  context: RemedyContext,
  pods: readonly KubeObject[],
  message: string,
  grounds: Provenance,
  couldBe: (change: TemplateChange) => boolean,
): Remedy {
  const { snapshot, finding } = context;
  const missing = missingReference(message);
  const { name } = finding.target;
  const cause =
    missing === undefined
      ? `Pods of ${name} cannot be set up: ${message}`
      : `Pods of ${name} need ${describeMissing(missing)}, which does not exist.`;
  const owners = `Whoever owns ${name} knows what belongs in ${missing === undefined ? 'it' : describeMissing(missing)}: nothing is made up here.`;
  if (finding.target.kind !== 'Deployment') return onlySuspected(context, cause, owners);
  const older = revisionThatDiffers(snapshot, pods, couldBe, (set) => doesWithout(context, set, missing));
  if (older === undefined) return onlySuspected(context, cause, owners);
  const known = referencesOf(templateSpecOf(older.replicaSet), finding.target.namespace ?? '').every(
    (ref) => existence(snapshot.means.references, ref) === true,
  );
  const remedy = rollback(context, older, cause, { confidence: known ? 1 : 0.82, grounds });
  return { ...remedy, hypotheses: [{ statement: owners, evidence: finding.evidence }] };
}

/** Whether the revision refers to nothing that is known not to be there. */
function doesWithout(
  { snapshot, finding }: RemedyContext,
  replicaSet: KubeObject,
  missing: MissingReference | undefined,
): boolean {
  return referencesOf(templateSpecOf(replicaSet), finding.target.namespace ?? '').every(
    (ref) =>
      existence(snapshot.means.references, ref) !== false &&
      // A key that is missing from an object that is there: only a revision without that object is known to do.
      !(ref.kind === missing?.kind && ref.name === missing.name),
  );
}
