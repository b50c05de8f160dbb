/**
 * Every action of the catalogue on a real Kubernetes, by a user who has exactly the rights that the action needs: run by the real
 * kubectl, verified, taken back. And by one who lacks them: it fails, and says which right is missing.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { Analyst } from '../../src/diagnosis/analyst.ts';
import { actionNames, type ActionCall, type ActionName } from '../../src/domain/action.ts';
import type { Step } from '../../src/domain/plan.ts';
import type { Approver, RemediationResult } from '../../src/domain/run.ts';
import { Journal } from '../../src/journal/journal.ts';
import { argvHash } from '../../src/kubectl/hash.ts';
import { namespaces } from '../../src/practice/objects.ts';
import { commandOf } from '../../src/remediation/actions/catalogue.ts';
import { remediate, undo, type RemediationRequest } from '../../src/remediation/engine.ts';
import { execute, type Execution } from '../../src/remediation/execute.ts';
import { runPolicy } from '../../src/remediation/options.ts';
import { actionRights, lockRights, roleNames, rulesOf } from '../../src/remediation/rights.ts';
import { whyNoBinaries } from '../support/kubernetes/binaries.ts';
import { manifestFile } from '../support/rbac.ts';
import { startGround, type Ground } from './actions/ground.ts';
import { build, proofs, type Place, type Proof } from './actions/proofs.ts';

/** What came of one action. */
interface Course {
  readonly refused: Execution;
  readonly step: Step | undefined;
  readonly run: RemediationResult;
  readonly seen: { readonly before: unknown; readonly after: unknown; readonly undone: unknown };
  readonly undone: RemediationResult | undefined;
  /** The rights that its commands made use of. */
  readonly taken: readonly string[];
}

/** How many go on at once: each waits for Kubernetes most of the time. */
const atOnce = 6;
const patience = 300_000;

