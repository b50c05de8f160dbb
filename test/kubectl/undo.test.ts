/** An undo puts back what was there before, whichever kubectl carries it out: versions differ in what they send. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { OncallAgent, type Approver } from '../../src/agent.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { ActionCall } from '../../src/domain/action.ts';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { startPractice, type Practice } from '../../src/practice/practice.ts';
import { breakIt, eventOf, setUp } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { commandOf, touchesOf, undoOf } from '../../src/remediation/actions/catalogue.ts';
import { execute } from '../../src/remediation/execute.ts';
import { asksFor, wishOf } from '../../src/remediation/spec-hash.ts';
import { calls, worlds } from '../cluster/execution/changes.ts';
import { run } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { ensureKubectlMinor, kubectlMinors } from '../support/vscode/install.ts';

const whole = process.env['ONCALL_KUBECTL_CORPUS'] === 'whole';
/** The oldest, the newest, and the last that sends the same patches in another form: 1.32 writes empty times into templates. */
const sample = [kubectlMinors[0], 28, 32, kubectlMinors.at(-1)];
const minors = kubectlMinors.filter((minor) => whole || sample.includes(minor));
/** One world and one call of each action: the same for every version. */
const seed = 20_261_201;

describe('An undo', function () {
  this.timeout(5 * 60_000);
  let scratch: Scratch;
  let practice: Practice;

  before(async function () {
    // The packages hold kubectl for one platform.
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    scratch = await scratchFolder('undo');
    practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
  });
  after(async () => {
    await practice?.close();
    await scratch?.remove();
  });

  for (const minor of minors) {
    it(`of a rollback is verified with kubectl 1.${minor}`, async () => {
      const scenario = { ...scenarioNamed('crashloop'), namespace: `undo-${minor}` };
      const stage = practice.stage(AbortSignal.timeout(120_000));
      await setUp(scenario, stage);
      const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage));
      const agent = new OncallAgent({
        ...practice.kubernetes,
        ...{ mode: 'approval', destructiveOperations: true, analyst: { engine: 'builtin' }, user: 'ada' },
        kubectl: await ensureKubectlMinor(minor),
        verification: { timeoutSeconds: 30, settleSeconds: 0 },
        journalDirectory: join(scratch.path, `journal-${minor}`),
        environment: process.env,
      });
      const approve: Approver = ({ step: { argvHash } }) => Promise.resolve({ type: 'approve', argvHash });
      try {
        await agent.connect();
        const alert = { id, title: payload.summary, details: payload.custom_details };
        const { runId, status, plan } = await agent.handleAlert(alert, { approve });
        assert.equal(status, 'resolved');
        const step = plan.steps.find(({ outcome }) => outcome?.state === 'verified');
        assert.equal(step?.action, 'rollback_deployment');
        const undone = await agent.undo(runId, step.id, { approve });
        const outcome = undone.plan.steps.find(({ undoes }) => undoes === step.id)?.outcome;
        assert.deepEqual([undone.status, outcome?.state], ['undone', 'verified'], outcome?.message);
      } finally {
        await agent.dispose();
      }
    });

    it(`of every action that changes fields puts them back with kubectl 1.${minor}`, async () => {
      const kubectl = await ensureKubectlMinor(minor);
      const { kubeconfig, context } = practice.kubernetes;
      const namespace = `fields-${minor}`;
      const [world] = fc.sample(worlds, { numRuns: 1, seed });
      const [list] = fc.sample(calls, { numRuns: 1, seed });
      assert(world !== undefined && list !== undefined);
      const there = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replaceAll('"shop"', `"${namespace}"`)) as T;
      const asAdmin = async (args: readonly string[], input?: string): Promise<void> => {
        const more = input === undefined ? {} : { input };
        const { code, stderr } = await run(kubectl, ['--kubeconfig', kubeconfig, ...args], {
          timeoutMs: 60_000,
          ...more,
        });
        assert.equal(code, 0, stderr);
      };
      const cluster = await connectCluster({ kubeconfig });
      const read = async (call: ActionCall): Promise<KubeObject[]> =>
        (await Promise.all(touchesOf(call).map((ref) => cluster.get(ref)))).filter(
          (one) => one !== undefined,
        );
      const carryOut = async (argv: readonly string[]) => {
        const place = { kubectl, kubeconfig, context, namespace, env: process.env, timeoutMs: 60_000 };
        const { failure } = await execute({ ...place, argv });
        assert.equal(failure, undefined, `${argv.join(' ')}: ${failure?.message}`);
      };
      await asAdmin(['create', 'namespace', namespace]);
      await asAdmin(
        ['create', '-f', '-', '--validate=false'],
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: there(world.objects) }),
      );
      let changed = 0;
      for (const call of there(list)) {
        const before = await read(call);
        const undo = undoOf(call, before);
        await carryOut(commandOf(call));
        if (undo === undefined) continue;
        const wishes = before.map(wishOf);
        const holds = (objects: readonly KubeObject[]): boolean =>
          objects.length === wishes.length &&
          objects.every((one, index) => asksFor(one, wishes[index]?.specHash ?? ''));
        if (!holds(await read(call))) changed++;
        await carryOut(undo.argv);
        assert(
          holds(await read(call)),
          `${commandOf(call).join(' ')} was not taken back by ${undo.argv.join(' ')}`,
        );
      }
      assert(changed > 5, `${changed} calls changed something`);
    });
  }
});
