/** The clusters that previews are made on: a real control plane and the practice cluster, with the same face. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterRoleBindings, roles } from '../../../src/practice/api-groups.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import { wallClock } from '../../../src/practice/clock.ts';
import { startPracticeCluster } from '../../../src/practice/cluster/start.ts';
import { startControllers } from '../../../src/practice/controllers/controllers.ts';
import { startControlPlane } from '../../support/kubernetes/control-plane.ts';
import { startSimulatedNodes } from '../../support/kubernetes/simulated.ts';
import { mustRun } from '../../support/processes.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { ensureKubectl } from '../../support/vscode/install.ts';

const clusterRoles = { ...roles, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };

export interface Ground {
  /** An administrator's. */
  readonly client: KubeClient;
  readonly context: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** A home of its own: what kubectl remembers there of an address may be about an earlier cluster. */
  readonly home: string;
  /** Runs kubectl as the administrator; its standard output. */
  ask(...args: string[]): Promise<string>;
  /** Whether it serves a resource in a version of a group: `/apis/policy/v1`, `poddisruptionbudgets`. */
  serves(version: string, resource: string): Promise<boolean>;
  /** Path of a kubeconfig for a user who may look at everything and change nothing. */
  onlooker(): Promise<string>;
  close(): Promise<void>;
}

/** What a cluster has to tell of itself. */
interface Base {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly kubeconfig: string;
  readonly context: string;
  /** How the user `limited` gets in. */
  readonly limited: object;
}

/** A real control plane; the kubelets are simulated, all else is Kubernetes. */
export function startRealGround(): Promise<Ground> {
  return startGround(async (folder, ends) => {
    const plane = await startControlPlane(folder);
    ends.push(() => plane.close());
    return { ...plane, limited: { token: plane.limitedToken } };
  });
}

/** The practice cluster with its controllers. */
export function startPracticeGround(): Promise<Ground> {
  return startGround(async (directory, ends) => {
    const cluster = await startPracticeCluster({ directory });
    ends.push(() => cluster.close());
    const { url: server, caCertificate: ca, token, kubeconfig } = cluster;
    const client = new KubeClient({ server, ca, token });
    const abort = new AbortController();
    ends.push(() => Promise.resolve(abort.abort()));
    startControllers({ client, clock: wallClock(), signal: abort.signal, report: () => undefined });
    return { server, ca, token, kubeconfig, context: 'practice', limited: { token, as: 'limited' } };
  });
}

type Ends = (() => Promise<unknown>)[];

async function startGround(start: (folder: string, ends: Ends) => Promise<Base>): Promise<Ground> {
  const ends: Ends = [];
  const close = async (): Promise<void> => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const kubectl = await ensureKubectl();
    const scratch = await scratchFolder('preview');
    ends.push(() => scratch.remove());
    const { server, ca, token, kubeconfig, context, limited } = await start(scratch.path, ends);
    const client = new KubeClient({ server, ca, token });
    ends.push(() => Promise.resolve(client.close()));
    const machines = await startSimulatedNodes(client, true);
    ends.push(() => machines.close());
    const ask = (...args: string[]): Promise<string> =>
      mustRun(kubectl, ['--kubeconfig', kubeconfig, ...args], { timeoutMs: 120_000 });
    return {
      ...{ client, context, kubeconfig, kubectl, home: scratch.path, ask, close },
      async serves(version, resource) {
        const answer = await ask('get', '--raw', version).catch(() => '{"resources":[]}');
        const { resources } = JSON.parse(answer) as { resources: { name: string }[] };
        return resources.some(({ name }) => name === resource);
      },
      async onlooker() {
        await client.create(clusterRoles, {
          metadata: { name: 'looks' },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
        });
        await client.create(clusterRoleBindings, {
          metadata: { name: 'limited-looks' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'looks' },
          subjects: [{ kind: 'User', name: 'limited', apiGroup: 'rbac.authorization.k8s.io' }],
        });
        const path = join(scratch.path, 'limited.json');
        const authority = Buffer.from(ca).toString('base64');
        const config = {
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: context, cluster: { server, 'certificate-authority-data': authority } }],
          users: [{ name: 'limited', user: limited }],
          contexts: [{ name: context, context: { cluster: context, user: 'limited' } }],
          'current-context': context,
        };
        await writeFile(path, JSON.stringify(config), { mode: 0o600 });
        return path;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
