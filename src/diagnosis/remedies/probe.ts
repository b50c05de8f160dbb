/** For containers that fail a probe: the probe is mended where it asks the wrong port, never taken away or made patient. */
import type { GroundedProposal } from '../../domain/action.ts';
import { asksElsewhere, asksNoPort, fieldOf, mistakeOf } from '../findings/mistaken-probe.ts';
import { failingProbes, type FailingProbe } from '../findings/unhealthy.ts';
import { containersOf, refOf, type ContainerSpec } from '../pods.ts';
import { askedPort, declaredPorts, specOf } from '../probes.ts';
import { revisionThatDiffers, revisionToReturnTo, type OlderRevision } from '../revisions.ts';
import type { Snapshot } from '../snapshot.ts';
import { isInTemplate, notInTemplate } from '../template.ts';
import { cite, claimed, onlySuspected, type RemedyContext, type RemedyRule } from './remedy.ts';
import { rollback } from './rollback.ts';

/** Nobody was seen to find the port closed: a person is shown the remedy, and it is below what runs by itself. */
const suspectedOnly = 0.75;

export const forUnhealthy: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const failing = failingProbes(snapshot);
  const own = failing.filter(({ container }) => isInTemplate(snapshot, container.status.name));
  const [first] = own.length > 0 ? own : failing;
  if (first === undefined) return onlySuspected(context, '');
  const cause = causeOf(first);
  if (own.length === 0 && finding.target.kind === 'Deployment') {
    return onlySuspected(context, cause, notInTemplate(first.container.status.name, finding.target.name));
  }
  const pods = failing.map(({ container }) => container.pod);
  const why =
    'The application answers its probe as if it were ill: its log, and what it depends on, tell why.';
  if (finding.target.kind !== 'Deployment') return onlySuspected(context, cause, why);
  const field = fieldOf(first.probe);
  const older = revisionThatDiffers(
    snapshot,
    pods,
    (change) => change.field === field && change.container === first.container.status.name,
  );
  // That the probe fails is in the status of the pods, and that nothing but the probe was changed, in the revisions.
  if (older?.isOnlyThat === true) {
    return rollback(context, older, cause, { confidence: 1, grounds: 'observed' });
  }
  const mistake = mistakeOf(snapshot, first.container, first.probe);
  if (mistake !== undefined && asksElsewhere(first.container, first.probe)) {
    const proposal = rightPort(context, first, older, mistake);
    if (proposal !== undefined) return { cause, hypotheses: [], proposals: [proposal] };
    return onlySuspected(
      context,
      cause,
      'Which port the application serves is not known, so that none is proposed.',
    );
  }
  const before = mistake === undefined ? releaseBefore(snapshot, own) : older;
  return before === undefined
    ? onlySuspected(context, cause, why)
    : rollback(context, before, cause, { confidence: 0.85, grounds: 'observed' });
};

function causeOf({ container, probe }: FailingProbe): string {
  const { name } = container.status;
  const asked = askedPort(specOf(container), probe);
  const effect = probe === 'readiness' ? 'gets no traffic' : 'is killed again and again';
  const mistake =
    asked !== undefined && asksElsewhere(container, probe)
      ? ` The probe asks port ${asked.port ?? 'unknown'}, which the container does not declare.`
      : '';
  return `Container ${name} runs, fails its ${probe} probe and ${effect}.${mistake}`;
}

/** A port that is known to be served: the one that was asked before, else the only one that the container declares, else the one that Services lead to. */
function rightPort(
  context: RemedyContext,
  { container, probe }: FailingProbe,
  older: OlderRevision | undefined,
  mistake: 'established' | 'suspected',
): GroundedProposal | undefined {
  const spec = specOf(container);
  const asked = askedPort(spec, probe);
  if (asked === undefined) return undefined;
  const { finding, snapshot } = context;
  const declared = declaredPorts(spec).map(({ containerPort }) => containerPort);
  const before = older && askedPort(formerSpec(older, container.status.name), probe)?.port;
  const served = servedPorts(snapshot, spec).filter((port) => declared.includes(port));
  const candidates: readonly (readonly [number | undefined, string])[] = [
    [before !== undefined && declared.includes(before) ? before : undefined, 'it was asked before'],
    [declared.length === 1 ? declared[0] : undefined, 'it is the only one that the container declares'],
    [served.length === 1 ? served[0] : undefined, 'its Service leads there'],
  ];
  const [port, why] = candidates.find(([one]) => one !== undefined) ?? [];
  if (port === undefined || why === undefined) return undefined;
  return {
    action: 'fix_probe',
    parameters: {
      namespace: finding.target.namespace ?? '',
      deployment: finding.target.name,
      container: container.status.name,
      probe,
      handler: asked.handler,
      port,
    },
    rationale: `The ${probe} probe asks port ${asked.port ?? 'unknown'}, which the container does not declare; port ${port} is right: ${why}.`,
    claimedConfidence: claimed(mistake === 'established' ? 0.9 : suspectedOnly, context),
    // By a name the specs alone show it; that nothing listens on a number is in an event, and no object's status says so too.
    grounds: asksNoPort(container, probe) ? 'observed' : 'written',
    evidence: cite(context, refOf(container.pod)),
  };
}

function formerSpec({ replicaSet }: OlderRevision, name: string): ContainerSpec | undefined {
  return containersOf(replicaSet['spec']?.template?.spec).find((container) => container.name === name);
}

/** Where the Services in front lead. */
function servedPorts({ services }: Snapshot, spec: ContainerSpec | undefined): number[] {
  const ports = services.flatMap(
    ({ service }) => (service['spec']?.ports ?? []) as { port: number; targetPort?: number | string }[],
  );
  return [
    ...new Set(
      ports.flatMap(({ port, targetPort = port }) =>
        typeof targetPort === 'number'
          ? targetPort
          : (declaredPorts(spec).find(({ name }) => name === targetPort)?.containerPort ?? []),
      ),
    ),
  ];
}

/** The revision before, where pods of it are well and none of the newest ever was. */
function releaseBefore(snapshot: Snapshot, failing: readonly FailingProbe[]): OlderRevision | undefined {
  const older = revisionToReturnTo(
    snapshot,
    failing.map(({ container }) => container),
  );
  const current = Number(snapshot.replicaSets[0]?.['status']?.availableReplicas ?? 0);
  return older?.health === 'available now' && current === 0 ? older : undefined;
}
