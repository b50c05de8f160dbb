/** The plan panel in a real VS Code: what is read, pressed and typed in it, and what stays over a tab switch and a reload. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Configuration, Resource } from '../../src/practice/objects.ts';
import { expectNoSeriousFault } from '../support/axe.ts';
import { startClaude, type ClaudeStandIn } from '../support/claude/server.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

const down = 'ServiceWithoutEndpoints: shop/payments';
const crashing = 'KubeDeploymentCrashLooping checkout (shop)';
const claims: Resource<Configuration> = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
};

const proposal = (action: string, parameters: object, rationale: string) => ({
  action,
  parameters,
  rationale,
  confidence: 0.9,
  evidence: ['e1'],
});

/** Two commands that may be approved together, and one that never is. */
const threeSteps = {
  summary: 'The Service payments selects no pod: nothing answers behind it.',
  rootCause: 'Its selector asks for app=payments-api, and the pods are labelled app=payments.',
  hypotheses: [
    { statement: 'Somebody renamed the label during release 12', evidence: ['e1'] },
    { statement: 'The claim ledger-old is left over from the same release', evidence: ['e99'] },
  ],
  proposals: [
    proposal(
      'custom_command',
      {
        argv: ['kubectl', 'annotate', 'deployment/payments', 'incident=selector wrong', '-n', 'shop'],
        target: { kind: 'Deployment', namespace: 'shop', name: 'payments' },
      },
      'Marks the workload for those who come after.',
    ),
    proposal(
      'fix_service_selector',
      { namespace: 'shop', service: 'payments', selector: { app: 'payments' } },
      'The Service selects the pods again.',
    ),
    proposal(
      'custom_command',
      {
        argv: ['kubectl', 'delete', 'pvc', 'ledger-old', '-n', 'shop'],
        target: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'ledger-old' },
      },
      'Nothing mounts it any more.',
    ),
  ],
};

/** A remedy that is none. */
const restartOnly = {
  summary: 'checkout crashes.',
  rootCause: 'Not clear yet.',
  hypotheses: [{ statement: 'A passing fault that a restart ends', evidence: ['e1'] }],
  proposals: [
    proposal('restart_deployment', { namespace: 'shop', deployment: 'checkout' }, 'A fresh start may help.'),
  ],
};

