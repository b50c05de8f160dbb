/** Two windows on one machine, and the question before YOLO mode, as people see them. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

const title = 'KubeDeploymentCrashLooping checkout (shop)';
const viewport = { width: 1400, height: 900 };

describe('Two windows', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let vscode: RunningVSCode;
  let windows: Workbench[] = [];
  let first: Person;
  let second: Person;

  before(async () => {
    scratch = await scratchFolder('windows');
    practice = await startPracticeGround(20);
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    vscode = await startVSCode({
      ...{ extensionPath: root, smokeTestDriver: false, folder },
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        PAGERDUTY_API_TOKEN: practice.pagerduty.token,
      }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': practice.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        'oncall.verification.settleSeconds': 2,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': practice.kubernetes.kubeconfig,
        'oncall.kubernetes.context': practice.kubernetes.context,
      },
    });
    await practice.play('crashloop');
    windows = [await openWorkbench(vscode, { viewport }), await openWorkbench(vscode, { viewport })];
    [first, second] = windows.map((one) => new Person(one)) as [Person, Person];
    for (const person of [first, second]) {
      await person.openIncidents();
      await person.incident(title).waitFor({ timeout: 60_000 });
    }
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    for (const [index, window] of windows.entries()) await window.screenshot(`failed-window-${index}`);
  });

  after(async () => {
    for (const window of windows) await window.close();
    await vscode?.close();
    await practice?.close();
    await scratch?.remove();
  });

  it('know of each other: the second one’s plan is outdated once the first one has resolved the incident', async () => {
    await second.remediate(title);
    const waiting = await second.planPanel(title);
    await waiting.locator('.card.awaiting-approval').waitFor({ timeout: 60_000 });
    assert.equal(await waiting.locator('.outdated').count(), 0);

    await first.remediate(title);
    const panel = await first.planPanel(title);
    await panel.locator('.card.awaiting-approval').waitFor({ timeout: 60_000 });
    await panel.getByRole('button', { name: 'Approve & Run' }).click();
    await panel.locator('.card.verified').waitFor({ timeout: 60_000 });

    await waiting
      .locator('.outdated', { hasText: /Another run resolved this incident at \d\d:\d\d UTC: look again\./ })
      .waitFor({ timeout: 30_000 });
    await second.lens('Look Again').waitFor({ timeout: 30_000 });
    await second.view
      .getByRole('treeitem', { name: /run in another window: resolved/ })
      .waitFor({ timeout: 30_000 });
    await second.handsOff();
    await second.workbench.screenshot('another-window');

    // One press, and there is a new look: nothing is wrong any more.
    await waiting.getByRole('button', { name: 'Look Again' }).click();
    const again = await second.planPanel(title);
    await again.getByText('Nothing wrong was found').first().waitFor({ timeout: 60_000 });
  });

  it('the question before YOLO mode: Cancel has the focus, Enter declines, and the open incident is taken only where it is said', async () => {
    const { page } = first;
    await first.workbench.runCommand('Oncall: Switch Mode');
    await first.choose('YOLO');
    const question = page.locator('.monaco-dialog-box');
    await question.getByText('every namespace').waitFor({ timeout: 60_000 });
    await question.getByText('Oncall will run medium-risk commands in "practice" without asking.').waitFor();
    await first.workbench.screenshot('yolo-consent');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await waitFor('a button has the focus', async () => ((await focused()) === 'Cancel' ? true : undefined), {
      timeoutMs: 10_000,
    });
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    await first.statusSays('Approval · YOLO declined');
  });

  it('YOLO mode, switched on, leaves what is open alone and takes what comes; what is handed over it takes as well', async () => {
    const { page } = first;
    await practice.play('service-down');
    await first.incident('ServiceWithoutEndpoints: shop/payments').waitFor({ timeout: 60_000 });
    await first.workbench.runCommand('Oncall: Switch Mode');
    await first.choose('YOLO');
    const question = page.locator('.monaco-dialog-box');
    await question
      .getByRole('button', { name: 'Turn On, with the Open Incident' })
      .waitFor({ timeout: 60_000 });
    await first.workbench.screenshot('yolo-consent-open');
    await question.getByRole('button', { name: 'Turn YOLO On' }).click();
    await first.statusSays('YOLO');

    await practice.play('oom-kill');
    const resolved = (title: string) => first.notification(`${title}: resolved, by YOLO mode`);
    await resolved('Containers are killed for memory on kube_namespace:shop').waitFor({ timeout: 120_000 });
    assert.equal(await practice.isHealed('service-down'), false);
    await first.clearNotifications();

    await first.incident('ServiceWithoutEndpoints: shop/payments').click({ button: 'right' });
    await page
      .locator('.monaco-menu .action-label', { hasText: 'Hand Over to Automation' })
      .click({ delay: 200 });
    await resolved('ServiceWithoutEndpoints: shop/payments').waitFor({ timeout: 120_000 });
    assert.equal(await practice.isHealed('service-down'), true);
  });
});
