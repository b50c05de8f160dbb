/**
 * Whether the pods that come of a change would be let in. A workload is accepted whatever its pods ask for: quotas, limit
 * ranges and admission look at each pod, once its controller makes it. So one is rehearsed, made from the template.
 */
import { isDeepStrictEqual } from 'node:util';
import { isReady } from '../../diagnosis/pods.ts';
import { describeRef, type KubeObject } from '../../domain/kubernetes.ts';
import type { Rehearsal } from '../../domain/preview.ts';
import { capture, type KubectlPlace } from './dry-run.ts';
import type { AssessmentScope } from '../planning.ts';
import type { Impact, Touched } from './impact.ts';
import { isLow } from './low.ts';

/** A pod as a controller would make it. */
export interface NewPod {
  /** `Deployment shop/web`. */
  readonly of: string;
  readonly pod: KubeObject;
  /** Whether it comes on top of all pods there are; otherwise one of them may go first. */
  readonly onTop: boolean;
}

/** What the API server says of new pods, as far as it matters. */
export interface Admission {
  /** Set where they would be refused. */
  readonly refusal?: Rehearsal & { readonly state: 'refused' };
  /** What could not be told, sentences without their full stops. */
  readonly gaps: readonly string[];
}

/** A plan that changes more of them is rare: the first ones tell. */
const mostWorkloads = 5;

/** The pod that a change has made; undefined where it makes none. Pure. */
export function newPodOf({ ref, before, after }: Touched, impact: Impact): NewPod | undefined {
  const [was, is] = [before && templateOf(before), after && templateOf(after)];
  if (is?.spec === undefined) return undefined;
  const later = ref.kind === 'CronJob';
  const changed = later && !isDeepStrictEqual(was, is);
  if (!changed && impact.added === 0 && (impact.rollout === undefined || impact.replaced === 0)) {
    return undefined;
  }
  // A rollout that may miss a pod, or finds one that is not ready, takes it away first.
  const nothingGoes = impact.rollout?.maxUnavailable === 0 && impact.pods.every(isReady);
  return {
    of: describeRef(ref),
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        // One name: what is said must not differ from one look to the next.
        name: 'oncall-rehearsal',
        ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
        labels: is.metadata?.labels ?? {},
        annotations: is.metadata?.annotations ?? {},
      },
      spec: is.spec,
    },
    onTop: !later && (impact.rollout === undefined || nothingGoes),
  };
}

type Template = { metadata?: Partial<KubeObject['metadata']>; spec?: object };

function templateOf(workload: KubeObject): Template | undefined {
  const spec = workload.kind === 'CronJob' ? workload['spec']?.jobTemplate?.spec : workload['spec'];
  return spec?.template as Template | undefined;
}

/** Asks the API server about each, as a dry run, where that is low itself. Nothing is created. */
export async function admissionOf(
  pods: readonly NewPod[],
  place: KubectlPlace,
  scope: AssessmentScope,
): Promise<Admission> {
  const gaps: string[] = [];
  for (const { of, pod, onTop } of pods.slice(0, mostWorkloads)) {
    // Its text stays off the command line, which everybody on this machine can read.
    const input = JSON.stringify(pod);
    const where = pod.metadata.namespace === undefined ? [] : ['-n', pod.metadata.namespace];
    const argv = [
      ...['kubectl', 'create', '-f', '-', '--dry-run=server', '--validate=false', '-o', 'name'],
      ...where,
    ];
    if (!isLow(argv, scope, input)) {
      gaps.push(`Whether the pods of ${of} would be let in was not rehearsed: that is not low itself`);
      continue;
    }
    const { failure } = await capture(argv, { ...place, input, sensitive: true });
    if (failure === undefined) continue;
    const { kind, next } = failure;
    const message = `the pods of ${of}: ${failure.message}`;
    // A quota counts the pods that go as well, as long as they are there.
    if (kind === 'quota' && /exceeded quota/.test(message) && !onTop)
      gaps.push(`There is no room yet for the pods of ${of}, until others are gone: ${failure.message}`);
    else if (kind === 'quota' || kind === 'refused' || kind === 'not-found')
      return { refusal: { state: 'refused', message, next }, gaps };
    else gaps.push(`Whether the pods of ${of} would be let in was not rehearsed: ${failure.message}`);
  }
  return { gaps };
}