describe('The plan panel', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let claude: ClaudeStandIn;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;

  before(async () => {
    scratch = await scratchFolder('plan-panel');
    practice = await startPracticeGround(20);
    claude = await startClaude();
    const firing = Promise.all([practice.play('service-down'), practice.play('crashloop')]);
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        PAGERDUTY_API_TOKEN: practice.pagerduty.token,
        ANTHROPIC_API_KEY: claude.apiKey,
      }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': practice.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        'oncall.verification.settleSeconds': 1,
        'oncall.verification.timeoutSeconds': 5,
        'oncall.claude.baseUrl': claude.baseURL,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': practice.kubernetes.kubeconfig,
        'oncall.kubernetes.context': practice.kubernetes.context,
        'oncall.kubernetes.contextAppearance': {
          'prac*': { appearance: 'production', label: 'EU production' },
        },
      },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
    await firing;
    await practice.client.create(claims, {
      metadata: { name: 'ledger-old', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as Configuration);
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
    await claude?.close();
    await practice?.close();
    await scratch?.remove();
  });

  const step = (panel: Frame, number: number) => panel.locator('.card').nth(number - 1);
  const isIn = (panel: Frame, number: number, state: string) =>
    panel.locator(`.steps > li:nth-child(${number}).${state}`).waitFor({ timeout: 60_000 });

  /** Brings the panel up: what is opened from now on opens beside its tab. */
  async function bringUp(): Promise<void> {
    await workbench.page.locator('.tab', { hasText: /^Plan: / }).click();
    await workbench.page
      .locator('.editor-group-container.active .tab.active', { hasText: /^Plan: / })
      .waitFor();
  }

  /** Runs a command, and waits until the list that it was chosen from is gone. */
  async function command(title: string): Promise<void> {
    await workbench.runCommand(title);
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  it('shows what Claude writes while it writes, and can be cancelled', async () => {
    claude.script({ type: 'hang', text: 'The Service payments has no endpoints. I look at its selector' });
    await person.remediate(down);
    const panel = await person.planPanel(down);
    await panel.locator('.analysis', { hasText: 'I look at its selector' }).waitFor({ timeout: 60_000 });
    assert.match(await panel.locator('.going-on .elapsed').innerText(), /\d s$/);
    await expectNoSeriousFault(panel);
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.locator('.phases .now', { hasText: 'stopped' }).waitFor();
  });

  it('tells where it runs, what is known and what is guessed, and what each command would do', async () => {
    claude.otherwise(({ raw }) => ({
      type: 'plan',
      input: raw.includes('checkout (shop)') ? restartOnly : threeSteps,
    }));
    await person.closeEditors();
    await person.remediate(down);
    const panel = await person.planPanel(down);
    await isIn(panel, 1, 'awaiting-approval');
    const bar = panel.locator('.bar.production');
    assert.match(
      await bar.innerText(),
      /EU PRODUCTION\s+context practice[^]*mode approval[^]*breaker closed/i,
    );
    assert.match(await panel.locator('.facts-found').innerText(), /NoEndpoints/);
    assert.match(await panel.locator('.guesses').innerText(), /renamed the label[^]*no such evidence/);
    assert.equal(
      await step(panel, 1).locator('.command code').innerText(),
      "kubectl annotate deployment/payments 'incident=selector wrong' -n shop",
    );
    assert.equal(await step(panel, 1).locator('.token-verb').first().innerText(), 'annotate');
    assert.match(await step(panel, 2).innerText(), /medium risk[^]*Changes the selector[^]*92 %[^]*Undo/);
    await step(panel, 2).getByText('What would be different').click();
    assert.match(await step(panel, 2).locator('.diff').innerText(), /-\s+app: payments-api/);
    await step(panel, 1).getByRole('button', { name: 'Copy the command' }).click();
    await panel.getByRole('button', { name: 'Open evidence e1' }).first().click();
    await person.tab('Endpoints-payments.yaml').waitFor();
    await expectNoSeriousFault(panel);
  });

  it('can be read from 400 to 2,000 pixels wide: nothing is cut off at the side', async () => {
    const panel = await person.planPanel(down);
    await bringUp();
    await command('View: Toggle Maximize Editor Group');
    await command('View: Toggle Primary Side Bar Visibility');
    for (const width of [400, 900, 1400, 2000]) {
      // Beside the panel there is only the bar of views.
      await workbench.page.setViewportSize({ width: width + 58, height: 900 });
      await waitFor(
        `the panel is ${width} pixels wide`,
        () => panel.evaluate((wish) => Math.abs(window.innerWidth - wish) < 8 || undefined, width),
        { timeoutMs: 30_000 },
      );
      const tooWide = await panel.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(tooWide <= 0, `${tooWide} pixels too wide at ${width}`);
    }
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await command('View: Toggle Primary Side Bar Visibility');
    await command('View: Toggle Maximize Editor Group');
  });

  it('stays as it was left over a switch of tabs', async () => {
    const before = await person.planPanel(down);
    await bringUp();
    await before.evaluate(() => window.scrollTo(0, 300));
    await workbench.runCommand('Oncall: Show Audit Log');
    await workbench.webview('h1:text-is("Audit Log") >> visible=true', 60_000);
    await person.openPlan(down);
    const panel = await person.planPanel(down);
    await step(panel, 2).locator('.diff').waitFor();
    await waitFor(
      'it is scrolled to where it was',
      () => panel.evaluate(() => Math.abs(window.scrollY - 300) < 20 || undefined),
      { timeoutMs: 30_000 },
    );
  });

  it('shows once more what the plan document would approve together, and runs nothing when one steps back', async () => {
    const panel = await person.planPanel(down);
    await workbench.page.locator('.tab', { hasText: '.oncall-plan' }).click();
    const question = workbench.page.locator('.monaco-dialog-box');
    // The lenses are drawn anew when the document comes into sight: a click on the old ones does nothing.
    await waitFor(
      'the question is asked',
      async () => {
        await person.lens('Approve 2 Together').click();
        return question
          .getByText('Run 2 commands in')
          .waitFor({ timeout: 5000 })
          .then(
            () => true as const,
            () => undefined,
          );
      },
      { timeoutMs: 60_000 },
    );
    const asked = (await question.innerText()).replace(/\s+/g, ' ');
    assert.match(
      asked,
      /1\. kubectl annotate deployment\/payments .*medium risk .* undone 2\. kubectl set selector service\/payments .*medium risk .* can be undone/,
    );
    await workbench.screenshot('approve-together');
    // Neither Enter nor Escape runs anything.
    assert.equal(await question.locator(':focus').innerText(), 'Decide One by One');
    await workbench.page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    await isIn(panel, 1, 'awaiting-approval');
    assert.equal(await practice.isHealed('service-down'), false);
  });

  it('runs what was approved together, one after another, and asks about what is forbidden', async () => {
    const panel = await person.planPanel(down);
    const shifts = await watchShifts(panel);
    await panel.locator('vscode-button', { hasText: 'Approve & Run These 2' }).focus();
    await workbench.page.keyboard.press('Enter');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Run 2 commands in').waitFor({ timeout: 30_000 });
    await isIn(panel, 1, 'awaiting-approval');
    await question.getByRole('button', { name: 'Approve & Run These 2' }).click();
    await isIn(panel, 2, 'verified');
    await isIn(panel, 3, 'awaiting-approval');
    assert.equal(await practice.isHealed('service-down'), true);
    const together = panel.locator('.together');
    assert.match(await together.innerText(), /2 steps were approved together/);
    assert.equal(await together.locator('vscode-button').getAttribute('disabled'), '');
    assert.match(await step(panel, 1).innerText(), /Approved by/);
    const moved = await shifts();
    assert.ok(moved < 0.1, `what was in sight moved by ${moved}`);
  });

  it('runs a forbidden command once its name was typed, letter for letter', async () => {
    const panel = await person.planPanel(down);
    const card = step(panel, 3);
    const run = card.locator('vscode-button', { hasText: 'Approve & Run' });
    const field = card.getByLabel(/Type ledger-old to run it/);
    assert.equal(await run.getAttribute('disabled'), '');
    await expectNoSeriousFault(panel);
    await field.fill('ledger-olds');
    assert.equal(await run.getAttribute('disabled'), '');
    await field.press('Enter');
    assert.ok(await practice.client.get(claims, 'shop', 'ledger-old'));
    await field.fill('ledger-old');
    assert.equal(await run.getAttribute('disabled'), null);
    await field.press('Enter');
    await isIn(panel, 3, 'done');
    assert.equal(await practice.client.get(claims, 'shop', 'ledger-old'), undefined);
    await panel.locator('.phases .now', { hasText: 'resolved' }).waitFor();
    const timeline = await panel.locator('.timeline').innerText();
    assert.match(timeline, /step s3 approved by[^]*kubectl delete pvc[^]*run ended, resolved/);
  });

  it('of a run that has ended lets its document stop and approve nothing of another run', async () => {
    await person.remediate(crashing);
    await isIn(await person.planPanel(crashing), 1, 'awaiting-approval');
    const stop = workbench.page.locator('.editor-actions .action-label[aria-label^="Stop Run"]');
    await stop.waitFor({ timeout: 30_000 });
    await person.closeEditors();
    await (await person.openPlan(down)).getByText('Plan Document').click();
    await person.tab('.oncall-plan').waitFor();
    await stop.waitFor({ state: 'detached', timeout: 30_000 });
    await workbench.page.locator('.editor-instance .view-line').first().click();
    await workbench.page.keyboard.press('Control+Enter');
    await person.notification('This run has ended; nothing was approved').waitFor();
    await workbench.runCommand('Oncall: Stop Run');
    await person.notification('This run has ended; nothing was stopped').waitFor();
    await workbench.screenshot('ended-run-stops-nothing');
    await person.clearNotifications();
    await isIn(await person.openPlan(crashing), 1, 'awaiting-approval');
  });

  it('ends a run that failed with what to try next', async () => {
    await person.closeEditors();
    await person.remediate(crashing);
    const panel = await person.planPanel(crashing);
    await isIn(panel, 1, 'awaiting-approval');
    await panel.getByRole('button', { name: 'Go to it' }).click();
    await step(panel, 1).getByText('Approve & Run').click();
    await isIn(panel, 1, 'failed');
    // What is left is looked at again, each step by itself.
    await isIn(panel, 2, 'awaiting-approval');
    assert.match(await step(panel, 2).innerText(), /Step 1 failed: look again before the rest/);
    assert.equal(await panel.locator('.together').count(), 0);
    await workbench.screenshot('panel-look-again', 'light');
    await workbench.screenshot('panel-look-again', 'dark');
    await step(panel, 2).getByText('Skip').click();
    const next = panel.locator('.next');
    await next.waitFor({ timeout: 60_000 });
    assert.match(
      await next.innerText(),
      /Step 2 was not tried[^]*Remediate Again[^]*Follow the guess[^]*Incident Report/,
    );
    // The button that was pressed is gone: the keyboard is at its step.
    assert.equal(await panel.evaluate(() => document.activeElement?.closest('.card')?.id), 'step-s2');
    await expectNoSeriousFault(panel);
  });

  it('is there again after a reload of the window', async () => {
    await workbench.page.reload();
    await workbench.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    const panel = await person.planPanel(crashing);
    await isIn(panel, 1, 'failed');
    assert.match(await panel.locator('.next').innerText(), /Remediate Again/);
    assert.match(await panel.locator('.timeline').innerText(), /run ended, unresolved/);
  });
});

/**
 * Watches whether what is in sight moves by itself from now on.
 * @returns how much it has: the share of the view that moved, times how far, added up
 */
async function watchShifts(panel: Frame): Promise<() => Promise<number>> {
  await panel.evaluate(
    () =>
      new Promise((resolve) => {
        Object.assign(window, { moved: 0 });
        const seen = new PerformanceObserver((list) => {
          for (const { value } of list.getEntries() as unknown as { value: number }[]) {
            (window as unknown as { moved: number }).moved += value;
          }
        });
        // After the picture that is due: what moved before does not count.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            seen.observe({ type: 'layout-shift' });
            resolve(undefined);
          }),
        );
      }),
  );
  return () => panel.evaluate(() => (window as unknown as { moved: number }).moved);
}
