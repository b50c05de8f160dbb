/** Volume claims are only told about: what puts them right is a matter of storage, and nothing may be destroyed for it. */
import { sameRef } from '../../domain/kubernetes.ts';
import { refOf } from '../pods.ts';
import { exists } from '../sources/source.ts';
import { onlySuspected, type RemedyRule } from './remedy.ts';

export const forProvisioning: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = snapshot.surroundings.claims.find(({ claim }) => sameRef(refOf(claim), finding.target));
  const wanted = view?.claim['spec']?.storageClassName as string | undefined;
  if (view?.storageClass !== 'absent') {
    return onlySuspected(
      context,
      `The provisioner of claim ${finding.target.name} fails to make a volume.`,
      'The events of the claim say what the provisioner answers: look at its quota, its zone and its credentials.',
    );
  }
  const there = view.classes?.map(({ metadata }) => metadata.name).slice(0, 10);
  return onlySuspected(
    context,
    `Claim ${finding.target.name} asks for StorageClass ${wanted}, which does not exist: it gets no volume, and the pods that mount it do not start.`,
    `Whoever looks after storage can make the StorageClass ${wanted}, or a volume of that class.${there === undefined || there.length === 0 ? '' : ` Classes that exist: ${there.join(', ')}.`}`,
    'The class of a claim cannot be changed: to name another, the claim has to be made anew by a person who knows that nothing is lost with it.',
  );
};

export const forUnbound: RemedyRule = (context) =>
  onlySuspected(
    context,
    `${context.finding.summary}.`,
    'Whoever looks after storage can provide a volume that fits, or see to the provisioner.',
  );

export const forLost: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = snapshot.surroundings.claims.find(({ claim }) => sameRef(refOf(claim), finding.target));
  return onlySuspected(
    context,
    `${finding.summary}.`,
    exists(view?.volume)
      ? 'The volume is there but belongs to another claim by now: whoever looks after storage can tell which is right.'
      : 'Its data may be gone with the volume: restore it from a backup before the claim is made anew.',
  );
};

export const forVolume: RemedyRule = (context) =>
  onlySuspected(
    context,
    `${context.finding.summary}.`,
    'Its data may still be wanted: whoever looks after storage decides whether it is kept, wiped or given to a claim.',
  );
