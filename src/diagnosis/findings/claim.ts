/**
 * A volume claim that has no volume: ProvisioningFailed (none can be made), ClaimUnbound (none is there, and nothing makes one),
 * ClaimLost (the volume that it had is gone).
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#lifecycle-of-a-volume-and-claim
 */
import type { KubeObject, ObjectRef } from '../../domain/kubernetes.ts';
import { eventTime } from '../events.ts';
import { eventEvidence } from '../evidence.ts';
import { refOf } from '../pods.ts';
import { parseQuantity } from '../quantity.ts';
import type { CoreState } from '../snapshot.ts';
import type { ClaimView } from '../sources/claims.ts';
import { exists, listLimit } from '../sources/source.ts';
import { fieldEvidence, type EvidenceDraft, type FindingRule } from './rule.ts';

/** A provisioner has this long before its silence counts, milliseconds. */
const patience = 5 * 60_000;
/** A failure that was not repeated for so long is over, milliseconds: provisioners retry within minutes. */
const recent = 30 * 60_000;
/** Stands in a class whose volumes people make by hand. */
const byHand = 'kubernetes.io/no-provisioner';
const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

function isPending({ claim }: ClaimView): boolean {
  return claim['status']?.phase === 'Pending' && claim.metadata.deletionTimestamp === undefined;
}

/** The event in which a provisioner or the volume controller says that it failed. */
function failure({ events }: ClaimView, now: number): KubeObject | undefined {
  return events.find(
    (event) =>
      event['reason'] === 'ProvisioningFailed' &&
      event['type'] === 'Warning' &&
      now - Date.parse(eventTime(event)) < recent,
  );
}

/** The workload whose pods mount it. */
function mountedBy({ workload }: CoreState): { readonly alsoAbout?: readonly ObjectRef[] } {
  return workload === undefined ? {} : { alsoAbout: [refOf(workload)] };
}

function evidenceOf(view: ClaimView, ...events: readonly (KubeObject | undefined)[]): EvidenceDraft[] {
  const { claim } = view;
  const { name } = claim.metadata;
  const wanted = claim['spec']?.storageClassName as string | undefined;
  return [
    fieldEvidence(
      claim,
      'status.phase',
      `claim ${name}: ${claim['status']?.phase ?? 'unknown'}`,
      claim['status'] ?? {},
    ),
    fieldEvidence(
      claim,
      'spec',
      `claim ${name} asks for ${claim['spec']?.resources?.requests?.storage ?? 'some storage'} of class ${wanted ?? '(the default one)'}`,
      claim['spec'] ?? {},
    ),
    ...events.flatMap((event) => (event === undefined ? [] : [eventEvidence(event)])),
  ];
}

export const provisioningFailed: FindingRule<'claims'> = (state) =>
  state.surroundings.claims.flatMap((view) => {
    const failed = failure(view, Date.parse(state.takenAt));
    if (!isPending(view) || (view.storageClass !== 'absent' && failed === undefined)) return [];
    const { claim } = view;
    const why =
      view.storageClass === 'absent'
        ? `its StorageClass ${claim['spec']?.storageClassName} does not exist`
        : 'its provisioner fails';
    return [
      {
        name: 'ProvisioningFailed',
        target: refOf(claim),
        ...mountedBy(state),
        summary: `Claim ${claim.metadata.name} gets no volume: ${why}`,
        evidence: evidenceOf(view, failed),
      },
    ];
  });

export const claimUnbound: FindingRule<'claims'> = (state) =>
  state.surroundings.claims.flatMap((view) => {
    const now = Date.parse(state.takenAt);
    if (!isPending(view) || view.storageClass === 'absent' || failure(view, now) !== undefined) return [];
    const why = whyUnbound(view, now - Date.parse(view.claim.metadata.creationTimestamp ?? state.takenAt));
    if (why === undefined) return [];
    return [
      {
        name: 'ClaimUnbound',
        target: refOf(view.claim),
        ...mountedBy(state),
        summary: `Claim ${view.claim.metadata.name} has no volume: ${why}`,
        evidence: evidenceOf(view, view.events[0]),
      },
    ];
  });

/** Undefined where a volume may still come, or where not enough could be read. */
function whyUnbound({ claim, storageClass, classes, volumes }: ClaimView, age: number): string | undefined {
  const wanted = claim['spec']?.storageClassName as string | undefined;
  // Not all of them were read: another one may fit.
  if (volumes === undefined || volumes.length >= listLimit) return undefined;
  if (volumes.some((volume) => fits(volume, claim))) return undefined;
  if (wanted === '') return 'it asks for one that somebody made by hand, and there is none that fits';
  if (wanted === undefined) {
    if (classes === undefined || classes.some(isDefault)) return undefined;
    return 'it names no StorageClass, no class is the default, and no volume fits';
  }
  if (!exists(storageClass) || storageClass['volumeBindingMode'] === 'WaitForFirstConsumer') return undefined;
  if (storageClass['provisioner'] === byHand) {
    return `nothing makes volumes of StorageClass ${wanted}, and there is none that fits`;
  }
  return age < patience
    ? undefined
    : `the provisioner ${storageClass['provisioner']} of StorageClass ${wanted} has made none`;
}

function isDefault(storageClass: KubeObject): boolean {
  return defaultMarks.some((mark) => storageClass.metadata.annotations?.[mark] === 'true');
}

/** Whether a volume could be bound to a claim. Label selectors and node affinity aside: "none fits" must be sure. */
function fits(volume: KubeObject, claim: KubeObject): boolean {
  const { storageClassName = '', capacity, accessModes = [], claimRef } = volume['spec'] ?? {};
  const { namespace, name, uid } = claim.metadata;
  const free =
    volume['status']?.phase === 'Available' ||
    (claimRef?.namespace === namespace && claimRef?.name === name && (claimRef?.uid ?? uid) === uid);
  const wanted = parseQuantity(claim['spec']?.resources?.requests?.storage) ?? 0;
  return (
    free &&
    storageClassName === (claim['spec']?.storageClassName ?? '') &&
    (parseQuantity(capacity?.storage) ?? 0) >= wanted &&
    ((claim['spec']?.accessModes ?? []) as string[]).every((mode) => (accessModes as string[]).includes(mode))
  );
}

export const claimLost: FindingRule<'claims'> = (state) =>
  state.surroundings.claims.flatMap((view) => {
    const { claim, volume } = view;
    const isGone = volume === 'absent';
    if (claim['status']?.phase !== 'Lost' && !isGone) return [];
    const name = claim['spec']?.volumeName;
    return [
      {
        name: 'ClaimLost',
        target: refOf(claim),
        ...mountedBy(state),
        summary: `Claim ${claim.metadata.name} has lost its volume ${name ?? ''}${isGone ? ', which does not exist' : ''}`,
        evidence: [
          ...evidenceOf(view),
          ...(exists(volume)
            ? [
                fieldEvidence(
                  volume,
                  'status.phase',
                  `volume ${name}: ${volume['status']?.phase}`,
                  volume['status'] ?? {},
                ),
              ]
            : []),
        ],
      },
    ];
  });
