/** What stays in sight while people do other things: status bar, quick picks, notifications, output; and settings that are wrong. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { parse, stringify } from 'yaml';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Theme, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { openLine, type Line } from '../support/vscode/line.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

const old = 'The disk of the mirror fills up';
const down = 'ServiceWithoutEndpoints: shop/payments';

describe('What stays in sight', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let vscode: RunningVSCode;
  let line: Line;
  let workbench: Workbench;
  let person: Person;
  let kubeconfig: string;

  before(async () => {
    scratch = await scratchFolder('status');
    practice = await startPracticeGround(20);
    await raise(old);
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    kubeconfig = join(scratch.path, 'kubeconfig');
    await writeFile(kubeconfig, await withProduction(practice.kubernetes));
    vscode = await startVSCode({
      extensionPath: root,
      // With it, VS Code would not show notifications.
      smokeTestDriver: false,
      folder,
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        PAGERDUTY_API_TOKEN: practice.pagerduty.token,
      }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': practice.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        'oncall.verification.settleSeconds': 10,
        'oncall.claude.effort': 'enormous',
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': kubeconfig,
        'oncall.kubernetes.contextAppearance': {
          'prod-*': { appearance: 'production', label: 'EU production' },
        },
        'oncall.kubernetes.contextByCluster': { practice: 'prod-eu' },
      },
    });
    line = await openLine(vscode.url);
    workbench = await openWorkbench(vscode, { url: line.url });
    person = new Person(workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await line?.close();
    await vscode?.close();
    await practice?.close();
    await scratch?.remove();
  });

  /** Raises an alarm of high urgency about nothing in the cluster. */
  async function raise(summary: string): Promise<void> {
    const { eventsUrl, routingKey } = practice.pagerduty;
    const payload = { summary, source: 'test', severity: 'critical' };
    const answer = await fetch(`${eventsUrl}/v2/enqueue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: routingKey, event_action: 'trigger', dedup_key: summary, payload }),
    });
    assert.equal(answer.status, 202);
  }

  /** The status bar's first item. */
  const status = (): Locator =>
    workbench.page.locator('.statusbar-item[id="oncall-agent.oncall-agent.oncall.status"]');

  /** Opens the quick pick by a click on the status bar, and chooses from it. */
  async function pick(label: string): Promise<void> {
    await status().click();
    await person.choose(label);
  }

  async function pictures(name: string): Promise<void> {
    for (const theme of ['light', 'high-contrast', 'dark'] as Theme[])
      await workbench.screenshot(name, theme);
  }

  it('a wrong setting is named with its value and with what is right, and the safe one is used', async () => {
    const told = person.notification(
      'oncall.claude.effort is "enormous": it must be one of low, medium, high. The default is used instead.',
    );
    await told.waitFor({ timeout: 60_000 });
    await workbench.screenshot('wrong-setting');
    await told.getByText('Open Settings').click();
    await workbench.page.locator('.settings-editor').getByText('How much effort Claude puts').waitFor();
    await workbench.screenshot('settings');
    // Settings open in a window of their own, before everything else.
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.monaco-modal-editor-block').waitFor({ state: 'detached' });
  });

  it('the status bar says mode, context and how many incidents wait, in text and to a screen reader', async () => {
    await person.statusSays('Plan · current context');
    await waitFor(
      'the list was read',
      async () =>
        (await status().getAttribute('aria-label'))?.includes('Triggered incidents: 1') ? true : undefined,
      { timeoutMs: 60_000 },
    );
    const spoken = (await status().getAttribute('aria-label')) ?? '';
    for (const part of ['Mode Plan', 'Context: ', 'Circuit breaker: closed'])
      assert.ok(spoken.includes(part), spoken);
    assert.equal(await person.notification(old).count(), 0);
  });

  it('its quick pick offers what may be done, and switches the mode at once', async () => {
    await status().click();
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    for (const label of [
      'Switch Mode…',
      'Switch Context…',
      'Doctor',
      'Open Settings',
      'Choose Notifications…',
    ]) {
      await rows.filter({ hasText: label }).first().waitFor();
    }
    await workbench.screenshot('status-pick');
    await workbench.page.keyboard.press('Escape');
    await pick('Switch Mode…');
    await person.choose('Approval');
    await person.statusSays('Approval · current context');
    assert.match(await readFile(vscode.userSettingsFile, 'utf8'), /"oncall\.mode": "approval"/);
  });

  it('the context is switched among those of the kubeconfig, which stays as it is; production stands out', async () => {
    const before = await readFile(kubeconfig, 'utf8');
    await pick('Switch Context…');
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: practice.kubernetes.context }).first().waitFor();
    await rows.filter({ hasText: 'prod-eu' }).filter({ hasText: 'EU production' }).waitFor();
    await workbench.screenshot('switch-context');
    await person.choose('prod-eu');
    await person.statusSays('EU production: prod-eu');
    assert.equal(await status().evaluate((item) => item.classList.contains('warning-kind')), true);
    assert.equal(await readFile(kubeconfig, 'utf8'), before);
    await pictures('status-production');
  });

  it('a burst of new incidents is told once, and no more once a person says so', async () => {
    const burst = ['The search is slow', 'The mail queue grows', 'Logins fail'];
    await Promise.all(burst.map(raise));
    const told = person.notification(/new incidents? of high urgency/i);
    await told.waitFor({ timeout: 60_000 });
    await waitFor(
      'all are counted',
      async () => ((await status().innerText()).trim().endsWith('4') ? true : undefined),
      { timeoutMs: 60_000 },
    );
    assert.equal(await told.count(), 1);
    await workbench.screenshot('burst');
    await told.getByText("Don't Show Again").click();
    await told.waitFor({ state: 'detached' });
    await pick('Choose Notifications…');
    const kinds = workbench.page.locator('.quick-input-list .monaco-list-row');
    const box = kinds.filter({ hasText: 'New incidents of high urgency' }).getByRole('checkbox');
    assert.equal(await box.isChecked(), false);
    await workbench.screenshot('choose-notifications');
    await box.click();
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await status().click();
    await workbench.page.locator('.quick-input-list').getByText('All kinds are shown').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('approval is asked for by a notification while nobody looks, and what executes has an item of its own', async () => {
    await practice.play('service-down');
    await person.openIncidents();
    await person.remediate(down);
    await lookAway(true);
    const told = person.notification(
      `${down} waits for your approval: kubectl set selector service/payments`,
    );
    await told.waitFor({ timeout: 60_000 });
    await lookAway(false);
    await person.planPanel(down);
    await workbench.screenshot('approval-needed');
    await person.closeEditors();
    await told.getByText('Show Plan').click();
    const panel = await person.planPanel(down);
    const executing = workbench.page.locator(
      '.statusbar-item[id="oncall-agent.oncall-agent.oncall.executing"]',
    );
    assert.equal(await executing.isVisible(), false);
    await panel.getByText('Approve & Run').first().click();
    await executing.filter({ hasText: /(Executing|Verifying) set selector service\/payments/ }).waitFor();
    await executing.filter({ hasText: 'Verifying' }).waitFor();
    await workbench.screenshot('executing');
    await person.auditLog();
    // The item is drawn anew each second: a click that takes longer than that must not get lost.
    line.delay(1500);
    await executing.click();
    line.delay(0);
    await person.planPanel(down);
    await executing.waitFor({ state: 'hidden', timeout: 60_000 });
  });

  it('the output says when and for which run, and leads back to its plan', async () => {
    await person.outputShows('run ended: resolved');
    await person.closeEditors();
    const line = workbench.page
      .locator('.part.panel .output-view .view-line', { hasText: 'run ended' })
      .first();
    assert.match(
      (await line.innerText()).replace(/\s/g, ' '),
      /^\d{4}-\d\d-\d\d [\d:.]+ \[info\] \[[0-9a-f]{8}\] run ended/,
    );
    // Pointed at with Ctrl held, it is another element.
    const link = line.locator('.detected-link, .detected-link-active');
    await link.waitFor({ timeout: 30_000 });
    await workbench.screenshot('output');
    await link.click({ modifiers: ['ControlOrMeta'] });
    await person.planPanel(down);
  });

  /** The window loses the focus, or has it again. */
  async function lookAway(away: boolean): Promise<void> {
    await workbench.page.evaluate((gone) => {
      document.hasFocus = () => !gone;
      window.dispatchEvent(new Event(gone ? 'blur' : 'focus'));
    }, away);
  }
});

/** The practice cluster's kubeconfig with a second context: the same cluster under another name. */
async function withProduction({ kubeconfig, context }: PracticeGround['kubernetes']): Promise<string> {
  const { contexts, ...rest } = parse(await readFile(kubeconfig, 'utf8')) as {
    contexts: { name: string; context: object }[];
  };
  const [first] = contexts;
  assert.equal(first?.name, context);
  return stringify({ ...rest, contexts: [first, { ...first, name: 'prod-eu' }] });
}
