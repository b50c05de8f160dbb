/** A webhook that does not answer is only told about: its failure policy is somebody's rule, and nobody goes around it here. */
import { describeRef } from '../../domain/kubernetes.ts';
import { onlySuspected, type RemedyRule } from './remedy.ts';

export const forWebhook: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const services = snapshot.surroundings.webhooks.flatMap(({ service, ready }) =>
    service === undefined || ready !== 0 ? [] : [describeRef(service)],
  );
  return onlySuspected(
    context,
    `${finding.summary}.`,
    `Bring back what stands behind ${[...new Set(services)].join(', ')}: until then nothing that the webhook is asked about can be created.`,
  );
};
