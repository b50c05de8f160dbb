/** The first minutes of somebody who has installed the extension: the walkthrough, the keys, the doctor, a link from a colleague. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

describe('The first run, as a person sees it', () => {
  let scratch: Scratch;
  let ground: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;

  /** A step of the walkthrough, by its title. */
  const step = (name: string) =>
    workbench.page.locator('.getting-started-step', { has: workbench.page.getByText(name, { exact: true }) });
  const done = (name: string) => step(name).locator('.codicon-getting-started-step-checked');
  const open = async (name: string): Promise<void> => {
    const expanded = workbench.page.locator('.getting-started-step.expanded');
    if (!(await step(name).isVisible())) await workbench.runCommand('Oncall: Get Started');
    await expanded.first().waitFor();
    // VS Code may still open the first step, after a person has chosen another.
    const choose = async (): Promise<true | undefined> => {
      if (await expanded.filter({ hasText: name }).isVisible()) return true;
      await step(name).locator('h3').first().click();
      return undefined;
    };
    await waitFor(`the step "${name}" is open`, choose, { timeoutMs: 60_000, everyMs: 1000 });
  };
  const press = (button: string) =>
    workbench.page.locator('.getting-started-step.expanded').getByRole('button', { name: button }).click();
  /** Opens a link as the system hands it over, and lets the extension have it. */
  const follow = async (link: string): Promise<void> => {
    await workbench.runCommand('Developer: Open URL');
    await person.type(link);
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Open', exact: true })
      .click();
  };
  const incidents = async (): Promise<readonly { id: string; title: string; status: string }[]> => {
    const answer = await fetch(`${ground.pagerduty.baseUrl}/incidents`, {
      headers: {
        authorization: `Token token=${ground.pagerduty.token}`,
        accept: 'application/vnd.pagerduty+json;version=2',
        'content-type': 'application/json',
      },
    });
    return ((await answer.json()) as { incidents: { id: string; title: string; status: string }[] })
      .incidents;
  };

  before(async () => {
    scratch = await scratchFolder('first-run');
    ground = await startPracticeGround(10);
    await ground.play('crashloop');
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder: scratch.path,
      env: testEnvironment(),
      userSettings: {
        'oncall.pagerduty.baseUrl': ground.pagerduty.baseUrl,
      },
      machineSettings: {
        'workbench.welcomePage.walkthroughs.openOnInstall': true,
        'oncall.kubernetes.kubeconfig': ground.kubernetes.kubeconfig,
        'oncall.kubernetes.kubectlPath': await ensureKubectl(),
      },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-first-run');
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await ground?.close();
    await scratch?.remove();
  });

  it('opens the walkthrough by itself, with a picture for each step', async () => {
    await step('Rehearse an incident').waitFor({ timeout: 60_000 });
    const picture = workbench.page.locator('.getting-started-media img');
    const width = () => picture.evaluate((image: HTMLImageElement) => image.naturalWidth);
    await waitFor('the plan is to be seen', async () => (await width()) > 0 || undefined, {
      timeoutMs: 60_000,
    });
    await workbench.screenshot('first-run');
    await open('Connect PagerDuty');
    await workbench.webview('svg[role=img]');
  });

  it('notices that PagerDuty has answered, a key was set, the cluster has answered and a mode was chosen', async () => {
    await open('Connect PagerDuty');
    assert.equal(await done('Connect PagerDuty').count(), 0);
    await press('Set PagerDuty Token');
    await person.type(ground.pagerduty.token);
    await done('Connect PagerDuty').waitFor({ timeout: 60_000 });

    await open('Choose the cluster');
    await press('Check with Doctor');
    await workbench.page.locator('.tab.active', { hasText: 'Oncall Doctor' }).waitFor({ timeout: 60_000 });
    await open('Choose the cluster');
    await done('Choose the cluster').waitFor();

    await open('Let Claude look too');
    await press('Set Anthropic API Key');
    await person.type('not-a-real-key');
    await done('Let Claude look too').waitFor();

    await open('Decide what may run');
    await press('Switch Mode');
    await person.choose('Approval');
    await done('Decide what may run').waitFor();
    await workbench.screenshot('first-run-steps-done');
  });

  it('opens an incident by a link, and does nothing else with it', async () => {
    const [incident] = await incidents();
    assert.ok(incident);
    await follow(`vscode://oncall-agent.oncall-agent/incident/${incident.id}?approve=all`);
    await person.view
      .getByRole('treeitem', { name: /KubeDeploymentCrashLooping/, selected: true })
      .waitFor({ timeout: 60_000 });
    assert.equal((await incidents())[0]?.status, 'triggered');
    await workbench.screenshot('first-run-link');
  });

  it('says of a link to an unknown incident, or to none, what is wrong with it', async () => {
    await follow('vscode://oncall-agent.oncall-agent/incident/QUNKNOWN1');
    await person.notification('Incident QUNKNOWN1 is not among the open incidents').waitFor();
    await follow('vscode://oncall-agent.oncall-agent/incident/Q1/approve');
    await person.notification('This link names no incident').waitFor();
    await workbench.screenshot('first-run-unknown-link');
    await person.clearNotifications();
  });

  it('marks practice as done once it runs', async () => {
    await open('Rehearse an incident');
    await press('Start Practice Incident');
    await person.choose('Surprise me');
    await done('Rehearse an incident').waitFor({ timeout: 60_000 });
    await person.view.getByRole('heading', { name: /Practice/ }).waitFor({ timeout: 60_000 });
  });

  it('greets once: the next window opens without it', async () => {
    const next = new URL(vscode.url);
    const folder = join(scratch.path, 'next');
    await mkdir(folder);
    next.searchParams.set('folder', folder);
    await workbench.page.goto(next.href);
    await person.statusSays('Approval');
    await person.openIncidents();
    assert.equal(await workbench.page.locator('.gettingStartedContainer').count(), 0);
  });
});
