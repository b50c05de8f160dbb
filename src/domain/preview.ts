/** What a step would do, shown before anybody decides about it; and how that is said to people. */
import { describeRef, type ObjectRef } from './kubernetes.ts';
import { takesBack, type GitOpsMark } from './plan.ts';

/** Made once for a command, and made anew where the objects have changed since. */
export interface Preview {
  /** Hash of the argv that it is about. */
  readonly argvHash: string;
  readonly rehearsal: Rehearsal;
  /** What is different afterwards, an object each. */
  readonly changes: readonly ObjectChange[];
  readonly reach: Reach;
  /** The objects that it was made from. One without a resourceVersion was not there. */
  readonly basis: readonly { readonly ref: ObjectRef; readonly resourceVersion?: string }[];
  /** What could not be told, a sentence each without its full stop. */
  readonly gaps: readonly string[];
}

/** What the API server said to the command in a dry run. */
export type Rehearsal =
  | { readonly state: 'accepted' }
  /** It would say the same to the command itself, or to the pods that come of it: a webhook, a quota, a missing right, a field that is not valid. */
  | { readonly state: 'refused'; readonly message: string; readonly next: string }
  /** There is no dry run, or it did not come to an end. */
  | { readonly state: 'unknown'; readonly reason: string };

export interface ObjectChange {
  readonly ref: ObjectRef;
  /** A unified diff of YAML, redacted and bounded. Empty where only values change that are not shown. */
  readonly diff: string;
}

/** How far a step reaches, in numbers. */
export interface Reach {
  readonly pods: {
    /** They go, and others take their place. */
    readonly replaced: number;
    /** They go for good. */
    readonly removed: number;
    readonly added: number;
    /** They were asked for, are not there, and are asked for no more. Absent: none. */
    readonly notMade?: number;
    /** The pods could not be read: how many go is not known. */
    readonly unread?: boolean;
  };
  /** How the pods of a workload are replaced; numbers of pods. */
  readonly rollouts: readonly {
    readonly ref: ObjectRef;
    readonly strategy: string;
    readonly maxUnavailable: number;
    readonly maxSurge: number;
  }[];
  /** Services that lose endpoints meanwhile, or for good. */
  readonly services: readonly {
    readonly ref: ObjectRef;
    /** Endpoints that are ready now. */
    readonly ready: number;
    /** Of them, those that are lost at the same time, at most. */
    readonly lost: number;
    readonly forGood: boolean;
  }[];
  readonly budgets: readonly {
    readonly ref: ObjectRef;
    /** Evictions that it allows now. */
    readonly allowed: number;
    /** Of the pods that go, those that it covers. */
    readonly covered: number;
    /** Whether it is asked at all: it is for evictions, nothing else. */
    readonly asked: boolean;
  }[];
  /** Autoscalers that set the number of replicas themselves. */
  readonly autoscalers: readonly {
    readonly ref: ObjectRef;
    readonly minimum: number;
    readonly maximum: number;
    /** What the step sets. */
    readonly replicas: number;
  }[];
}

/** Nothing is reached. */
export const noReach: Reach = {
  pods: { replaced: 0, removed: 0, added: 0 },
  rollouts: [],
  services: [],
  budgets: [],
  autoscalers: [],
};

/** Whether two previews of one command promise the same. */
export function sameEffect(a: Preview, b: Preview): boolean {
  const effect = ({ argvHash, rehearsal, changes }: Preview): string =>
    JSON.stringify([argvHash, rehearsal, changes.map(({ ref, diff }) => [describeRef(ref), diff])]);
  return effect(a) === effect(b);
}

/** What the API server said, in words. */
export function rehearsalWords(rehearsal: Rehearsal): string {
  switch (rehearsal.state) {
    case 'accepted':
      return 'The API server would accept it';
    case 'refused':
      return `The API server would refuse it: ${rehearsal.message}. ${rehearsal.next}`;
    case 'unknown':
      return `Not rehearsed: ${rehearsal.reason}`;
  }
}

/**
 * How far it reaches, a sentence each without its full stop; the first one is about the pods.
 * @param gitops who applies the object from elsewhere
 */
export function reachWords(
  { pods, rollouts, services, budgets, autoscalers }: Reach,
  gitops?: GitOpsMark,
): string[] {
  return [
    podWords(pods),
    ...rollouts.map(
      ({ ref, strategy, maxUnavailable, maxSurge }) =>
        `${describeRef(ref)} is rolled out by ${strategy}: at most ${maxUnavailable} missing and ${maxSurge} more than wished at a time`,
    ),
    ...services.map(
      ({ ref, ready, lost, forGood }) =>
        `${describeRef(ref)} loses ${lost} of ${ready} ready endpoints (${share(lost, ready)}) ${forGood ? 'for good' : 'meanwhile, at most'}`,
    ),
    ...budgets.map(budgetWords),
    ...autoscalers.map(({ ref, minimum, maximum, replicas }) =>
      replicas === 0
        ? `${describeRef(ref)} scales nothing while there are 0 replicas`
        : `${describeRef(ref)} sets the replicas itself, ${minimum} to ${maximum}: it will not leave ${replicas} for long`,
    ),
    ...(gitops !== undefined && takesBack(gitops) ? [`${gitops.tool} takes the change back`] : []),
  ];
}

function podWords({ replaced, removed, added, notMade = 0, unread = false }: Reach['pods']): string {
  if (unread) return 'How many pods go is not known: they could not be read';
  const parts = [
    replaced > 0
      ? `${counted(replaced, 'pod')} ${replaced === 1 ? 'is' : 'are'} replaced or restarted`
      : undefined,
    removed > 0 ? `${counted(removed, 'pod')} ${removed === 1 ? 'goes' : 'go'} away` : undefined,
    added > 0 ? `${counted(added, 'pod')} ${added === 1 ? 'is' : 'are'} added` : undefined,
  ].filter((part) => part !== undefined);
  const words = parts.length === 0 ? 'No pod restarts or goes away' : parts.join(', ');
  return notMade === 0
    ? words
    : `${words}; ${notMade === 1 ? 'one that is' : `${notMade} that are`} missing now will not be made`;
}

function budgetWords({ ref, allowed, covered, asked }: Reach['budgets'][number]): string {
  const covers = `${describeRef(ref)} covers ${counted(covered, 'pod')} of these and allows ${counted(allowed, 'disruption')} now`;
  if (!asked) return covered > allowed ? `${covers}, but is not asked: it holds back evictions only` : covers;
  return covered > allowed ? `${covers}: it holds the rest back until others are ready` : covers;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
