/** What around the objects of a step decides how far it reaches, read once for all steps of a plan. */
import type { Cluster, Selection } from '../../cluster/cluster.ts';
import { isOncallError } from '../../domain/error.ts';
import type { KubeObject } from '../../domain/kubernetes.ts';

/** Objects of one list, at most. */
const mostObjects = 500;

/** Reads a kind in whatever version the API server has it; undefined where it has none, or does not let us. */
export type ListByKubectl = (
  kind: string,
  selection: Selection,
) => Promise<readonly KubeObject[] | undefined>;

/** Lists that are asked for once; a kind that may not be read or is not there is a gap, not an error. */
export class Surroundings {
  private readonly cluster: Pick<Cluster, 'list'>;
  private readonly viaKubectl: ListByKubectl;
  private readonly signal: AbortSignal;
  private readonly lists = new Map<string, Promise<readonly KubeObject[]>>();
  private readonly missing = new Map<string, string>();

  constructor(cluster: Pick<Cluster, 'list'>, viaKubectl: ListByKubectl, signal: AbortSignal) {
    this.cluster = cluster;
    this.viaKubectl = viaKubectl;
    this.signal = signal;
  }

  /** What could not be read, a sentence each without its full stop. */
  get gaps(): readonly string[] {
    return [...this.missing.values()];
  }

  /** Whether a kind that was asked for could not be read. */
  isUnread(kind: string): boolean {
    return this.missing.has(kind);
  }

  /** Whether all that was asked for of a kind was read. */
  isWhole(kind: string): boolean {
    return !this.missing.has(kind) && !this.missing.has(`${kind}+`);
  }

  list(kind: string, selection: Omit<Selection, 'limit'>): Promise<readonly KubeObject[]> {
    const { namespace, labelSelector, fieldSelector } = selection;
    const key = JSON.stringify([kind, namespace, labelSelector, fieldSelector]);
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const asked = this.read(kind, selection);
    this.lists.set(key, asked);
    return asked;
  }

  private async read(kind: string, selection: Selection): Promise<readonly KubeObject[]> {
    try {
      const objects = await this.cluster.list(kind, { ...selection, limit: mostObjects }, this.signal);
      if (objects.length === mostObjects)
        this.missing.set(`${kind}+`, `Only ${mostObjects} of kind ${kind} were counted`);
      return objects;
    } catch (error) {
      if (!isOncallError(error) || error.code === 'cancelled') throw error;
      const found = error.code === 'target-unknown' ? await this.viaKubectl(kind, selection) : undefined;
      if (found !== undefined) return found;
      this.missing.set(kind, `${kind} could not be read: ${error.message}`);
      return [];
    }
  }
}
