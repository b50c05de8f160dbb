/** From what an alert says to the object that exists: hints are untrusted, checked against the cluster, and never guessed between. */
import { describeRef, sameRef, type Target } from '../domain/kubernetes.ts';
import { trusts, type TargetCandidate, type TargetHint, type Trust } from '../domain/incident.ts';
import { candidatesFrom, targetOf, unwellIn } from './candidates.ts';
import type { Cluster } from './cluster.ts';
import { leadsFrom, namespacesIn, tiers, type Lead } from './leads.ts';
import { follow, type Found } from './lookup.ts';
import { beyond } from './owners.ts';
import { Search } from './search.ts';

export type TargetResolution =
  | {
      readonly target: Target;
      readonly reason: string;
      /** Why a person should look at it before anything runs: the alert says something else, or hardly anything. */
      readonly doubt?: string;
    }
  /** `candidates` holds what it might be, for a person to choose from: several, one that is a mere guess, or none. */
  | {
      readonly target: undefined;
      readonly candidates: readonly TargetCandidate[];
      readonly reason: string;
    };

/**
 * Finds the object that an incident is about. Trusted hints count before others, and among those the ones that name an autoscaler or
 * a workload before a pod, a Service or only a name; equals must agree, or lead to the same thing.
 * @throws OncallError when the cluster cannot be asked
 */
export async function resolveTarget(
  cluster: Pick<Cluster, 'context' | 'get' | 'list'>,
  hints: readonly TargetHint[],
  signal: AbortSignal,
): Promise<TargetResolution> {
  const search = new Search(cluster, signal);
  const missed: Lead[] = [];
  for (const trust of trusts) {
    const { leads, cut } = leadsFrom(hints, trust);
    for (const tier of tiers) {
      const here = leads.filter(({ kind }) => tier.includes(kind));
      const found = await agreeing(
        search,
        (await Promise.all(here.map((lead) => follow(search, lead)))).flat(),
      );
      const [only, another] = found;
      if (only === undefined) continue;
      if (another !== undefined) return several(search, found);
      const doubt =
        cut || search.exhausted
          ? 'the alert names more objects than were looked at'
          : doubtOf(trust, missed, only);
      return {
        target: targetOf(search, only.ref),
        reason: only.reason,
        ...(doubt === undefined ? {} : { doubt }),
      };
    }
    // What we may not look at, or had no patience for, could be the right one: a lesser hint does not take its place.
    if (cut) search.exhausted = true;
    if (search.denied.length > 0 || search.exhausted) break;
    missed.push(...leads);
  }
  return nothing(search, hints);
}

/** The distinct objects among what was found, or the one thing that all of them lead to. */
async function agreeing(search: Search, found: readonly Found[]): Promise<Found[]> {
  const distinct = found.filter(
    (one, index) => found.findIndex((other) => sameRef(one.ref, other.ref)) === index,
  );
  if (distinct.length < 2) return distinct;
  const above = await Promise.all(distinct.map(({ ref }) => beyond(search, ref)));
  // A Job and its CronJob: the one that ran is what it is about.
  const lowest = distinct.filter(
    ({ ref }) => !above.some((parent) => parent !== undefined && sameRef(parent, ref)),
  );
  if (lowest.length === 1) return lowest;
  const [parent] = above;
  const [first] = distinct;
  if (parent === undefined || first === undefined) return distinct;
  if (!above.every((other) => other !== undefined && sameRef(other, parent))) return distinct;
  return [
    {
      ref: parent,
      reason: `${first.reason}; like the others that the alert names it leads to ${describeRef(parent)}`,
    },
  ];
}

/** Why a target that was found all the same is not sure. */
function doubtOf(trust: Trust, missed: readonly Lead[], { ref, reason }: Found): string | undefined {
  if (trust === 'alike') return `${describeRef(ref)} is only called like the PagerDuty service`;
  if (trust === 'incidental') return `${describeRef(ref)} is where the metric came from (${reason})`;
  const [first] = missed.filter(({ kind }) => kind !== undefined);
  return first === undefined
    ? undefined
    : `${first.kind ?? ''} ${first.name} (${first.source}), which the alert names, does not exist`;
}

async function several(search: Search, found: readonly Found[]): Promise<TargetResolution> {
  return {
    target: undefined,
    candidates: await candidatesFrom(search, found),
    reason: `The alert fits several objects: ${found.map(({ ref }) => describeRef(ref)).join(', ')}`,
  };
}

async function nothing(search: Search, hints: readonly TargetHint[]): Promise<TargetResolution> {
  const reason = whyNothing(search, hints);
  const candidates =
    search.denied.length > 0 || search.exhausted ? [] : await unwellIn(search, namespacesIn(hints));
  return { target: undefined, candidates, reason };
}

function whyNothing({ denied, exhausted }: Search, hints: readonly TargetHint[]): string {
  if (denied.length > 0)
    return `What the alert names could not be looked up: ${[...new Set(denied)].slice(0, 3).join('; ')}`;
  if (exhausted) return 'The alert names more objects than can be looked up';
  const leads = trusts.flatMap((trust) => leadsFrom(hints, trust).leads);
  if (leads.length === 0) return 'The alert names no Kubernetes object';
  const names = leads.map(({ kind, name, source }) => `${kind ?? 'object'} ${name} (${source})`);
  return `Nothing that the alert names exists in the cluster: ${[...new Set(names)].slice(0, 8).join(', ')}`;
}
