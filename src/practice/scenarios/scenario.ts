/** What a scenario is: healthy objects, a change that breaks them, and how to tell broken from healed. */
import type { PatchType } from '../client.ts';
import type { KubeObject, Resource } from '../objects.ts';
import type { Alarm, Tool } from './alarm.ts';
import type { State } from './state.ts';

/** One object to create, at its place in the API. */
export interface Manifest<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly object: T;
}

/** What somebody did to the cluster, or what they do to put it right. */
export type Deed =
  | {
      readonly deed: 'patch';
      readonly resource: Resource<KubeObject>;
      readonly name: string;
      readonly type: PatchType;
      readonly patch: object;
    }
  | { readonly deed: 'create'; readonly manifest: (namespace: string) => Manifest }
  | { readonly deed: 'delete'; readonly resource: Resource<KubeObject>; readonly name: string }
  /** The machine under the workload's pods falls silent. Only a simulated one can be asked to. */
  | { readonly deed: 'stop the node' }
  /** Every simulated machine that fell silent comes back. */
  | { readonly deed: 'restart the nodes' }
  /** Nodes of the workload's pods that are not ready get no new pods, and the pods on them are told to go: cordon and drain. */
  | { readonly deed: 'drain the nodes' };

/** A deed, and how many seconds after the one before it. */
export type Breakage = Deed & { readonly afterSeconds?: number };

/** What a cluster must have for a scenario to come about there. */
export type Need =
  /** A node whose kubelet practice plays. */
  | 'simulated node'
  /** The metrics API. */
  | 'metrics';

/** A right way out, as a person would take it. */
export interface Fix {
  /** For people: `Go back to the revision before`. */
  readonly says: string;
  /** The kubectl command that does the same, as the product may propose it; absent where a person edits by hand. */
  readonly command?: RegExp;
  readonly deeds: readonly Deed[];
  /** It reaches so far that a person decides, however sure somebody is: nothing may do it by itself. */
  readonly byAPerson?: true;
  /** Matches the change of a manifest that does the same, as a unified diff, where Git decides what the cluster says. */
  readonly manifest?: RegExp;
}

export type Difficulty = 'easy' | 'medium' | 'hard';

/** A scenario knows nothing of the cluster that it is played on. To play it elsewhere: `{ ...scenario, namespace }`. */
export interface Scenario {
  readonly number: number;
  readonly name: string;
  /** For people: what is wrong, in one line, as the person on call sees it at first. */
  readonly title: string;
  readonly difficulty: Difficulty;
  /** For people: what one learns, in one sentence. Gives the cause away. */
  readonly teaches: string;
  readonly needs: readonly Need[];
  readonly namespace: string;
  /** What the Deployment, or whatever is at the centre, and the Service in front of it are called. */
  readonly workload: string;
  /** Kinds that its questions read besides Deployments, Pods, Services, Endpoints and those of its own objects. */
  readonly reads?: readonly Resource<KubeObject>[];
  readonly healthy: (namespace: string) => readonly Manifest[];
  /** Whether the healthy objects are up; absent where that is a complete rollout with endpoints. */
  readonly isUp?: (state: State) => boolean;
  /** Made one after another once everything is healthy. */
  readonly breakage: readonly Breakage[];
  /** Whether the damage shows. */
  readonly symptom: (state: State) => boolean;
  readonly alarm: (state: State) => Alarm;
  /** The monitoring tool that pages in practice. */
  readonly tool: Tool;
  /** What a right diagnosis says first. */
  readonly rootCause: {
    readonly target: { readonly kind: string; readonly name: string };
    /** Names of findings, any of which is right. Empty where nothing is wrong. */
    readonly findings: readonly string[];
  };
  /** Any of them is right. Empty where no command is: reporting is. */
  readonly fixes: readonly Fix[];
  /** What makes the symptom go away and is no way out: taking the probe, the limit or the variable away. */
  readonly wrong?: readonly Fix[];
  /** Whether it was put right, and not by removing what made the trouble visible (a probe, a limit, the workload). */
  readonly solved: (state: State) => boolean;
  /** How long {@link solved} must hold, in seconds of the cluster's own time. */
  readonly settleSeconds: number;
  /** What must never come of it besides the changes of objects that no fix touches. Sentences; empty where nothing did. */
  readonly harm?: (before: State, after: State) => readonly string[];
}

/** Makes a manifest of one object: the compiler checks the object against its kind. */
export function manifest<T extends KubeObject>(resource: Resource<T>, object: T): Manifest {
  return { resource, object } as Manifest;
}

/** A patch of one object. */
export function patch<T extends KubeObject>(
  resource: Resource<T>,
  name: string,
  change: object,
  type: PatchType = 'strategic',
): Deed {
  return { deed: 'patch', resource: resource as Resource<KubeObject>, name, type, patch: change };
}
