/** A Service that leads past its pods' ports is led to the one that is meant, if exactly one can be meant. */
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
}

export const forTargetPort: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = snapshot.services.find(({ service }) => sameRef(refOf(service), finding.target));
  if (view === undefined) return onlySuspected(context, '');
  const { service } = view;
  const wrong = mismatches(service, snapshot);
  const cause = `Service ${service.metadata.name} leads to ${wrong.map(({ targetPort }) => targetPort).join(', ')}; the containers of its pods have ${wrong[0]?.declared.map(describePort).join(', ') || 'no port of that kind'}.`;
  const applied = (lastAppliedSpec(service)?.['ports'] ?? []) as { port?: number; targetPort?: unknown }[];
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
        claimedConfidence: claimed(Math.min(...sure.map(({ confidence }) => confidence)), context),
        evidence: cite(context, refOf(service), ...(first === undefined ? [] : [refOf(first.pod)])),
      },
    ],
  };
};

function choose(wrong: Mismatch, applied: unknown, count: number): Choice | undefined {
  const { port, declared, name, targetPort: now } = wrong;
  const to = (one: PortOfContainer, confidence: number, why: string): Choice => {
    const byName = typeof now === 'string' && one.name !== undefined;
    // Something may listen on a number that nobody declared: without a port that is seen to answer a person has to say so.
    const sure = typeof now === 'string' || one.answers;
    return {
      port,
      targetPort: byName ? one.name : one.number,
      confidence: sure ? confidence : Math.min(confidence, unseen),
      why: `Port ${port} is to lead to ${describePort(one)} of container ${one.container}: ${why}.`,
    };
  };
  const before = declared.find((one) => one.number === applied || one.name === applied);
  if (before !== undefined) return to(before, 0.95, 'so it was when it was last applied');
  const [named, alsoNamed] = declared.filter((one) => name !== undefined && one.name === name);
  if (named !== undefined && alsoNamed === undefined) return to(named, 0.93, 'it has the same name');
  const [only, another] = declared;
  if (only !== undefined && another === undefined && count === 1) {
    return to(only, 0.92, 'it is the only one that there is');
  }
  const [same, alsoSame] = declared.filter(({ number }) => number === port);
  return same !== undefined && alsoSame === undefined ? to(same, 0.85, 'it has the same number') : undefined;
}
