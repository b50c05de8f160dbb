/** What differs between two revisions of a Deployment, and which older one is worth going back to. */
import type { KubeObject } from '../domain/kubernetes.ts';
import { controllerUid, countingPods, type ContainerOfPod, type ContainerSpec } from './pods.ts';
import { revisionOf } from './read.ts';
import type { CoreState } from './snapshot.ts';

export interface TemplateChange {
  /** Undefined for what concerns the whole pod. */
  readonly container: string | undefined;
  /** The field of the container or pod spec: `image`, `env`, `volumes`. */
  readonly field: string;
  /** For people: `env DATABASE_URL changed from "a" to "b"`. */
  readonly text: string;
}

const longestValue = 80;

/** The changes from one ReplicaSet's pod template to another's. Labels and annotations (`kubectl rollout restart`) run nothing different. */
export function templateChanges(from: KubeObject, to: KubeObject): TemplateChange[] {
  const before = templateSpec(from);
  const after = templateSpec(to);
  const podFields = fieldsOf(before, after)
    .filter(
      (field) => field !== 'containers' && field !== 'initContainers' && differ(before[field], after[field]),
    )
    .map((field): TemplateChange => ({
      container: undefined,
      field,
      text: `${field} changed${fromTo(before[field], after[field])}`,
    }));
  const containers = ['initContainers', 'containers'].flatMap((field) =>
    containerChanges((before[field] ?? []) as ContainerSpec[], (after[field] ?? []) as ContainerSpec[]),
  );
  return [...containers, ...podFields];
}

function templateSpec(replicaSet: KubeObject): Record<string, unknown> {
  return (replicaSet['spec']?.template?.spec ?? {}) as Record<string, unknown>;
}

function containerChanges(
  before: readonly ContainerSpec[],
  after: readonly ContainerSpec[],
): TemplateChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((name) => {
    const old = before.find((container) => container.name === name);
    const now = after.find((container) => container.name === name);
    const change = (field: string, text: string): TemplateChange => ({ container: name, field, text });
    if (old === undefined) return [change('name', `container ${name} was added`)];
    if (now === undefined) return [change('name', `container ${name} was removed`)];
    return fieldsOf(old, now)
      .filter((field) => differ(old[field], now[field]))
      .flatMap((field) =>
        field === 'env'
          ? envChanges(old, now).map((text) => change(field, text))
          : [change(field, `${field} of ${name} changed${fromTo(old[field], now[field])}`)],
      );
  });
}

function envChanges(old: ContainerSpec, now: ContainerSpec): string[] {
  const before = new Map((old.env ?? []).map((entry) => [entry.name, entry]));
  const after = new Map((now.env ?? []).map((entry) => [entry.name, entry]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const was = before.get(name);
    const is = after.get(name);
    if (was === undefined)
      return [`env ${name} was added${is?.value === undefined ? '' : ` (${show(is.value)})`}`];
    if (is === undefined) return [`env ${name} was removed`];
    if (!differ(was, is)) return [];
    return [`env ${name} changed${fromTo(was.value ?? '', is.value ?? '')}`];
  });
}

function fromTo(before: unknown, after: unknown): string {
  return ` from ${show(before)} to ${show(after)}`;
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function fieldsOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

export interface OlderRevision {
  readonly revision: number;
  readonly replicaSet: KubeObject;
  readonly changes: readonly TemplateChange[];
  /** Nothing else was changed since. */
  readonly isOnlyThat: boolean;
  /** Why it is believed to work. */
  readonly health: 'available now' | 'ran before' | 'was replaced soon';
}

/** A revision that stayed in charge this long is taken to have worked, milliseconds: the default progress deadline of a Deployment. */
const provenAfter = 600_000;

/**
 * The newest older revision that differs in what could cause the trouble and shows none itself.
 * @param troubled the containers in trouble
 * @param field only a change of this field counts; unset: any of the container's or of the whole pod's
 */
export function revisionToReturnTo(
  state: CoreState,
  troubled: readonly ContainerOfPod[],
  field?: string,
): OlderRevision | undefined {
  const names = new Set(troubled.map(({ status }) => status.name));
  return revisionThatDiffers(
    state,
    troubled.map(({ pod }) => pod),
    (change) =>
      (change.container === undefined
        ? field === undefined
        : names.size === 0 || names.has(change.container)) &&
      (field === undefined || change.field === field),
  );
}

/**
 * The newest older revision with a difference that could be the cause, and without sick pods of its own.
 * @param sick pods in trouble
 * @param couldBe whether a change since then could be what is wrong
 * @param isRight whether the revision would do, as far as is known
 */
export function revisionThatDiffers(
  state: CoreState,
  sick: readonly KubeObject[],
  couldBe: (change: TemplateChange) => boolean,
  isRight: (replicaSet: KubeObject) => boolean = () => true,
): OlderRevision | undefined {
  const [current, ...older] = state.replicaSets;
  if (current === undefined) return undefined;
  const sickSets = new Set(sick.map(controllerUid));
  let successor = current;
  for (const replicaSet of older) {
    const changes = templateChanges(replicaSet, current);
    const isSick = sickSets.has(replicaSet.metadata.uid);
    if (changes.some(couldBe) && !isSick && revisionOf(replicaSet) > 0 && isRight(replicaSet)) {
      return {
        isOnlyThat: changes.every(couldBe),
        revision: revisionOf(replicaSet),
        replicaSet,
        changes,
        health: healthOf(replicaSet, successor),
      };
    }
    successor = replicaSet;
  }
  return undefined;
}

function healthOf(replicaSet: KubeObject, successor: KubeObject): OlderRevision['health'] {
  if (Number(replicaSet['status']?.availableReplicas ?? 0) > 0) return 'available now';
  const lived =
    Date.parse(successor.metadata.creationTimestamp ?? '') -
    Date.parse(replicaSet.metadata.creationTimestamp ?? '');
  return lived >= provenAfter ? 'ran before' : 'was replaced soon';
}

/**
 * Whether the pods ran well for long before they began to crash: then their revision is not to blame.
 * A container that crashes from the start restarts about every five minutes, the longest back-off of the kubelet.
 */
export function ranWellBefore(state: CoreState, troubled: readonly ContainerOfPod[]): boolean {
  const now = Date.parse(state.takenAt);
  const counting = new Set(countingPods(state));
  const pods = troubled.filter(({ pod }) => counting.has(pod));
  return (
    pods.length > 0 &&
    pods.every(({ pod, status }) => {
      const age = now - Date.parse(pod.metadata.creationTimestamp ?? state.takenAt);
      const expected = (age - 1_800_000) / 330_000;
      return (status.restartCount ?? 0) < expected / 2;
    })
  );
}