describe('On a real Kubernetes, with exactly the rights that it needs,', function () {
  this.timeout(patience);
  let ground: Ground;
  /** What became of each action; they go on side by side. */
  const courses = new Map<ActionName, Promise<Course>>();

  before(async function () {
    if (whyNoBinaries() !== undefined) this.skip();
    ground = await startGround();
    const waiting = [...actionNames];
    const results = new Map(actionNames.map((name) => [name, Promise.withResolvers<Course>()]));
    for (const [name, { promise }] of results) {
      // Whether it came to an end is for its own test to say.
      promise.catch(() => undefined);
      courses.set(name, promise);
    }
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        await course(name, proofs[name]).then(results.get(name)?.resolve, results.get(name)?.reject);
      }
    };
    for (let worker = 0; worker < atOnce; worker++) void work();
  });
  after(async () => {
    await Promise.allSettled(courses.values());
    await ground.close();
  });

  async function course(action: ActionName, proof: Proof): Promise<Course> {
    const { client, context, cronJobVersion } = ground;
    const name = action.replaceAll('_', '-');
    const place: Place = { client, name, cronJobVersion };
    await client.create(namespaces, { metadata: { name } });
    await build(proof, place);
    const needed = actionRights[action];
    const cronJobs = action === 'run_cron_job';
    const [actor, stranger] = await Promise.all([
      ground.user(name, 'actor', {
        reading: true,
        cronJobs,
        here: [...lockRights, ...(needed.remediator ?? []), ...(proof.further ?? [])],
        everywhere: [...(needed['node-operator'] ?? []), ...(needed['secret-presence'] ?? [])],
      }),
      ground.user(name, 'stranger', proof.mayNotRead === true ? {} : { reading: true, cronJobs }),
    ]);
    const pending = action === 'fix_probe' || action === 'fix_node_selector';
    const settled = async (): Promise<void> => {
      if (!pending) await ground.ask('rollout', 'status', `deployment/${name}`, '-n', name, '--timeout=60s');
    };
    await settled();
    await proof.prepare?.(place);
    await settled();
    const call = await proof.call(place);
    const refused = await execute({
      kubectl: ground.kubectl,
      kubeconfig: stranger,
      context,
      namespace: name,
      argv: commandOf(call),
      timeoutMs: 60_000,
    });
    const before = await proof.seen?.(place);
    const kubectl = await ground.listening(name);
    const agent = await agentOf(actor, name, call, kubectl.path);
    try {
      const run = await remediate({ ...agent.request, claude: proposing(call) });
      const after = await proof.seen?.(place);
      const undone =
        proof.undone === true
          ? await undo({
              run: agent.request.run,
              runId: run.runId,
              stepId: stepOf(run, call)?.id ?? '',
              triggeredBy: agent.request.triggeredBy,
            })
          : undefined;
      return {
        refused,
        step: stepOf(run, call),
        run,
        undone,
        seen: { before, after, undone: await proof.seen?.(place) },
        taken: await kubectl.taken(),
      };
    } finally {
      await agent.close();
    }
  }

  /** Everything that a run needs besides its analyst, for a user. */
  async function agentOf(
    kubeconfig: string,
    name: string,
    call: ActionCall,
    kubectl: string,
  ): Promise<{ request: RemediationRequest; close: () => Promise<void> }> {
    const journal = new Journal({ directory: join(ground.folder, `journal-${name}`) });
    await journal.open();
    // What the built-in rules propose beside it is not what is to be proved.
    const wanted = argvHash(commandOf(call));
    const approve: Approver = ({ step }) =>
      Promise.resolve(
        step.argvHash === wanted || step.undoes !== undefined
          ? { type: 'approve', argvHash: step.argvHash }
          : { type: 'skip' },
      );
    const request: RemediationRequest = {
      run: {
        journal,
        cluster: await connectCluster({ kubeconfig }),
        kubectl,
        environment: process.env,
        policy: () =>
          runPolicy(
            {
              mode: 'approval',
              destructiveOperations: true,
              verification: { timeoutSeconds: 120, settleSeconds: 0.2 },
            },
            ground.context,
          ),
        user: 'ada',
        approve,
        emit: () => undefined,
        signal: AbortSignal.timeout(patience),
        now: () => new Date(),
        inFlight: { automatic: 0 },
      },
      alert: { id: `P-${name}`, title: `${name} is down` },
      hints: [{ namespace: name, kind: 'Deployment', name, source: 'label', trust: 'labelled' }],
      triggeredBy: { type: 'user', name: 'ada' },
      remediate: true,
    };
    return { request, close: () => journal.close() };
  }

  for (const action of actionNames) {
    const proof: Proof = proofs[action];
    describe(action, () => {
      it(
        proof.seen === undefined ? 'reads what it says' : 'does what it says, and it is verified',
        async () => {
          const { run, step, seen } = await (courses.get(action) ?? assert.fail());
          const steps = run.plan.steps.map(({ command, decision, outcome }) => ({
            command,
            decision,
            outcome,
          }));
          const message = JSON.stringify([run.status, run.diagnosis.gaps, run.executionResults, steps]);
          assert.equal(step?.outcome?.state, proof.seen === undefined ? 'done' : 'verified', message);
          if (proof.output !== undefined) {
            assert.match(step.outcome.output ?? '', proof.output);
            const { evidence } = run.diagnosis;
            assert(
              evidence.some(({ detail }) => detail === step.outcome?.output),
              'it is evidence of the run',
            );
            return;
          }
          if (proof.after === undefined) assert.notDeepEqual(seen.after, seen.before);
          else assert.deepEqual(seen.after, proof.after);
          assert.notDeepEqual(seen.after, seen.before);
        },
      );

      if (proof.undone === true) {
        it('is taken back, to what there was before', async () => {
          const { undone, seen } = await (courses.get(action) ?? assert.fail());
          assert.equal(undone?.status, 'undone', JSON.stringify(undone?.executionResults));
          assert.deepEqual(seen.undone, seen.before);
        });
      } else {
        it('knows of no way back', async () => {
          const { step } = await (courses.get(action) ?? assert.fail());
          assert.equal(step?.undo, undefined);
        });
      }

      it('takes each of its rights, and no other', async () => {
        const { taken } = await (courses.get(action) ?? assert.fail());
        const granted = [...Object.values(actionRights[action]).flat(), ...(proof.further ?? [])]
          .flatMap(({ group, resource, verbs }) => verbs.map((verb) => `${verb} ${group}/${resource}`))
          .filter((right) => !unnoticed.has(right));
        assert.deepEqual(
          taken.filter((right) => !optional.has(right)),
          [...new Set(granted)].sort(),
        );
      });

      it('fails without its right, and says which one that is', async () => {
        const { refused } = await (courses.get(action) ?? assert.fail());
        assert.notEqual(refused.exitCode, 0);
        assert.equal(refused.failure?.kind, 'forbidden', JSON.stringify(refused));
        assert.match(refused.failure.message, proof.missing);
      });
    });
  }

  it('the roles as they are delivered grant every right of the table, and nothing beside it', async () => {
    const { client, ask } = ground;
    const namespace = 'delivered';
    await client.create(namespaces, { metadata: { name: namespace } });
    await ground.user(namespace, 'oncall', {});
    const account = `--serviceaccount=${namespace}:oncall`;
    for (const role of roleNames) {
      const here = role === 'remediator';
      await ask('apply', '-f', manifestFile(role), ...(here ? ['-n', namespace] : []));
      const bind = here
        ? ['rolebinding', `--role=oncall-${role}`, '-n', namespace]
        : ['clusterrolebinding', `--clusterrole=oncall-${role}`];
      await ask('create', ...bind, `delivered-${role}`, account);
    }
    const may = async (verb: string, resource: string, group: string): Promise<boolean> => {
      const [plural = '', subresource] = resource.split('/');
      const { status } = await client.create(
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          plural: 'subjectaccessreviews',
          namespaced: false,
        },
        {
          metadata: {},
          spec: {
            user: `system:serviceaccount:${namespace}:oncall`,
            resourceAttributes: { namespace, verb, group, resource: plural, subresource },
          },
          status: { allowed: false },
        },
      );
      return status.allowed;
    };
    const granted = roleNames.flatMap((role) => rulesOf(role));
    for (const { group, resource, verbs } of granted) {
      for (const verb of verbs) assert(await may(verb, resource, group), `${verb} ${resource} ${group}`);
    }
    for (const [verb, resource, group] of [
      ['delete', 'deployments', 'apps'],
      ['list', 'secrets', ''],
      ['create', 'pods/exec', ''],
      ['delete', 'namespaces', ''],
      ['escalate', 'roles', 'rbac.authorization.k8s.io'],
      ['patch', 'rolebindings', 'rbac.authorization.k8s.io'],
      ['delete', 'nodes', ''],
    ] as const) {
      assert.equal(await may(verb, resource, group), false, `${verb} ${resource} ${group}`);
    }
  });
});

/** Where an object is not there, kubectl looks whether its namespace is; it does without the answer. */
const optional = new Set(['get /namespaces']);
/** What the API server asks for by itself, of who puts a word into a Role. */
const unnoticed = new Set(['get /endpoint']);

/** The step that a call became. */
function stepOf({ plan }: RemediationResult, call: ActionCall): Step | undefined {
  const wanted = argvHash(commandOf(call));
  return plan.steps.find((step) => step.argvHash === wanted);
}

/** An analyst who wants one action, as a model may. */
function proposing(call: ActionCall): Analyst {
  return {
    engine: 'claude',
    analyse: () =>
      Promise.resolve({
        summary: 'As the test has it',
        rootCause: '',
        hypotheses: [],
        proposals: [{ ...call, rationale: 'To be proved', claimedConfidence: 0.9, evidence: ['e1'] }],
      }),
  };
}
