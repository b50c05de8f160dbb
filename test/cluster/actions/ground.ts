/** A real control plane for the tests of the actions, and users of it that have exactly the rights that they are given. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { roleBindings, roles, serviceAccounts, type RoleBinding } from '../../../src/practice/api-groups.ts';
import { KubeClient } from '../../../src/practice/client.ts';
import type { Right } from '../../../src/remediation/rights.ts';
import { startControlPlane } from '../../support/kubernetes/control-plane.ts';
import { startCronJobsProxy } from '../../support/kubernetes/cron-jobs.ts';
import { startMetrics } from '../../support/kubernetes/metrics.ts';
import { startSimulatedNodes } from '../../support/kubernetes/simulated.ts';
import { mustRun } from '../../support/processes.ts';
import { manifestFile, rightOf } from '../../support/rbac.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { ensureKubectl } from '../../support/vscode/install.ts';

/** What a user may do. */
export interface Given {
  /** What media/rbac/read-only.yaml says, in all of the cluster. */
  readonly reading?: true;
  /** In the user's own namespace. */
  readonly here?: readonly Right[];
  readonly everywhere?: readonly Right[];
  /** Sees CronJobs as `batch/v1`, whatever version the API server has. */
  readonly cronJobs?: boolean;
}

export interface Ground {
  /** An administrator's. */
  readonly client: KubeClient;
  readonly context: string;
  readonly kubectl: string;
  /** For files of the tests; removed with the ground. */
  readonly folder: string;
  /** Runs kubectl as the administrator; its standard output. */
  ask(...args: string[]): Promise<string>;
  /** The version of CronJobs that the API server has. */
  readonly cronJobVersion: string;
  /**
   * Makes a ServiceAccount that may do nothing but what it is given.
   * @returns path of a kubeconfig with one context
   */
  user(namespace: string, name: string, given: Given): Promise<string>;
  /** A kubectl of its own that keeps what it asks the API server for; otherwise it is as kubectl is. */
  listening(name: string): Promise<ListeningKubectl>;
  close(): Promise<void>;
}

export interface ListeningKubectl {
  /** Absolute path. */
  readonly path: string;
  /** The rights that its requests took until now, as `patch apps/deployments`, sorted. */
  taken(): Promise<string[]>;
}

const rbacGroup = 'rbac.authorization.k8s.io';
const clusterRoles = { ...roles, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
const clusterRoleBindings = {
  ...roleBindings,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

const ruleOf = ({ group, resource, verbs }: Right) => ({
  apiGroups: [group],
  resources: [resource],
  verbs: [...verbs],
});

const bound = (
  kind: 'Role' | 'ClusterRole',
  role: string,
  subject: { kind: string; name: string; namespace: string },
): Omit<RoleBinding, 'metadata'> => ({
  roleRef: { apiGroup: rbacGroup, kind, name: role },
  subjects: [subject],
});

/** Starts everything; about 10 s. The kubelets are simulated, all else is Kubernetes. */
export async function startGround(): Promise<Ground> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.reverse()) await end();
  };
  try {
    const kubectl = await ensureKubectl();
    const scratch = await scratchFolder('actions');
    closing.push(() => scratch.remove());
    const controlPlane = await startControlPlane(scratch.path);
    closing.push(() => controlPlane.close());
    const { server, ca, token, kubeconfig, context } = controlPlane;
    const client = new KubeClient({ server, ca, token });
    closing.push(() => Promise.resolve(client.close()));
    const machines = await startSimulatedNodes(client, true);
    closing.push(() => machines.close());
    const metrics = await startMetrics(client);
    closing.push(() => metrics.close());
    const ask = (...args: string[]): Promise<string> =>
      mustRun(kubectl, ['--kubeconfig', kubeconfig, ...args], { timeoutMs: 60_000 });
    await ask('apply', '-f', manifestFile('read-only'));
    const { resources } = JSON.parse(await ask('get', '--raw', '/apis/batch/v1')) as {
      resources: { name: string }[];
    };
    const cronJobVersion = resources.some(({ name }) => name === 'cronjobs') ? 'batch/v1' : 'batch/v1beta1';
    const authority = { 'certificate-authority-data': Buffer.from(ca).toString('base64') };

    /** How a user gets in. */
    const entranceFor = async (bearer: string, cronJobs: boolean) => {
      if (!cronJobs || cronJobVersion === 'batch/v1')
        return { cluster: { server, ...authority }, user: { token: bearer } };
      const proxy = await startCronJobsProxy({ server, ca, token: bearer });
      closing.push(() => proxy.close());
      return { cluster: { server: proxy.server, 'insecure-skip-tls-verify': true }, user: {} };
    };

    return {
      ...{ client, context, kubectl, folder: scratch.path, cronJobVersion, ask, close },
      async listening(name) {
        const [path, log] = [
          join(scratch.path, `kubectl-${name}`),
          join(scratch.path, `requests-${name}.log`),
        ];
        // klog's lines begin with their severity and the date; the rest is what kubectl says.
        const script = `#!/bin/sh
'${kubectl}' -v=6 "$@" 2>'${log}.now'
code=$?
cat '${log}.now' >>'${log}'
grep -v '^[IWEF][0-9][0-9][0-9][0-9] ' '${log}.now' >&2
exit $code
`;
        await writeFile(path, script, { mode: 0o755 });
        return {
          path,
          async taken() {
            // A command that was never run made none: why, is for the test of the run to say.
            const said = existsSync(log) ? await readFile(log, 'utf8') : '';
            const requests = said.matchAll(/verb="(\w+)" url="([^"]+)"/g);
            const rights = [...requests].flatMap(([, verb = '', url = '']) => {
              const { pathname, search } = new URL(url);
              return rightOf(verb, pathname + search) ?? [];
            });
            return [...new Set(rights)].sort();
          },
        };
      },
      async user(namespace, name, { reading, here = [], everywhere = [], cronJobs = false }) {
        const subject = { kind: 'ServiceAccount', name, namespace };
        const unique = `${namespace}-${name}`;
        await client.create(serviceAccounts, { metadata: { name, namespace } });
        const bindEverywhere = (role: string): Promise<unknown> =>
          client.create(clusterRoleBindings, {
            metadata: { name: `${unique}-${role}` },
            ...bound('ClusterRole', role, subject),
          });
        if (reading) await bindEverywhere('oncall-read-only');
        if (here.length > 0) {
          const metadata = { name, namespace };
          await client.create(roles, { metadata, rules: here.map(ruleOf) });
          await client.create(roleBindings, { metadata, ...bound('Role', name, subject) });
        }
        if (everywhere.length > 0) {
          await client.create(clusterRoles, { metadata: { name: unique }, rules: everywhere.map(ruleOf) });
          await bindEverywhere(unique);
        }
        const bearer = (await ask('create', 'token', name, '-n', namespace)).trim();
        const { cluster, user } = await entranceFor(bearer, cronJobs);
        const file = join(scratch.path, `${unique}.json`);
        const config = {
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: context, cluster }],
          users: [{ name: unique, user }],
          contexts: [{ name: context, context: { cluster: context, user: unique } }],
          'current-context': context,
        };
        await writeFile(file, JSON.stringify(config), { mode: 0o600 });
        return file;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
