/** A Service that selects nobody gets the selector of the workload that is meant, if exactly one can be meant. */
import { isDeepStrictEqual } from 'node:util';
import type { Provenance } from '../../domain/diagnosis.ts';
import { actionParameters } from '../../domain/action.ts';
import { sameRef, type KubeObject } from '../../domain/kubernetes.ts';
import { labelsToQuery, matches, sharedLabels, type Labels } from '../labels.ts';
import { lastAppliedSpec } from '../last-applied.ts';
import { countingPods, refOf } from '../pods.ts';
import { podLabels, selectorOf } from '../read.ts';
import type { Snapshot } from '../snapshot.ts';
import { cite, claimed, onlySuspected, type RemedyRule } from './remedy.ts';

interface Choice {
  readonly workload: KubeObject;
  readonly selector: Labels;
  readonly confidence: number;
  readonly why: string;
  readonly grounds: Provenance;
}

export const forNoEndpoints: RemedyRule = (context) => {
  const { snapshot, finding } = context;
  const view = snapshot.services.find(({ service }) => sameRef(refOf(service), finding.target));
  if (view === undefined) return onlySuspected(context, '');
  const { service, selected } = view;
  if (selected !== 0) {
    return onlySuspected(
      context,
      `None of the pods behind Service ${service.metadata.name} is ready.`,
      'The pods run but do not pass their readiness probe, or have not started yet.',
    );
  }
  const query = labelsToQuery(selectorOf(service));
  const cause = `The selector ${query} of Service ${service.metadata.name} matches no pod.`;
  const candidates = workloadsOf(snapshot);
  if (candidates.some((workload) => matches(selectorOf(service), podLabels(workload)))) {
    return onlySuspected(context, cause, `The selector is right, but the workload behind it runs no pod.`);
  }
  const choice = choose(service, candidates, snapshot);
  if (choice === undefined) {
    const names = candidates.map(({ metadata }) => metadata.name);
    return onlySuspected(
      context,
      cause,
      names.length === 0
        ? 'No workload of the namespace could be behind it: its pods may not be deployed.'
        : `The selector may be meant for one of: ${names.join(', ')}. Nothing tells which, so that none is proposed.`,
    );
  }
  const ready = Number(choice.workload['status']?.readyReplicas ?? 0);
  return {
    cause,
    hypotheses: [],
    proposals: [
      {
        action: 'fix_service_selector',
        parameters: {
          namespace: finding.target.namespace ?? '',
          service: service.metadata.name,
          selector: { ...choice.selector },
        },
        rationale: `${choice.why} ${labelsToQuery(choice.selector)} matches its pods (${ready} ready) and no other workload's.`,
        grounds: choice.grounds,
        claimedConfidence: claimed(ready > 0 ? choice.confidence : choice.confidence - 0.2, context),
        evidence: cite(context, refOf(service), refOf(choice.workload)),
      },
    ],
  };
};

function workloadsOf({ workload, neighbours }: Snapshot): KubeObject[] {
  const others = neighbours.filter((one) => workload === undefined || !sameRef(refOf(one), refOf(workload)));
  return workload === undefined ? others : [workload, ...others];
}

function choose(
  service: KubeObject,
  candidates: readonly KubeObject[],
  snapshot: Snapshot,
): Choice | undefined {
  const alone = chooseByObjects(service, candidates, snapshot);
  const spec = lastAppliedSpec(service);
  const applied = spec?.value['selector'];
  if (spec !== undefined && isSelector(applied)) {
    const behind = candidates.filter((workload) => matches(applied, podLabels(workload)));
    const [workload, another] = behind;
    if (workload !== undefined && another === undefined) {
      const why = `The selector that was last applied fits Deployment ${workload.metadata.name}.`;
      // Where names and labels lead to the same pods, it does not take the annotation, and the annotation adds nothing.
      if (alone !== undefined && isDeepStrictEqual({ ...alone.selector }, { ...applied })) return alone;
      return { workload, selector: applied, confidence: 0.95, why, grounds: spec.provenance };
    }
  }
  return alone;
}

function chooseByObjects(
  service: KubeObject,
  candidates: readonly KubeObject[],
  snapshot: Snapshot,
): Choice | undefined {
  const current = selectorOf(service);
  const sameName = candidates.filter(({ metadata }) => metadata.name === service.metadata.name);
  const alike = candidates.filter((workload) =>
    Object.entries(current).some(([key, value]) => podLabels(workload)?.[key] === value),
  );
  const [[workload, another], confidence, why] =
    sameName.length > 0
      ? ([sameName, 0.92, `${sameName[0]?.kind} ${service.metadata.name} has the Service's name.`] as const)
      : ([alike, 0.82, `Only ${alike[0]?.metadata.name} shares part of the selector.`] as const);
  if (workload === undefined || another !== undefined) return undefined;
  const selector = selectorFor(workload, current, candidates, snapshot);
  return selector === undefined ? undefined : { workload, selector, confidence, why, grounds: 'observed' };
}

/** The keys that the Service uses with the workload's values; else the workload's own selector. Never one that fits another workload. */
function selectorFor(
  workload: KubeObject,
  current: Labels,
  candidates: readonly KubeObject[],
  snapshot: Snapshot,
): Labels | undefined {
  const pods =
    snapshot.workload !== undefined && sameRef(refOf(snapshot.workload), refOf(workload))
      ? countingPods(snapshot).map(({ metadata }) => metadata.labels)
      : [];
  const labels = sharedLabels([podLabels(workload), ...pods]);
  const own = (workload['spec']?.selector?.matchLabels ?? {}) as Labels;
  const options = [Object.keys(current), Object.keys(own)].map((keys) =>
    Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]]))),
  );
  return options.find(
    (selector) =>
      isSelector(selector) &&
      candidates.every((other) => other === workload || !matches(selector, podLabels(other))),
  );
}

function isSelector(value: unknown): value is Labels {
  const shape = actionParameters.fix_service_selector.shape.selector;
  return shape.safeParse(value).success && Object.keys(value as object).length > 0;
}
