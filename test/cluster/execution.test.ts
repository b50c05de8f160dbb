/** Commands by the real kubectl against a real API server: why they fail, how they are ended, and what their undo puts back. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { ActionCall } from '../../src/domain/action.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { commandOf, touchesOf, undoOf } from '../../src/remediation/actions/catalogue.ts';
import { execute, type Execution, type ExecutionRequest } from '../../src/remediation/execute.ts';
import type { FailureKind } from '../../src/remediation/failure.ts';
import { specHash } from '../../src/remediation/spec-hash.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { startControlPlane, type ControlPlane } from '../support/kubernetes/control-plane.ts';
import { run, waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { ensureKubectl, ensureKubectlMinor, kubectlMinors } from '../support/vscode/install.ts';
import { calls, worlds } from './execution/changes.ts';
import { startGuard } from './execution/guard.ts';

interface Config {
  clusters: { cluster: Record<string, string> }[];
  users: { user: object }[];
}

/** Who asks, and where. */
type Way = 'admin' | 'limited' | 'nobody' | 'closed' | 'stranger' | 'plugin';

const complaints: readonly [FailureKind, string, RegExp, Way?][] = [
  [
    'conflict',
    'scale deployment/web --replicas=3 --current-replicas=7',
    /^Expected replicas to be 7, was 2$/,
  ],
  [
    'conflict',
    'scale deployment/web --replicas=3 --resource-version=1',
    /^Expected resource version to be 1/,
  ],
  [
    'conflict',
    'annotate deployment/web a=b --resource-version=1',
    /the object has been modified; please apply your changes/,
  ],
  [
    'conflict',
    'patch deployment/web --type=json -p [{"op":"test","path":"/spec/replicas","value":9}]',
    /^The request is invalid/,
  ],
  ['conflict', 'create deployment web --image=y', /already exists$/],
  ['conflict', 'label deployment/web app=other', /--overwrite is false$/],
  [
    'refused',
    'patch deployment/web --type=merge -p {"spec":{"replicas":-1}}',
    /must be greater than or equal to 0/,
  ],
  ['refused', 'delete namespace/default', /this namespace may not be deleted$/],
  ['refused', 'set resources deployment/web -c=x --limits=memory=1Mi --requests=memory=2Mi', /is invalid: /],
  ['quota', 'create configmap x', /exceeded quota: none/],
  ['not-found', 'rollout undo deployment/none', /^Error from server \(NotFound\)/],
  ['not-found', 'rollout undo deployment/web --to-revision=99', /unable to find specified revision 99/],
  ['not-found', 'set image deployment/web nope=x:2', /unable to find container named "nope"/],
  ['not-found', 'get widgets', /doesn't have a resource type "widgets"/],
  ['not-found', 'create configmap x -n nowhere', /namespaces "nowhere" not found$/],
  [
    'forbidden',
    'scale deployment/web --replicas=3',
    /User "limited" cannot get resource "deployments"/,
    'limited',
  ],
  ['forbidden', 'delete pod/x', /User "limited" cannot delete resource "pods"/, 'limited'],
  ['forbidden', 'get pods', /must be logged in to the server \(Unauthorized\)/, 'nobody'],
  ['forbidden', 'get pods', /getting credentials/, 'plugin'],
  ['unreachable', 'get pods', /^The connection to the server 127\.0\.0\.1:1 was refused/, 'closed'],
  ['unreachable', 'get pods', /certificate signed by unknown authority/, 'stranger'],
];

describe('A command by the real kubectl', function () {
  this.timeout(240_000);
  let scratch: Scratch;
  let controlPlane: ControlPlane;
  let kubectl: string;
  let cluster: Cluster;
  const ways = new Map<Way, string>();

  const execution = (
    argv: readonly string[],
    kubeconfig: string,
    more: Partial<ExecutionRequest> = {},
  ): Promise<Execution> =>
    execute({
      kubectl,
      kubeconfig,
      context: controlPlane.context,
      namespace: 'shop',
      argv,
      timeoutMs: 60_000,
      ...more,
    });

  const asAdmin = async (args: readonly string[], input?: object): Promise<void> => {
    const { code, stderr } = await run(kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args], {
      timeoutMs: 60_000,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    });
    assert.equal(code, 0, stderr);
  };

  before(async function () {
    if (whyNoBinaries() !== undefined) this.skip();
    scratch = await scratchFolder('execution');
    controlPlane = await startControlPlane(scratch.path);
    kubectl = await ensureKubectl();
    const text = await readFile(controlPlane.kubeconfig, 'utf8');
    const way = async (name: Way, edit: (config: Config) => void) => {
      const config = JSON.parse(text) as Config;
      edit(config);
      const file = join(scratch.path, `${name}.json`);
      await writeFile(file, JSON.stringify(config), { mode: 0o600 });
      ways.set(name, file);
    };
    const user = (fields: object) => (config: Config) => {
      for (const one of config.users) one.user = fields;
    };
    const server = (edit: (cluster: Record<string, string>) => void) => (config: Config) => {
      for (const one of config.clusters) edit(one.cluster);
    };
    const plugin = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'no-such-plugin',
      interactiveMode: 'Never',
    };
    await way('admin', () => undefined);
    await way('limited', user({ token: controlPlane.limitedToken }));
    await way('nobody', user({ token: 'of-nobody' }));
    await way('plugin', user({ exec: plugin }));
    await way(
      'closed',
      server((one) => (one['server'] = 'https://127.0.0.1:1')),
    );
    await way(
      'stranger',
      server((one) => delete one['certificate-authority-data']),
    );
    cluster = await connectCluster({ kubeconfig: controlPlane.kubeconfig });
    await asAdmin(['create', 'namespace', 'shop']);
    await asAdmin(['create', 'deployment', 'web', '--image=x:1', '--replicas=2', '-n', 'shop']);
    await asAdmin(['create', 'quota', 'none', '--hard=configmaps=0', '-n', 'shop']);
    await waitFor(
      'the quota is counted',
      async () =>
        (await cluster.get({ kind: 'ResourceQuota', namespace: 'shop', name: 'none' }))?.status?.hard,
      { timeoutMs: 60_000 },
    );
  });

  after(async () => {
    await controlPlane?.close();
    await scratch?.remove();
  });

  for (const [kind, command, said, way = 'admin'] of complaints) {
    it(`that fails is explained (${kind}): kubectl ${command.slice(0, 60)}, as ${way}`, async () => {
      const { failure, exitCode } = await execution(['kubectl', ...command.split(' ')], ways.get(way) ?? '');
      assert.notEqual(exitCode, 0);
      assert.equal(failure?.kind, kind, failure?.message);
      assert.match(failure.message, said);
      assert.notEqual(failure.next, '');
    });
  }

  it('that a webhook denies is told from one whose webhook is away', async () => {
    const guard = await startGuard('guard');
    const scale = ['kubectl', 'scale', 'deployment/web', '--replicas=3'];
    try {
      await asAdmin(['apply', '-f', '-'], guard.configuration);
      const denied = await waitFor(
        'the API server asks the webhook',
        async () => {
          const argv = ['kubectl', 'annotate', 'deployment/web', '--overwrite', `seen=${Date.now()}`];
          return (await execution(argv, controlPlane.kubeconfig)).failure;
        },
        { timeoutMs: 60_000 },
      );
      assert.equal(denied.kind, 'refused');
      assert.match(
        denied.message,
        /admission webhook "guard\.example\.com" denied .*: replicas are set in Git$/,
      );
      await guard.close();
      const { failure } = await execution(scale, controlPlane.kubeconfig);
      assert.equal(failure?.kind, 'unreachable');
      assert.match(failure.next, /webhook/);
    } finally {
      await asAdmin(['delete', 'validatingwebhookconfiguration/guard']);
    }
  });

  it('that does not end is ended: by a person, or by its time limit', async () => {
    const waiting = ['kubectl', 'rollout', 'status', 'deployment/web'];
    const controller = new AbortController();
    const cancelled = await execution(waiting, controlPlane.kubeconfig, {
      signal: controller.signal,
      onLine: () => controller.abort(),
    });
    assert.equal(cancelled.failure?.kind, 'cancelled');
    assert.match(cancelled.output, /^Waiting for deployment "web"/);
    const late = await execution(waiting, controlPlane.kubeconfig, { timeoutMs: 3000 });
    assert.equal(late.failure?.kind, 'timeout');
  });

  it('is taken back by its undo to the field, whatever the objects said before', async () => {
    const read = (call: ActionCall) => Promise.all(touchesOf(call).map((ref) => cluster.get(ref)));
    const carryOut = async (argv: readonly string[]) => {
      const { failure } = await execution(argv, controlPlane.kubeconfig);
      assert.equal(failure, undefined, `${argv.join(' ')}: ${failure?.message}`);
    };
    const check = async (call: ActionCall): Promise<void> => {
      const before = (await read(call)).filter((one): one is KubeObject => one !== undefined);
      const undo = undoOf(call, before);
      await carryOut(commandOf(call));
      const after = (await read(call)).filter((one): one is KubeObject => one !== undefined);
      if (undo !== undefined) await carryOut(undo.argv);
      const undone = (await read(call)).filter((one): one is KubeObject => one !== undefined);
      assert.deepEqual(
        undone.map(specHash),
        before.map(specHash),
        `${commandOf(call).join(' ')} was taken back by ${undo?.argv.join(' ')}: ${JSON.stringify([before, undone].map((list) => list.map((one) => one['spec'])))}`,
      );
      if (undo !== undefined) assert.notDeepEqual(after.map(specHash), before.map(specHash));
    };
    await fc.assert(
      fc.asyncProperty(worlds, calls, async ({ objects }, list) => {
        await asAdmin(['replace', '--force', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
        for (const call of list) await check(call);
      }),
      { numRuns: 3 },
    );
  });

  it('that rolls back is taken back to the field, whichever kubectl does it', async () => {
    const ref = { kind: 'Deployment', namespace: 'shop', name: 'rolled' };
    const read = async (): Promise<KubeObject> => {
      const object = await cluster.get(ref);
      assert(object !== undefined);
      return object;
    };
    const revisionIs = (revision: string) =>
      waitFor(
        `the controller has made revision ${revision}`,
        async () =>
          (await read()).metadata.annotations?.['deployment.kubernetes.io/revision'] === revision ||
          undefined,
        { timeoutMs: 60_000 },
      );
    await asAdmin(['create', 'deployment', 'rolled', '--image=x:1', '-n', 'shop']);
    await revisionIs('1');
    await asAdmin(['set', 'image', 'deployment/rolled', 'x=x:2', '-n', 'shop']);
    await revisionIs('2');
    let newest = 2;
    for (const minor of [kubectlMinors[0], 32, kubectlMinors.at(-1)]) {
      const kubectlOfMinor = await ensureKubectlMinor(minor ?? 0);
      const before = await read();
      const rollBackTo = async (revision: number): Promise<void> => {
        const argv = ['kubectl', 'rollout', 'undo', 'deployment/rolled', `--to-revision=${revision}`];
        const { failure } = await execution(argv, controlPlane.kubeconfig, { kubectl: kubectlOfMinor });
        assert.equal(failure, undefined, `kubectl 1.${minor}: ${failure?.message}`);
        await revisionIs(String(++newest));
      };
      await rollBackTo(newest - 1);
      assert.notEqual(specHash(await read()), specHash(before));
      // What was the newest has the number before that now.
      await rollBackTo(newest - 1);
      assert.equal(specHash(await read()), specHash(before), `kubectl 1.${minor}`);
    }
  });
});
