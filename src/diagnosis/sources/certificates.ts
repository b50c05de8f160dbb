/** Which certificates that Ingresses name are missing. Of the Secrets only their presence is read. */
import { describeRef, type KubeObject } from '../../domain/kubernetes.ts';
import { closerLooks, type Place } from './source.ts';

export interface CertificatesView {
  readonly ingress: KubeObject;
  /** Names of Secrets that do not exist, one at least. */
  readonly missing: readonly string[];
}

export async function readCertificates(
  place: Place,
  ingresses: readonly KubeObject[],
): Promise<readonly CertificatesView[]> {
  const views = await Promise.all(
    ingresses.map(async (ingress) => ({
      ingress,
      missing: await missingAmong(place, secretsOf(ingress).slice(0, closerLooks)),
    })),
  );
  return views.filter(({ missing }) => missing.length > 0);
}

function secretsOf(ingress: KubeObject): string[] {
  const tls = (ingress['spec']?.tls ?? []) as { secretName?: string }[];
  return [...new Set(tls.flatMap(({ secretName }) => secretName ?? []))];
}

async function missingAmong(
  { cluster, namespace, reader }: Place,
  names: readonly string[],
): Promise<string[]> {
  const missing = await Promise.all(
    names.map((name) => {
      const ref = { kind: 'Secret', namespace, name };
      return reader(
        describeRef(ref),
        false,
        async (signal) => (await cluster.metadata(ref, signal)) === undefined,
      );
    }),
  );
  return names.filter((_, index) => missing[index]);
}
