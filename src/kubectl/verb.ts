/** What the tables say of one verb. */
import type { RiskLevel } from '../domain/risk.ts';
import { globalFlags } from './flags.ts';
import type { Flag } from './flags.ts';

/** How a verb reads the words that are no flags. */
export type Takes =
  /** Nothing. */
  | 'nothing'
  /** `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`: what kubectl's resource builder takes. */
  | 'objects'
  /** Objects, then `key=value` or `key-`. */
  | 'objects and pairs'
  /** Objects, then one last word of another meaning. */
  | 'objects and a value'
  /** Names of nodes. */
  | 'nodes'
  /** One pod or `TYPE/NAME`, then perhaps a container. */
  | 'pod and container'
  /** One pod or `TYPE/NAME`, then `--` and the container's command. */
  | 'pod and command'
  /** Perhaps one name of a pod or of a node. */
  | 'a pod'
  | 'a node'
  /** One name, perhaps followed by `--` and a container's command: an object that does not exist yet. */
  | 'a new object'
  /** Objects that get a companion: a Service, an autoscaler. */
  | 'objects that get another'
  /** Nothing: what it reaches stands in the manifest. */
  | 'a manifest'
  /** `node NAME…`, then `key=value:Effect` or `key-`. */
  | 'nodes and taints'
  /** Names of nodes whose pods go. */
  | 'nodes with their pods'
  /** Names of certificate signing requests. */
  | 'certificates'
  /** One pod or `TYPE/NAME`, then ports. */
  | 'pod and ports'
  /** One pod or node, then perhaps `--` and a container's command. */
  | 'pod or node to debug'
  /** Words that reach no object: `explain pods.spec`, `auth can-i get pods`. */
  | 'a question';

export interface Verb {
  /** With its sub-verb: `rollout restart`. */
  readonly name: string;
  /** Whether it changes anything on the server when it runs for real. */
  readonly changes: boolean;
  /** The risk before anything about its objects and flags raises it. */
  readonly risk: RiskLevel;
  readonly takes: Takes;
  /** The kind of the object that it makes, beside what its words name. */
  readonly creates?: string;
  /** Starts the sentence for people; its objects follow. */
  readonly says: string;
  /** Whether what it changes on a named object can be put back. */
  readonly reversible: boolean;
  readonly flags: ReadonlyMap<string, Flag>;
  readonly shorts: ReadonlyMap<string, Flag>;
}

function lookups(flags: readonly Flag[]): Pick<Verb, 'flags' | 'shorts'> {
  const withGlobals = [...globalFlags, ...flags];
  return {
    flags: new Map(withGlobals.map((flag) => [flag.name, flag])),
    shorts: new Map(withGlobals.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag]]))),
  };
}

/** A verb that only reads. */
export const reading = (name: string, takes: Takes, says: string, ...flags: Flag[]): Verb => ({
  name,
  changes: false,
  risk: 'low',
  takes,
  says,
  reversible: true,
  ...lookups(flags),
});

/** A verb that changes something unless it is a dry run. */
export const changing = (
  name: string,
  risk: 'medium' | 'high',
  takes: Takes,
  says: string,
  ...flags: Flag[]
): Verb => ({
  name,
  changes: true,
  risk,
  takes,
  says,
  reversible: true,
  ...lookups(flags),
});

/** A verb that makes an object of one kind; deleting that object puts everything back. */
export const creating = (
  name: string,
  kind: string,
  takes: 'a new object' | 'objects that get another',
  says: string,
  ...flags: Flag[]
): Verb => ({ ...changing(name, 'high', takes, says, ...flags), creates: kind });

/** The same verb where nothing puts back what it did. */
export const forGood = (verb: Verb): Verb => ({ ...verb, reversible: false });
