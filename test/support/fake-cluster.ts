/** A cluster in memory behind the face that the product reads through. Tests put objects into it and take them out. */
import type { Cluster, LogRequest, Selection } from '../../src/cluster/cluster.ts';
import { sameRef, type KubeObject, type ObjectMeta, type ObjectRef } from '../../src/domain/kubernetes.ts';
import { OncallError } from '../../src/domain/error.ts';

interface Watcher {
  readonly kind: string;
  readonly selection: Selection;
  readonly onChange: (objects: readonly KubeObject[]) => void;
  fail(error: unknown): void;
}

export class FakeCluster implements Cluster {
  readonly context = 'practice';
  readonly kubeconfig = '/tmp/kubeconfig';
  readonly server = 'https://127.0.0.1:6443';
  private objects: KubeObject[] = [];
  private readonly watchers = new Set<Watcher>();
  private readonly locks = new Map<string, { holder: string; since: string }>();
  /** Thrown by the next watch of a kind instead of watching. */
  readonly refusals = new Map<string, OncallError>();
  /** Kinds that the cluster does not know. */
  readonly unknownKinds = new Set<string>();
  /** Thrown by every read and watch for as long as it is set: the cluster is away. */
  away: OncallError | undefined;
  /** While set, nothing is answered at all, and watches tell nothing. */
  hangs = false;
  /** Thrown by the next read of a single object. */
  unreachable: OncallError | undefined;

  constructor(...objects: KubeObject[]) {
    this.objects = objects.flatMap(withSlice);
  }

  /** How many watches are open. */
  get watches(): number {
    return this.watchers.size;
  }

  /** Puts objects in the place of those of the same name, or adds them, and tells every watch that they concern. */
  put(...given: KubeObject[]): void {
    const objects = given.flatMap(withSlice);
    const refs = objects.map(refOf);
    this.objects = [
      ...this.objects.filter((object) => !refs.some((ref) => sameRef(ref, refOf(object)))),
      ...objects,
    ];
    this.tell(new Set(objects.map((object) => object.kind)));
  }

  remove(ref: ObjectRef): void {
    this.objects = this.objects.filter((object) => !sameRef(ref, refOf(object)));
    this.tell(new Set([ref.kind]));
  }

  /** Breaks all watches of a kind off. */
  breakWatches(kind: string, error: OncallError): void {
    for (const watcher of this.watchers) if (watcher.kind === kind) watcher.fail(error);
  }

  async check(): Promise<string> {
    return 'v1.36.0';
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    await this.answer();
    const error = this.unreachable;
    this.unreachable = undefined;
    if (error !== undefined) throw error;
    return this.objects.find((object) => sameRef(ref, refOf(object)));
  }

  async metadata(ref: ObjectRef): Promise<ObjectMeta | undefined> {
    return (await this.get(ref))?.metadata;
  }

  async list(kind: string, selection: Selection): Promise<KubeObject[]> {
    await this.answer();
    if (this.unknownKinds.has(kind)) throw new OncallError('target-unknown', `No ${kind} here`, 'Update it.');
    return this.select(kind, selection).slice(0, selection.limit);
  }

  async logs(request: LogRequest): Promise<string> {
    throw new OncallError('target-unknown', `Pod ${request.pod} has no logs here`, 'Use a real cluster.');
  }

  async watch(
    kind: string,
    selection: Selection,
    onChange: (objects: readonly KubeObject[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.answer();
    const refusal = this.refusals.get(kind);
    if (refusal !== undefined) {
      this.refusals.delete(kind);
      throw refusal;
    }
    await new Promise<void>((resolve, reject) => {
      const watcher: Watcher = { kind, selection, onChange, fail: reject };
      this.watchers.add(watcher);
      signal.addEventListener('abort', () => resolve(), { once: true });
      onChange(this.select(kind, selection));
    }).finally(() => {
      for (const watcher of this.watchers) if (watcher.onChange === onChange) this.watchers.delete(watcher);
    });
  }

  async acquireLock(namespace: string, name: string, holder: string) {
    const key = `${namespace}/${name}`;
    const by = this.locks.get(key);
    if (by !== undefined && by.holder !== holder) return { acquired: false as const, by };
    this.locks.set(key, { holder, since: '2026-11-22T12:00:00.000Z' });
    return { acquired: true as const };
  }

  async renewLock(namespace: string, name: string, holder: string) {
    const by = this.locks.get(`${namespace}/${name}`);
    if (by?.holder === holder) return { renewed: true as const };
    return by === undefined ? { renewed: false as const } : { renewed: false as const, by };
  }

  /** Gives a lock to somebody else, or to nobody, as it happens to one that has expired. */
  takeOver(namespace: string, name: string, holder: string | undefined): void {
    if (holder === undefined) this.locks.delete(`${namespace}/${name}`);
    else this.locks.set(`${namespace}/${name}`, { holder, since: '2026-11-22T12:00:00.000Z' });
  }

  async releaseLock(namespace: string, name: string, holder: string): Promise<void> {
    if (this.locks.get(`${namespace}/${name}`)?.holder === holder) this.locks.delete(`${namespace}/${name}`);
  }

  /** The cluster goes away: watches break off, and reads fail. */
  goAway(error: OncallError): void {
    this.away = error;
    for (const watcher of this.watchers) watcher.fail(error);
  }

  private async answer(): Promise<void> {
    if (this.hangs) await new Promise(() => undefined);
    if (this.away !== undefined) throw this.away;
  }

  private tell(kinds: ReadonlySet<string>): void {
    if (this.hangs || this.away !== undefined) return;
    for (const { kind, selection, onChange } of [...this.watchers]) {
      if (kinds.has(kind)) onChange(this.select(kind, selection));
    }
  }

  private select(kind: string, selection: Selection): KubeObject[] {
    return this.objects.filter(
      (object) =>
        object.kind === kind &&
        (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
        matches(selection.fieldSelector, (key) =>
          key === 'metadata.name'
            ? object.metadata.name
            : (object['involvedObject'] as Record<string, string> | undefined)?.[
                key.replace('involvedObject.', '')
              ],
        ) &&
        matches(selection.labelSelector, (key) => object.metadata.labels?.[key]),
    );
  }
}

/** Endpoints come with their EndpointSlice, as a control plane makes them. */
function withSlice(object: KubeObject): KubeObject[] {
  if (object.kind !== 'Endpoints') return [object];
  const { name, namespace } = object.metadata;
  const subsets: { addresses?: { ip: string }[]; notReadyAddresses?: { ip: string }[] }[] =
    object['subsets'] ?? [];
  const endpoint = (ready: boolean) => (address: { ip: string }) => ({
    addresses: [address.ip],
    conditions: { ready },
  });
  const slice: KubeObject = {
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-slice`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { 'kubernetes.io/service-name': name },
    },
    endpoints: subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
      ...addresses.map(endpoint(true)),
      ...notReadyAddresses.map(endpoint(false)),
    ]),
  };
  return [object, slice];
}

/** Equality selectors only; anything else is a mistake of the test. */
function matches(selector: string | undefined, value: (key: string) => string | undefined): boolean {
  return (selector?.split(',') ?? []).every((part) => {
    const [key, wanted, ...rest] = part.split('=');
    if (key === undefined || wanted === undefined || rest.length > 0)
      throw new Error(`Not understood: ${part}`);
    return value(key) === wanted;
  });
}

function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
