/** A Service that leads past its pods' ports is led to the one that is meant, if exactly one can be meant. */
import { weakest, type Provenance } from '../../domain/diagnosis.ts';
import { sameRef } from '../../domain/kubernetes.ts';
import { lastAppliedSpec } from '../last-applied.ts';
import { describePort, mismatches, type Mismatch, type PortOfContainer } from '../ports.ts';
import { refOf } from '../pods.ts';
import { cite, claimed, onlySuspected, type RemedyRule } from './remedy.ts';

/** Below what runs by itself. */
const unseen = 0.79;

interface Choice {
  readonly port: number;
  readonly targetPort: number | string;
  readonly confidence: number;
  readonly why: string;
  readonly grounds: Provenance;
}

export const forTargetPort: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = snapshot.services.find(({ service }) => sameRef(refOf(service), finding.target));
  if (view === undefined) return onlySuspected(context, '');
  const { service } = view;
  const wrong = mismatches(service, snapshot);
  const cause = `Service ${service.metadata.name} leads to ${wrong.map(({ targetPort }) => targetPort).join(', ')}; the containers of its pods have ${wrong[0]?.declared.map(describePort).join(', ') || 'no port of that kind'}.`;
  const applied = (lastAppliedSpec(service)?.value['ports'] ?? []) as {
    port?: number;
    targetPort?: unknown;
  }[];
  const numbers = ((service['spec']?.ports ?? []) as { port: number }[]).map(({ port }) => port);
  const choices = wrong.map((one) =>
    choose(one, applied.find(({ port }) => port === one.port)?.targetPort, wrong.length),
  );
  const sure = choices.filter((one) => one !== undefined);
  // One number at two protocols: a patch by number could meet the other one.
  if (sure.length < choices.length || new Set(numbers).size < numbers.length) {
    return onlySuspected(
      context,
      cause,
      'Which port of the containers is meant cannot be told, so that none is proposed.',
    );
  }
  const [first] = wrong;
  return {
    cause,
    hypotheses: [],
    proposals: [
      {
        action: 'fix_service_port',
        parameters: {
          namespace: finding.target.namespace ?? '',
          service: service.metadata.name,
          ports: sure.map(({ port, targetPort }) => ({ port, targetPort })),
        },
        rationale: sure.map(({ why }) => why).join(' '),
        grounds: weakest(...sure.map(({ grounds }) => grounds)),
        claimedConfidence: claimed(Math.min(...sure.map(({ confidence }) => confidence)), context),
        evidence: cite(context, refOf(service), ...(first === undefined ? [] : [refOf(first.pod)])),
      },
    ],
  };
};

function choose(wrong: Mismatch, applied: unknown, count: number): Choice | undefined {
  const before = wrong.declared.find((one) => one.number === applied || one.name === applied);
  const alone = chooseByPorts(wrong, count);
  if (before === undefined) return alone;
  const choice = lead(wrong, before, 0.95, 'so it was when it was last applied', 'written');
  // Where the ports of the pods say the same, it does not take the annotation, and the annotation adds nothing.
  return alone?.targetPort === choice.targetPort ? alone : choice;
}

function chooseByPorts(wrong: Mismatch, count: number): Choice | undefined {
  const { port, declared, name } = wrong;
  const [named, alsoNamed] = declared.filter((one) => name !== undefined && one.name === name);
  if (named !== undefined && alsoNamed === undefined) return lead(wrong, named, 0.93, 'it has the same name');
  const [only, another] = declared;
  if (only !== undefined && another === undefined && count === 1) {
    return lead(wrong, only, 0.92, 'it is the only one that there is');
  }
  const [same, alsoSame] = declared.filter(({ number }) => number === port);
  return same !== undefined && alsoSame === undefined
    ? lead(wrong, same, 0.85, 'it has the same number')
    : undefined;
}

function lead(
  { port, targetPort: now }: Mismatch,
  to: PortOfContainer,
  confidence: number,
  why: string,
  grounds: Provenance = 'observed',
): Choice {
  const byName = typeof now === 'string' && to.name !== undefined;
  // Something may listen on a number that nobody declared: without a port that is seen to answer a person has to say so.
  const sure = typeof now === 'string' || to.answers;
  return {
    port,
    targetPort: byName ? to.name : to.number,
    confidence: sure ? confidence : Math.min(confidence, unseen),
    grounds,
    why: `Port ${port} is to lead to ${describePort(to)} of container ${to.container}: ${why}.`,
  };
}
