/** The cluster goes away while a step is verified, as a person sees it: what is known, and what can be done about it. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { startCountingProxy, type CountingProxy } from '../support/counting-proxy.ts';
import { expectNoSeriousFault } from '../support/axe.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

const down = 'ServiceWithoutEndpoints: shop/payments';

describe('A step that ran and could not be seen', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let proxy: CountingProxy;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;

  before(async () => {
    scratch = await scratchFolder('outage-panel');
    practice = await startPracticeGround(20);
    proxy = await startCountingProxy(practice.kubernetes.kubeconfig, join(scratch.path, 'through-proxy'));
    const firing = practice.play('service-down');
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        PAGERDUTY_API_TOKEN: practice.pagerduty.token,
      }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.analysis.engine': 'builtin',
        'oncall.pagerduty.baseUrl': practice.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        'oncall.verification.settleSeconds': 1,
        'oncall.verification.timeoutSeconds': 5,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': proxy.kubeconfig,
        'oncall.kubernetes.context': practice.kubernetes.context,
      },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
    await firing;
    await person.openIncidents();
    await person.incident(down).waitFor({ timeout: 60_000 });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await proxy?.close();
    await practice?.close();
    await scratch?.remove();
  });

  it('says since when the cluster could not be read, advises a look, and tells what that finds', async () => {
    await person.remediate(down);
    const panel = await person.planPanel(down);
    const card = panel.locator('.card').first();
    await panel.locator('.card.awaiting-approval').waitFor({ timeout: 60_000 });
    await card.getByRole('button', { name: 'Approve & Run' }).click();
    await panel.locator('.card.verifying').waitFor({ timeout: 60_000 });
    proxy.become('cut off');
    await card.getByText(/The cluster could not be read since \d\d:\d\d UTC/).waitFor({ timeout: 60_000 });
    await panel.locator('.card.not-seen').waitFor({ timeout: 90_000 });
    const text = await panel.locator('body').innerText();
    assert.match(text, /Ran, outcome not seen/);
    assert.doesNotMatch(text, /did not help|Failed/);
    assert.match(
      await panel.locator('.next li').first().innerText(),
      /could not be seen\. Look at the cluster before anything else[^]*Check the Cluster/,
    );
    await expectNoSeriousFault(panel);
    await workbench.screenshot('not-seen');

    proxy.become('answering');
    await card.getByRole('button', { name: 'Check the Cluster' }).click();
    await card.getByText(/then checked by .*: it took effect/).waitFor({ timeout: 60_000 });
    await workbench.screenshot('not-seen-checked');
  });
});
