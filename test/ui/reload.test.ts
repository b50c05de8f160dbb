/** The window is reloaded in the middle of a step, on a real account and a real cluster: what a person finds afterwards. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

const crashing = 'KubeDeploymentCrashLooping checkout (shop)';
const down = 'ServiceWithoutEndpoints: shop/payments';

describe('A window that is reloaded in the middle of a step', () => {
  let scratch: Scratch;
  let ground: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  /** While it is there, a command that changes something lingers once it has done its work. */
  let lingers: string;

  before(async () => {
    scratch = await scratchFolder('reload');
    ground = await startPracticeGround(20);
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    lingers = join(scratch.path, 'lingers');
    await writeFile(lingers, '');
    const kubectl = join(scratch.path, 'kubectl');
    await writeFile(
      kubectl,
      `#!/bin/sh
'${await ensureKubectl()}' "$@" || exit
case "$*" in *--dry-run*) exit;; *' rollout undo '*|*' set selector '*) while [ -e '${lingers}' ]; do sleep 0.1; done;; esac
`,
      { mode: 0o755 },
    );
    vscode = await startVSCode({
      extensionPath: root,
      // With it, VS Code would not show notifications.
      smokeTestDriver: false,
      folder,
      env: testEnvironment({ PAGERDUTY_API_TOKEN: ground.pagerduty.token }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': ground.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        // Long enough to be reloaded in.
        'oncall.verification.settleSeconds': 120,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': ground.kubernetes.kubeconfig,
        'oncall.kubernetes.context': ground.kubernetes.context,
        'oncall.kubernetes.kubectlPath': kubectl,
      },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
    await person.openIncidents();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await ground?.close();
    await scratch?.remove();
  });

  /** Remediates, approves, and reloads the window once the plan document shows the step in a state. */
  async function reloadAmid(title: string, state: string): Promise<void> {
    await person.remediate(title);
    await person.untilAsked();
    await person.approveByLens();
    const panel = await person.planPanel(title);
    await panel.locator(`.card.${state}`).first().waitFor({ timeout: 60_000 });
    await workbench.page.reload();
  }

  /** What the notice at the next start says, and what a look at the cluster tells then. */
  async function checked(notice: RegExp, name: string): Promise<void> {
    const told = person.notification(notice);
    await told.waitFor({ timeout: 120_000 });
    await workbench.screenshot(`reload-${name}-told`);
    await told.getByRole('button', { name: 'Check the Cluster' }).click();
    await person.notification('Step s1: it took effect').waitFor({ timeout: 60_000 });
  }

  it('while kubectl runs: it is told as interrupted, its incident is marked, and the cluster tells what became of it', async () => {
    await ground.play('crashloop');
    await reloadAmid(crashing, 'executing');
    await checked(/was interrupted in the middle of a step: kubectl .*rollout undo/, 'executing');
    const panel = await person.planPanel(crashing);
    const read = await panel.locator('main').innerText();
    assert.match(read, /[Ii]nterrupted/);
    assert.doesNotMatch(read, /Stopped by|Failed|did not help/);
    await workbench.screenshot('reload-executing-panel');
    await person.clearNotifications();
  });

  it('while it is verified: it says that it was interrupted there', async () => {
    await rm(lingers);
    await ground.play('service-down');
    await reloadAmid(down, 'verifying');
    await checked(/was interrupted while a step was being verified/, 'verifying');
    const panel = await person.planPanel(down);
    assert.match(await panel.locator('main').innerText(), /Interrupted/);
    await workbench.screenshot('reload-verifying-panel');
  });
});
