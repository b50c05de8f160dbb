/** Back to a revision that worked: for crash loops, images that cannot be pulled, and rollouts that are stuck. */
import type { Provenance } from '../../domain/diagnosis.ts';
import { crashingContainers } from '../findings/crash-loop.ts';
import { imageOf, unpulledContainers } from '../findings/image-pull.ts';
import { countingContainers, lastEnd, refOf, type ContainerOfPod } from '../pods.ts';
import { ranWellBefore, revisionToReturnTo, type OlderRevision } from '../revisions.ts';
import { isInTemplate, notInTemplate } from '../template.ts';
import { cite, claimed, onlySuspected, type Remedy, type RemedyContext, type RemedyRule } from './remedy.ts';

/** How sure a rollback can be, by what speaks for the older revision. */
const sureness: Readonly<Record<OlderRevision['health'], number>> = {
  'available now': 0.95,
  'ran before': 0.9,
  'was replaced soon': 0.87,
};

const healthInWords: Readonly<Record<OlderRevision['health'], string>> = {
  'available now': 'pods of it are available right now',
  'ran before': 'it was in charge for more than ten minutes before it was replaced',
  'was replaced soon': 'it is the last one that differs',
};

/**
 * Back to an older revision, with what was changed since. The revisions themselves are observed: the Deployment controller writes their
 * numbers, and `kubectl rollout undo` goes by them too; whoever could forge one may change the workload itself.
 * @param grounds what it rests on that a revision is to blame
 */
export function rollback(
  context: RemedyContext,
  older: OlderRevision,
  cause: string,
  { confidence, grounds }: { readonly confidence: number; readonly grounds: Provenance },
): Remedy {
  const { target } = context.finding;
  const { revision, replicaSet, changes, health } = older;
  const current = context.snapshot.replicaSets[0];
  const since = `Since revision ${revision}: ${changes.map(({ text }) => text).join('; ')}.`;
  return {
    cause: `${cause} ${since}`,
    hypotheses: [],
    proposals: [
      {
        action: 'rollback_deployment',
        parameters: { namespace: target.namespace ?? '', deployment: target.name, revision },
        rationale: `${since} Revision ${revision} is worth going back to: ${healthInWords[health]}.`,
        claimedConfidence: claimed(Math.min(confidence, sureness[health]), context),
        grounds,
        evidence: cite(context, refOf(replicaSet), ...(current === undefined ? [] : [refOf(current)])),
      },
    ],
  };
}

export const forCrashLoop: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const containers = crashingContainers(snapshot);
  const [first] = containers;
  const code = first && lastEnd(first)?.exitCode;
  const cause = `Container ${first?.status.name ?? ''} of ${finding.target.name} ${code === undefined ? 'does not stay up' : `exits with code ${code}`} soon after each start.`;
  if (finding.target.kind !== 'Deployment') {
    return onlySuspected(
      context,
      cause,
      'The log of the container says why it ends; no revision is known to go back to.',
    );
  }
  const older = revisionToReturnTo(snapshot, containers);
  if (older === undefined) {
    return onlySuspected(
      context,
      cause,
      'No older revision differs in what the container runs: the cause is in the application, its configuration or what it depends on.',
    );
  }
  if (!ranWellBefore(snapshot, containers))
    return rollback(context, older, cause, { confidence: 1, grounds: 'observed' });
  const remedy = rollback(context, older, cause, { confidence: 0.6, grounds: 'observed' });
  const statement = `These pods ran well for long before they began to crash, so that the rollout is not likely the cause: look at what ${finding.target.name} depends on and at ConfigMaps and Secrets that changed.`;
  return { ...remedy, cause, hypotheses: [{ statement, evidence: finding.evidence }] };
};

export const forImagePull: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const containers = unpulledContainers(snapshot);
  const [first] = containers;
  const image = first && imageOf(first);
  const cause = `The image ${image ?? ''} cannot be pulled.`;
  const why = 'The tag may not exist, the name may be misspelt, or the registry may refuse the credentials.';
  if (first === undefined || finding.target.kind !== 'Deployment') return onlySuspected(context, cause, why);
  const older = revisionToReturnTo(snapshot, containers, 'image');
  if (older !== undefined) return rollback(context, older, cause, { confidence: 1, grounds: 'observed' });
  if (!isInTemplate(snapshot, first.status.name)) {
    return onlySuspected(context, cause, notInTemplate(first.status.name, finding.target.name), why);
  }
  const good = goodImage(snapshot, first, image);
  if (good === undefined) return onlySuspected(context, cause, why);
  return {
    cause,
    hypotheses: [{ statement: why, evidence: finding.evidence }],
    proposals: [
      {
        action: 'set_image',
        parameters: {
          namespace: finding.target.namespace ?? '',
          deployment: finding.target.name,
          container: first.status.name,
          image: good.image,
        },
        rationale: `No older revision is kept, but pod ${good.pod} runs container ${first.status.name} with ${good.image}.`,
        claimedConfidence: claimed(0.85, context),
        grounds: 'observed',
        evidence: cite(context, good.ref),
      },
    ],
  };
};

/** An image of the same container that a pod of the workload runs right now. */
function goodImage(
  snapshot: RemedyContext['snapshot'],
  { status }: ContainerOfPod,
  bad: string | undefined,
): { image: string; pod: string; ref: ReturnType<typeof refOf> } | undefined {
  const running = countingContainers(snapshot).find(
    (other) =>
      other.status.name === status.name &&
      other.status.state?.running !== undefined &&
      imageOf(other) !== bad,
  );
  const image = running && imageOf(running);
  return running === undefined || image === undefined
    ? undefined
    : { image, pod: running.pod.metadata.name, ref: refOf(running.pod) };
}

export const forStuckRollout: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const cause = `The pods of the newest revision of ${finding.target.name} do not become available.`;
  const older = revisionToReturnTo(snapshot, []);
  if (older === undefined) return onlySuspected(context, cause, 'There is no older revision to go back to.');
  const current = snapshot.replicaSets[0];
  const availableNow = Number(current?.['status']?.availableReplicas ?? 0);
  // Some pods of the new revision work: what keeps the others away is less likely to be the revision.
  const confidence = availableNow > 0 && older.health !== 'available now' ? 0.75 : 1;
  return rollback(context, older, cause, { confidence, grounds: 'observed' });
};
