/**
 * VolumeFailed: a volume that could not be taken back, or that nobody gets although it waits for its next claim.
 * Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase
 */
import { refOf } from '../pods.ts';
import { fieldEvidence, type FindingRule } from './rule.ts';

export const volumeFailed: FindingRule = ({ object }) => {
  const phase = object?.['status']?.phase;
  if (object?.kind !== 'PersistentVolume' || !['Failed', 'Released'].includes(phase)) return [];
  const { claimRef, persistentVolumeReclaimPolicy: policy } = object['spec'] ?? {};
  const former = claimRef === undefined ? '' : ` of claim ${claimRef.namespace}/${claimRef.name}`;
  return [
    {
      name: 'VolumeFailed',
      target: refOf(object),
      summary:
        phase === 'Failed'
          ? `Volume ${object.metadata.name}${former} could not be taken back by the cluster`
          : `Volume ${object.metadata.name} was released${former} and is kept (${policy ?? 'no policy'}): nobody gets it until somebody has seen to its data`,
      evidence: [
        fieldEvidence(object, 'status', `volume ${object.metadata.name}: ${phase}`, object['status'] ?? {}),
      ],
    },
  ];
};
