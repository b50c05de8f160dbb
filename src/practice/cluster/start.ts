/** A Kubernetes API server for practice: objects in memory, on loopback, spoken to by a real kubectl. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Api } from './api.ts';
import { makeCertificates } from './certificates.ts';
import { Registry, asObjectOf } from './registry.ts';
import { resourceOf } from './resources.ts';
import { apiServer } from './server.ts';
import { Store } from './store.ts';

export interface PracticeClusterOptions {
  /** The port on 127.0.0.1; a free one where it is left out. */
  readonly port?: number;
  /** An existing directory; `kubeconfig` is written into it. */
  readonly directory: string;
}

export interface PracticeCluster {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM. */
  readonly caCertificate: string;
  /** The bearer token of the cluster's one user, who may do everything. */
  readonly token: string;
  /** Path of a kubeconfig whose current context is `practice`, readable by its owner only. */
  readonly kubeconfig: string;
  /** Ends every connection, and with it the cluster and all that is in it. */
  close(): Promise<void>;
}

/** The namespaces that every cluster is born with. */
const firstNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/**
 * Starts an API server that knows objects and nothing else: controllers and nodes are its clients.
 * @throws Error where the port is taken or the directory cannot be written
 */
export async function startPracticeCluster(options: PracticeClusterOptions): Promise<PracticeCluster> {
  const now = (): Date => new Date();
  const store = new Store();
  const registry = new Registry(store, now);
  const namespaces = resourceOf('', 'namespaces');
  for (const name of firstNamespaces) {
    registry.create(namespaces, undefined, asObjectOf(namespaces, { metadata: { name } }), {});
  }

  const certificates = await makeCertificates();
  const token = randomBytes(24).toString('base64url');
  const server = apiServer(new Api(store, registry, now), certificates, token);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = join(options.directory, 'kubeconfig');
  // A new file, for the mode of an old one would stay.
  await rm(kubeconfig, { force: true });
  await writeFile(kubeconfig, kubeconfigText(url, certificates.ca, token), { mode: 0o600 });
  return {
    url,
    caCertificate: certificates.ca,
    token,
    kubeconfig,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function kubeconfigText(url: string, ca: string, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: practice
contexts:
  - name: practice
    context:
      cluster: practice
      user: practice
      namespace: default
clusters:
  - name: practice
    cluster:
      server: ${url}
      certificate-authority-data: ${Buffer.from(ca).toString('base64')}
users:
  - name: practice
    user:
      token: ${token}
`;
}
