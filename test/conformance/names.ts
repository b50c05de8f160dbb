/**
 * The names that a cluster makes up, and what both clusters call them here: `checkout-5d9c7b4f6-x7k2p` is
 * `checkout-{h2}-{p0}`, the first pod of the second ReplicaSet. Once given, a name stays.
 */
import type { KubeClient } from '../../src/practice/client.ts';
import { nodes, pods, replicaSets } from '../../src/practice/objects.ts';
import type { KubeObject, Pod, Resource } from '../../src/practice/objects.ts';
import { kindsOf } from '../../src/practice/scenarios/state.ts';
import type { Scenario } from '../../src/practice/scenarios/scenario.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';

export class Names {
  /** What the cluster calls it → what it is called here. */
  readonly #called = new Map<string, string>();
  /** How many names there are of each sort. */
  readonly #counts = new Map<string, number>();

  /** Learns the names that a scenario's namespace holds by now. */
  async learn(client: KubeClient, scenario: Scenario): Promise<void> {
    const { namespace } = scenario;
    const [machines, sets, all] = await Promise.all([
      client.list(nodes),
      client.list(replicaSets, { namespace }),
      client.list(pods, { namespace }),
    ]);
    for (const { metadata } of machines) {
      this.#add(metadata.name ?? '', '{node}');
      this.#add(metadata.uid ?? '', '<uid Node {node}>');
    }
    for (const set of sets.sort(byRevision)) {
      const hash = set.metadata.labels?.[hashLabel];
      if (hash !== undefined && !this.#called.has(hash)) this.#add(hash, `{h${this.#next('hash')}}`);
      this.#identify('ReplicaSet', set);
    }
    for (const pod of all.sort((a, b) => (conditionOf(a) < conditionOf(b) ? -1 : 1))) {
      const { name = '', generateName } = pod.metadata;
      if (generateName !== undefined && !this.#called.has(name)) {
        const stem = this.outward(generateName);
        this.#add(name, `${stem}{p${this.#next(stem) - 1}}`);
      }
      this.#identify('Pod', pod);
    }
    const others = kindsOf(scenario).filter(({ kind }) => !['Pod', 'ReplicaSet', 'Node'].includes(kind));
    for (const resource of others) {
      const objects = await client.list(
        resource as Resource<KubeObject>,
        resource.namespaced ? { namespace } : {},
      );
      for (const object of objects) this.#identify(resource.kind, object);
    }
  }

  /** A text of the cluster with its names replaced. */
  outward(text: string): string {
    return this.#replaced(text, [...this.#called]);
  }

  /** A text with the cluster's own names put back. */
  inward(text: string): string {
    return this.#replaced(
      text,
      [...this.#called].map(([real, called]) => [called, real]),
    );
  }

  #identify(kind: string, { metadata: { uid, name = '' } }: KubeObject): void {
    if (uid !== undefined) this.#add(uid, `<uid ${kind} ${this.outward(name)}>`);
  }

  #add(real: string, called: string): void {
    if (real !== '' && !this.#called.has(real)) this.#called.set(real, called);
  }

  #next(sort: string): number {
    const count = (this.#counts.get(sort) ?? 0) + 1;
    this.#counts.set(sort, count);
    return count;
  }

  #replaced(text: string, pairs: [string, string][]): string {
    return pairs
      .sort(([a], [b]) => b.length - a.length)
      .reduce((all, [from, to]) => (all.includes(from) ? replaceWord(all, from, to) : all), text);
  }
}

/** Replaces whole words only: a node called `node` is not part of `nodeName`. A `%3D` before it ends a word too. */
function replaceWord(text: string, from: string, to: string): string {
  const escaped = from.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(
    new RegExp(`(?<!(?<!%[0-9A-F])[A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'),
    () => to,
  );
}

function byRevision(a: KubeObject, b: KubeObject): number {
  const revision = ({ metadata }: KubeObject): number =>
    Number(metadata.annotations?.[revisionAnnotation] ?? 0);
  return revision(a) - revision(b);
}

/** The same for pods that nothing tells apart; those in trouble come first. */
function conditionOf({ status, metadata }: Pod): string {
  const containers = (status?.containerStatuses ?? []).map(
    ({ ready, state }) => `${ready ? 1 : 0}${state.waiting?.reason ?? ''}`,
  );
  return [...containers, status?.phase ?? '', metadata.name ?? ''].join(' ');
}
