/** Ingresses that lead to the Services, or the one that the incident is about. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import type { ServiceView } from '../snapshot.ts';
import { closerLooks, listAll, listHere, look, type Place, type Seen } from './source.ts';

export interface Backend {
  readonly service: string;
  /** Number or name of the Service's port; undefined where it names neither. */
  readonly port: number | string | undefined;
}

export interface IngressView {
  readonly ingress: KubeObject;
  /** The IngressClass that it names; undefined where it names none. */
  readonly ingressClass: Seen | undefined;
  /** All IngressClasses, where the one that it names does not exist; undefined where they could not be read. */
  readonly classes: readonly KubeObject[] | undefined;
  readonly backends: readonly (Backend & { readonly seen: Seen })[];
}

export async function readIngresses(
  place: Place,
  object: KubeObject,
  services: readonly ServiceView[],
): Promise<readonly IngressView[]> {
  if (object.kind === 'Ingress') return [await viewOf(place, object, services)];
  if (services.length === 0) return [];
  const names = new Set(services.map(({ service }) => service.metadata.name));
  const all = (await listHere(place, 'Ingress')) ?? [];
  return Promise.all(
    all
      .filter((ingress) => backendsOf(ingress).some(({ service }) => names.has(service)))
      .slice(0, closerLooks)
      .map((ingress) => viewOf(place, ingress, services)),
  );
}

/** The backends of an Ingress (networking.k8s.io/v1), each once. A backend that is no Service is not among them. */
export function backendsOf(ingress: KubeObject): Backend[] {
  interface Raw {
    readonly service?: { readonly name?: string; readonly port?: { number?: number; name?: string } };
  }
  const spec = (ingress['spec'] ?? {}) as {
    defaultBackend?: Raw;
    rules?: { http?: { paths?: { backend?: Raw }[] } }[];
  };
  const raw = [
    spec.defaultBackend,
    ...(spec.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  const found = raw.flatMap((one) =>
    one?.service?.name === undefined
      ? []
      : [{ service: one.service.name, port: one.service.port?.name ?? one.service.port?.number }],
  );
  return found.filter(
    (one, index) =>
      found.findIndex((other) => other.service === one.service && other.port === one.port) === index,
  );
}

async function viewOf(
  place: Place,
  ingress: KubeObject,
  services: readonly ServiceView[],
): Promise<IngressView> {
  const { namespace } = place;
  const wanted = ingress['spec']?.ingressClassName as string | undefined;
  const known = new Map(services.map(({ service }) => [service.metadata.name, service]));
  const named = backendsOf(ingress).slice(0, 2 * closerLooks);
  const looks = new Map(
    [...new Set(named.map(({ service }) => service))].map((name) => [
      name,
      Promise.resolve<Seen>(known.get(name) ?? look(place, { kind: 'Service', namespace, name })),
    ]),
  );
  const [ingressClass, backends] = await Promise.all([
    wanted === undefined ? undefined : look(place, { kind: 'IngressClass', name: wanted }),
    Promise.all(
      named.map(async (backend) => ({
        ...backend,
        seen: (await looks.get(backend.service)) ?? 'unreadable',
      })),
    ),
  ]);
  const classes = ingressClass === 'absent' ? await listAll(place, 'IngressClass') : undefined;
  return { ingress, ingressClass, classes, backends };
}
