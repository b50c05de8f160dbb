/** A workload is asked to be smaller while a quota keeps half of its pods from being made: nothing goes that never was. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OncallAgent, type RunEvent } from '../../src/agent.ts';
import { reachWords, type Preview } from '../../src/domain/preview.ts';
import { startPractice, type Practice } from '../../src/practice/practice.ts';
import { breakIt, eventOf, setUp } from '../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../src/practice/scenarios/scenarios.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

describe('A plan that scales down to what a quota lets in', () => {
  let scratch: Scratch;
  let practice: Practice;

  before(async () => {
    scratch = await scratchFolder('reach');
    practice = await startPractice({ directory: scratch.path, speed: 20, report: () => undefined });
  });
  after(async () => {
    await practice.close();
    await scratch.remove();
  });

  it('says that no pod goes, and how many that are missing will not be made', async () => {
    const scenario = scenarioNamed('quota-exceeded');
    const stage = practice.stage(AbortSignal.timeout(100_000));
    await setUp(scenario, stage);
    const { payload, dedup_key: id } = eventOf(scenario, await breakIt(scenario, stage));
    const agent = new OncallAgent({
      ...practice.kubernetes,
      ...{ mode: 'plan', analyst: { engine: 'builtin' }, user: 'ada', kubectl: await ensureKubectl() },
      journalDirectory: join(scratch.path, 'journal'),
      environment: process.env,
    });
    try {
      await agent.connect();
      const previews: Preview[] = [];
      const follow = (event: RunEvent): void => {
        if (event.type === 'record' && event.record.type === 'Previewed')
          previews.push(event.record.data.preview);
      };
      const alert = { id, title: payload.summary, details: payload.custom_details };
      const { plan } = await agent.handleAlert(alert, { onProgress: follow });
      const step = plan.steps.find(({ command }) => /--replicas=3\b/.test(command));
      const preview = previews.find(({ argvHash }) => argvHash === step?.argvHash);
      assert(preview !== undefined, plan.steps.map(({ command }) => command).join('\n'));
      assert.equal(
        reachWords(preview.reach)[0],
        'No pod restarts or goes away; 3 that are missing now will not be made',
      );
    } finally {
      await agent.dispose();
    }
  });
});
