/** An Ingress gets the class that is meant, if exactly one of those that exist can be meant; what it leads to is only told. */
import type { Provenance } from '../../domain/diagnosis.ts';
import { sameRef, type KubeObject } from '../../domain/kubernetes.ts';
import { brokenBackends } from '../findings/ingress.ts';
import { lastAppliedSpec } from '../last-applied.ts';
import { refOf } from '../pods.ts';
import { isOneEditAway } from '../../domain/resource-names.ts';
import type { IngressView } from '../sources/ingresses.ts';
import { exists } from '../sources/source.ts';
import { cite, claimed, onlySuspected, type RemedyContext, type RemedyRule } from './remedy.ts';

function viewOf({ snapshot, finding }: RemedyContext): IngressView | undefined {
  return snapshot.surroundings.ingresses.find(({ ingress }) => sameRef(refOf(ingress), finding.target));
}

export const forIngressClass: RemedyRule = (context) => {
  const view = viewOf(context);
  if (view === undefined) return onlySuspected(context, '');
  const { ingress, classes } = view;
  const wanted = String(ingress['spec']?.ingressClassName);
  const cause = `The IngressClass ${wanted} of Ingress ${ingress.metadata.name} does not exist, so that no controller serves it.`;
  const names = classes?.map(({ metadata }) => metadata.name) ?? [];
  const choice = choose(ingress, wanted, names);
  if (choice === undefined) {
    return onlySuspected(
      context,
      cause,
      names.length === 0
        ? 'No IngressClass is known to exist: the ingress controller may not be installed.'
        : `One of the classes that exist may be meant: ${names.slice(0, 10).join(', ')}. Nothing tells which, so that none is proposed.`,
    );
  }
  return {
    cause,
    hypotheses: [],
    proposals: [
      {
        action: 'fix_ingress_class',
        parameters: {
          namespace: ingress.metadata.namespace ?? '',
          ingress: ingress.metadata.name,
          ingressClass: choice.name,
        },
        rationale: `${choice.why} IngressClass ${choice.name} exists, ${wanted} does not.`,
        claimedConfidence: claimed(choice.confidence, context),
        grounds: choice.grounds,
        evidence: cite(context, refOf(ingress)),
      },
    ],
  };
};

function choose(
  ingress: KubeObject,
  wanted: string,
  names: readonly string[],
): { name: string; confidence: number; why: string; grounds: Provenance } | undefined {
  const applied = lastAppliedSpec(ingress);
  const before = names.find((name) => name === applied?.value['ingressClassName']);
  const [first, another] = names.filter((name) => isOneEditAway(wanted, name));
  const near = another === undefined ? first : undefined;
  // Where the classes that there are say the same, it does not take the annotation, and the annotation adds nothing.
  if (applied !== undefined && before !== undefined && before !== near) {
    const grounds = applied.provenance;
    return { name: before, confidence: 0.95, why: 'It is the class that was last applied.', grounds };
  }
  return near === undefined
    ? undefined
    : {
        name: near,
        confidence: 0.92,
        why: `Only ${near} is a letter away from ${wanted}.`,
        grounds: 'observed',
      };
}

export const forIngressBackend: RemedyRule = (context) => {
  const view = viewOf(context);
  const broken = view === undefined ? [] : brokenBackends(view);
  const cause = `Ingress ${context.finding.target.name} leads nowhere: ${broken.map(({ why }) => why).join(', ')}.`;
  const there = (view?.backends ?? []).flatMap(({ service, seen }) => {
    if (!exists(seen) || !broken.some((one) => one.service === service)) return [];
    const ports = ((seen['spec']?.ports ?? []) as { port: number; name?: string }[]).map(({ port, name }) =>
      name === undefined ? String(port) : `${port} (${name})`,
    );
    return [`Service ${service} has ${ports.join(', ') || 'no port'}.`];
  });
  return onlySuspected(
    context,
    cause,
    ...(there.length > 0
      ? there
      : ['The Service was removed or renamed, or was never made: whoever looks after the Ingress knows.']),
  );
};

export const forIngressSecret: RemedyRule = (context) =>
  onlySuspected(
    context,
    `The certificate of Ingress ${context.finding.target.name} does not exist.`,
    'A certificate is never made up here: whoever issues it (such as cert-manager) has to make it again.',
  );
