import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PatchType } from '../../../../src/practice/client.ts';
import { deployments, services } from '../../../../src/practice/objects.ts';
import type { KubeObject, Resource } from '../../../../src/practice/objects.ts';
import { startPractice } from '../../../../src/practice/practice.ts';
import type { Practice } from '../../../../src/practice/practice.ts';
import { healed, until } from '../../../../src/practice/scenarios/play.ts';
import { scenarioNamed, scenarios } from '../../../../src/practice/scenarios/scenarios.ts';
import { isHealthy, podsWaiting } from '../../../../src/practice/scenarios/state.ts';

interface Remedy {
  readonly resource: Resource<KubeObject>;
  readonly patch: object;
  readonly type?: PatchType;
}

const deployment = deployments as Resource<KubeObject>;
const app = (container: object): object => ({
  spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } },
});

/** What `kubectl rollout undo`, `set image`, `set resources` and `set selector` come to. */
const right: Record<string, Remedy> = {
  crashloop: {
    resource: deployment,
    patch: app({ env: [{ name: 'DATABASE_URL', value: 'postgres://checkout-db.shop:5432/checkout' }] }),
  },
  'image-pull': { resource: deployment, patch: app({ image: 'docker.io/library/shop-catalog:2.0.0' }) },
  'oom-kill': { resource: deployment, patch: app({ resources: { limits: { memory: '256Mi' } } }) },
  'bad-rollout': { resource: deployment, patch: app({ env: [{ name: 'PORT', value: '8080' }] }) },
  'service-down': {
    resource: services as Resource<KubeObject>,
    patch: { spec: { selector: { app: 'payments' } } },
    type: 'merge',
  },
};

/** What makes the symptom go away, and is no remedy: without the limit, the variable or the probe everything is ready. */
const wrong: Record<string, object> = {
  crashloop: app({ env: [{ name: 'DATABASE_URL', $patch: 'delete' }] }),
  'oom-kill': app({ resources: { limits: { memory: null } } }),
  'bad-rollout': app({ readinessProbe: null }),
};

describe('the practice scenarios', () => {
  let practice: Practice;
  let directory: string;
  const reports: string[] = [];
  const soon = () => AbortSignal.timeout(15_000);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'practice-test-'));
    practice = await startPractice({ directory, speed: 50, report: (message) => reports.push(message) });
  });
  after(async () => {
    await practice.close();
    await rm(directory, { recursive: true, force: true });
    assert.deepEqual(reports, []);
  });

  const incidents = async (): Promise<{ title: string; status: string }[]> => {
    const answer = await fetch(`${practice.pagerduty.baseUrl}/incidents?date_range=all&limit=100`, {
      headers: {
        accept: 'application/vnd.pagerduty+json;version=2',
        authorization: `Token token=${practice.pagerduty.token}`,
        'content-type': 'application/json',
      },
    });
    return ((await answer.json()) as { incidents: { title: string; status: string }[] }).incidents;
  };
  const apply = ({ resource, patch, type = 'strategic' }: Remedy, workload: string) =>
    practice.client.patch(resource, 'shop', workload, patch, { type });

  for (const [name, remedy] of Object.entries(right)) {
    const scenario = scenarioNamed(name);

    describe(`${String(scenario.number)}: ${scenario.title}`, () => {
      it('ends with an incident in PagerDuty, and does not heal by itself', async () => {
        await practice.play(name);
        assert.equal(await healed(scenario, practice.client), false);
        const state = await until(scenario, practice.client, scenario.symptom, soon(), 'to be broken');
        const { summary, custom_details: details } = scenario.alert(state);
        const raised = (await incidents()).filter(({ title }) => title === summary);
        assert.deepEqual(
          raised.map(({ status }) => status),
          ['triggered'],
        );
        assert.match(JSON.stringify(details), /shop/);
      });

      const fake = wrong[name];
      if (fake) {
        it('does not count as healed when what showed the trouble is taken away', async () => {
          await apply({ resource: deployment, patch: fake }, scenario.workload);
          await until(scenario, practice.client, isHealthy, soon(), 'to look healthy');
          assert.equal(await healed(scenario, practice.client), false);
        });
      }

      it('heals with the right remedy', async () => {
        if (fake) await practice.play(name);
        await apply(remedy, scenario.workload);
        await until(scenario, practice.client, scenario.solved, soon(), 'to be healed');
        assert.equal(await healed(scenario, practice.client), true);
      });
    });
  }

  it('27: an alert about a workload that is healthy again', async () => {
    await practice.play('nothing-wrong');
    assert.equal(await healed(scenarioNamed('nothing-wrong'), practice.client), true);
  });

  it('names a pod, not the Deployment, in the alert of the image that cannot be pulled', async () => {
    const scenario = scenarioNamed('image-pull');
    await practice.play(scenario.name);
    const state = await until(scenario, practice.client, scenario.symptom, soon(), 'to be broken');
    const details = scenario.alert(state).custom_details as { pod?: string; deployment?: string };
    const waiting = podsWaiting(state, 'ImagePullBackOff', 'ErrImagePull').map(
      ({ metadata }) => metadata.name,
    );
    assert.ok(waiting.includes(details.pod));
    assert.equal(details.deployment, undefined);
  });

  it('says which scenarios there are when asked for another', async () => {
    await assert.rejects(practice.play('flood'), /no scenario "flood"; there are: crashloop, image-pull/);
    assert.equal(scenarios.length, 6);
  });
});
