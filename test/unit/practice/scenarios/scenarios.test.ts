import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPractice } from '../../../../src/practice/practice.ts';
import type { Practice } from '../../../../src/practice/practice.ts';
import { tools } from '../../../../src/practice/scenarios/alarm.ts';
import { eventOf, until } from '../../../../src/practice/scenarios/play.ts';
import { scenarioNamed, scenarios } from '../../../../src/practice/scenarios/scenarios.ts';
import { readState } from '../../../../src/practice/scenarios/state.ts';
import { prove } from '../../../scenarios/proof.ts';
import type { Proof } from '../../../scenarios/proof.ts';

const { ONCALL_SCENARIOS: only } = process.env;
const chosen = scenarios.filter(({ name }) => only === undefined || only.split(',').includes(name));

describe('The catalogue of incidents, on the practice cluster', function () {
  this.timeout(180_000);
  let practice: Practice;
  let directory: string;
  const reports: string[] = [];
  const proofs = new Map<string, Promise<Proof>>();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'practice-test-'));
    practice = await startPractice({ directory, speed: 50, report: (message) => reports.push(message) });
    // Side by side, each in a namespace of its own.
    for (const scenario of chosen) {
      const proof = prove(
        { ...scenario, namespace: `proof-${scenario.name}` },
        practice.stage(AbortSignal.timeout(170_000)),
      );
      proof.catch(() => undefined);
      proofs.set(scenario.name, proof);
    }
  });
  after(async () => {
    await practice.close();
    await rm(directory, { recursive: true, force: true });
    assert.deepEqual(reports, []);
  });

  for (const { number, name, title } of chosen) {
    describe(`${String(number)} ${name}: ${title}`, () => {
      const proof = (): Promise<Proof> => proofs.get(name) as Promise<Proof>;

      it('stays as it is without a remedy', async () => {
        assert.equal((await proof()).control, true);
      });
      it('ends with each right fix, which harms nothing', async () => {
        for (const { says, ended, harms } of (await proof()).fixes) {
          assert.equal(ended, true, `${says}: it is not over`);
          assert.deepEqual(harms, [], says);
        }
      });
      it('does not end by what is no fix', async () => {
        for (const { says, ended } of (await proof()).wrong) assert.equal(ended, false, says);
      });
    });
  }

  it('pages with an incident whose alert says where it is, in the form of every tool', async () => {
    await practice.play('crashloop');
    const scenario = scenarioNamed('crashloop');
    const state = await readState(practice.client, scenario);
    for (const tool of tools) {
      const { payload } = eventOf(scenario, state, { tool, cluster: 'kind-test' });
      if (tool !== 'title') assert.match(JSON.stringify(payload), /kind-test/, tool);
      assert.match(JSON.stringify(payload), /shop/, tool);
      assert.match(JSON.stringify(payload), /checkout/, tool);
    }
    const answer = await fetch(`${practice.pagerduty.baseUrl}/incidents?date_range=all&limit=100`, {
      headers: {
        accept: 'application/vnd.pagerduty+json;version=2',
        authorization: `Token token=${practice.pagerduty.token}`,
        'content-type': 'application/json',
      },
    });
    const { incidents } = (await answer.json()) as { incidents: { title: string; status: string }[] };
    const { summary } = eventOf(scenario, state).payload;
    assert.deepEqual(
      incidents.filter(({ title }) => title === summary).map(({ status }) => status),
      ['triggered'],
    );
  });

  it('names a pod, not the Deployment, in the alert of the image that cannot be pulled', async () => {
    const scenario = scenarioNamed('image-pull');
    await practice.play(scenario.name);
    const stage = practice.stage(AbortSignal.timeout(50_000));
    const { labels } = scenario.alarm(await until(scenario, stage, scenario.symptom, 'to be broken'));
    assert.ok(labels['pod']?.startsWith('catalog-'));
    assert.equal(labels['deployment'], undefined);
  });

  it('says which scenarios there are when asked for another', async () => {
    await assert.rejects(practice.play('flood'), /no scenario "flood"; there are: crashloop, image-pull/);
  });

  it('has numbers and names of their own, and pages only about what is wrong', () => {
    assert.equal(new Set(scenarios.map(({ number }) => number)).size, scenarios.length);
    assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  });
});
