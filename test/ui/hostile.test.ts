/** An incident whose title and details were written to do harm: seen in every view, and dealt with like any other. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';
import { testEnvironment } from '../support/environment.ts';
import { hostileTitle } from '../support/hostile-incident.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

/** How the title begins, as text. */
const beginning = '<img src=x onerror=alert(1)>';
/** What turns or hides text, or speaks to a terminal: nobody may be shown any of it. */
const forbidden = ['\u202e', '\u2066', '\u001b', '\u0007'];

describe('An incident that was made to do harm', () => {
  let scratch: Scratch;
  let pagerduty: PracticePagerDuty;
  let ground: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  const dialogs: string[] = [];

  before(async () => {
    scratch = await scratchFolder('hostile');
    const folder = join(scratch.path, 'empty');
    await mkdir(folder);
    ground = await startPracticeGround(10);
    await ground.play('crashloop');
    pagerduty = await startPagerDuty();
    const incident = pagerduty.raise({
      summary: 'x',
      service: hostileTitle.slice(0, 200),
      details: { namespace: 'shop', deployment: 'checkout', note: hostileTitle },
    });
    incident.title = hostileTitle;
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment({ PAGERDUTY_API_TOKEN: pagerduty.token }),
      userSettings: {
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.verification.settleSeconds': 1,
        'oncall.pagerduty.baseUrl': pagerduty.baseUrl,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': ground.kubernetes.kubeconfig,
        'oncall.kubernetes.kubectlPath': await ensureKubectl(),
      },
    });
    workbench = await openWorkbench(vscode);
    workbench.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    person = new Person(workbench);
    await person.openIncidents();
    await person.incident(beginning).waitFor({ timeout: 60_000 });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench?.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await pagerduty?.close();
    await ground?.close();
    await scratch?.remove();
  });

  /** Looks through everything that is on screen, the webviews too. */
  async function harmless(): Promise<void> {
    for (const frame of workbench.page.frames()) {
      const found = await frame
        .evaluate(() => ({
          text: document.body.innerText,
          labels: [...document.querySelectorAll('[aria-label], [title]')].map(
            (element) => `${element.getAttribute('aria-label')} ${element.getAttribute('title')}`,
          ),
          markup: document.querySelectorAll(
            [
              ...[
                'img[src="x"]',
                'a[href^="command:oncall.approveStep"]',
                'a[data-href^="command:oncall.approveStep"]',
              ],
              ...['a[href^="javascript:"]', 'a[data-href^="javascript:"]'],
              // A row's own icon stands outside its text.
              ...['.label-name .codicon-flame', '.notification-list-item-message .codicon-flame'],
              ...['.quick-input-list .label-name .codicon-flame', '.monaco-hover .codicon-flame'],
            ].join(', '),
          ).length,
        }))
        // A frame may go away while it is looked at.
        .catch(() => undefined);
      if (found === undefined) continue;
      assert.equal(found.markup, 0, 'the title became markup');
      for (const text of [found.text, ...found.labels]) {
        for (const character of forbidden) {
          assert.ok(
            !text.includes(character),
            `${JSON.stringify(character)} is shown: ${text.slice(0, 300)}`,
          );
        }
      }
    }
    assert.deepEqual(dialogs, []);
  }

  it('is a row with a tooltip', async () => {
    const row = person.incident(beginning);
    await person.pointAt(row, beginning);
    await harmless();
    await workbench.screenshot('hostile-tree');
    await row.locator('.monaco-tl-twistie').click();
    await person.view.getByRole('treeitem').nth(3).waitFor();
    await harmless();
    await person.handsOff();
  });

  it('is asked about by its name, in a box and in a list', async () => {
    await person.incident(beginning).click({ button: 'right' });
    const entry = workbench.page.locator('.monaco-menu .action-label', { hasText: 'Add Note' });
    await entry.click({ delay: 200 });
    await workbench.page.locator('.quick-input-widget input').waitFor();
    await harmless();
    await workbench.page.keyboard.press('Escape');
  });

  it('is told of when PagerDuty refuses something about it', async () => {
    pagerduty.fail({ status: 500, body: { error: { message: hostileTitle } }, method: 'PUT', times: 10 });
    await person.incident(beginning).click({ button: 'right' });
    const entry = workbench.page.locator('.monaco-menu .action-label', { hasText: 'Acknowledge' });
    await entry.click({ delay: 200 });
    await workbench.page.locator('.notification-toast').first().waitFor({ timeout: 60_000 });
    await harmless();
    await workbench.screenshot('hostile-notification');
    await person.clearNotifications();
  });

  it('is remediated: plan panel, plan document, output and verification', async () => {
    await person.remediate(beginning);
    const panel = await person.planPanel(beginning);
    await panel.locator('.card.awaiting-approval').waitFor({ timeout: 60_000 });
    await person.untilAsked();
    const heading = await panel.locator('h1').boundingBox();
    assert.ok(heading !== null && heading.height < 150, 'the title leaves no room for what matters');
    await harmless();
    await workbench.screenshot('hostile-plan');
    await panel.getByText('Approve & Run', { exact: true }).first().click();
    await panel.locator('.card.verified').waitFor({ timeout: 90_000 });
    await person.outputShows('rolled back');
    await harmless();
    assert.equal(await ground.isHealed('crashloop'), true);
  });

  it('is in the audit log', async () => {
    const audit = await person.auditLog();
    await audit.getByText(beginning).first().waitFor({ timeout: 60_000 });
    await harmless();
    await workbench.screenshot('hostile-audit');
  });

  it('is chosen for its report, and the report shows it as text, also as a page', async () => {
    await person.closeEditors();
    await workbench.runCommand('Oncall: Export Incident Report');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: beginning }).waitFor();
    await harmless();
    await person.choose(beginning);
    await person.tab('Untitled').waitFor();
    await harmless();
    await person.notification('The report is made of the journal').getByText('Show Preview').click();
    await workbench.webview('.markdown-body h1, body.vscode-body h1', 60_000);
    await harmless();
    await workbench.screenshot('hostile-report');
  });
});
