/** The main job in a real VS Code, the way a person does it, in each of the three modes. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { startClaude, type ClaudeStandIn } from '../support/claude/server.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { bare, Person, watchCard } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

interface Case {
  readonly scenario: string;
  readonly title: string;
  readonly remediate: 'inline button' | 'context menu';
  readonly approve: 'CodeLens' | 'webview button' | 'command palette';
  readonly finding: string;
  readonly cause: string;
  readonly command: string;
  readonly output: string;
}

const cases: readonly Case[] = [
  {
    scenario: 'crashloop',
    title: 'KubeDeploymentCrashLooping checkout (shop)',
    remediate: 'inline button',
    approve: 'CodeLens',
    finding: 'CrashLoopBackOff',
    cause:
      'DATABASE_URL changed from "postgres://checkout-db.shop:5432/checkout" to "mysql://checkout-db.shop:3306/checkout"',
    command: 'kubectl rollout undo deployment/checkout --to-revision=1 -n shop',
    output: 'deployment.apps/checkout rolled back',
  },
  {
    scenario: 'image-pull',
    // The rest of it is the pod's own name.
    title: 'KubeContainerWaiting catalog-',
    remediate: 'context menu',
    approve: 'webview button',
    finding: 'ImagePullBackOff',
    cause: 'shop-catalog:2.0.1-typo',
    command: 'kubectl rollout undo deployment/catalog --to-revision=1 -n shop',
    output: 'deployment.apps/catalog rolled back',
  },
  {
    scenario: 'oom-kill',
    title: 'Containers are killed for memory on kube_namespace:shop',
    remediate: 'inline button',
    approve: 'CodeLens',
    finding: 'OOMKilled',
    cause: '128Mi',
    command: 'kubectl set resources deployment/recommendations -c=app --limits=memory=256Mi -n shop',
    output: 'deployment.apps/recommendations resource requirements updated',
  },
  {
    scenario: 'bad-rollout',
    title: 'KubeDeploymentRolloutStuck (shop cart)',
    remediate: 'context menu',
    approve: 'command palette',
    finding: 'RolloutStuck',
    cause: 'PORT changed from "8080" to "9090"',
    command: 'kubectl rollout undo deployment/cart --to-revision=1 -n shop',
    output: 'deployment.apps/cart rolled back',
  },
  {
    scenario: 'service-down',
    title: 'ServiceWithoutEndpoints: shop/payments',
    remediate: 'inline button',
    approve: 'CodeLens',
    finding: 'NoEndpoints',
    cause: 'payments-api',
    command: 'kubectl set selector service/payments app=payments -n shop',
    output: 'service/payments selector updated',
  },
];

const titleOf = (scenario: string) => cases.find((one) => one.scenario === scenario)?.title ?? '';
/** Tall enough for a whole plan without scrolling, and what pictures are taken at. */
const tall = { width: 1440, height: 2400 };
const usual = { width: 1440, height: 900 };

describe('An incident in a real VS Code', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let claude: ClaudeStandIn;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;

  before(async () => {
    scratch = await scratchFolder('ui');
    practice = await startPracticeGround(20);
    claude = await startClaude();
    const firing = Promise.all(cases.map(({ scenario }) => practice.play(scenario)));
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    vscode = await startVSCode({
      extensionPath: root,
      // As an installed extension, so that notifications are seen as users see them.
      smokeTestDriver: false,
      folder,
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        PAGERDUTY_API_TOKEN: practice.pagerduty.token,
      }),
      userSettings: {
        'workbench.colorTheme': themes.dark,
        'oncall.mode': 'plan',
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': practice.pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
        'oncall.verification.settleSeconds': 2,
        'oncall.claude.baseUrl': claude.baseURL,
      },
      machineSettings: {
        'oncall.kubernetes.kubeconfig': practice.kubernetes.kubeconfig,
        'oncall.kubernetes.context': practice.kubernetes.context,
      },
    });
    workbench = await openWorkbench(vscode, { viewport: tall });
    person = new Person(workbench);
    await firing;
    await person.openIncidents();
    await person.incident(titleOf('bad-rollout')).waitFor({ timeout: 60_000 });
    await picture('tree');
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

  /** A picture at the size of a usual screen; `npm run screenshots` takes them in all themes. */
  async function picture(name: string): Promise<void> {
    await workbench.page.setViewportSize(usual);
    await person.handsOff();
    await workbench.screenshot(name);
    await workbench.page.setViewportSize(tall);
  }

  /** Waits for one of a step's states in the plan panel. */
  async function stepIs(panel: Frame, state: string): Promise<void> {
    await panel.locator(`.card.${state}`).first().waitFor({ timeout: 60_000 });
  }

  describe('in plan mode', () => {
    it('is shown with what would be done, and nothing is done', async () => {
      await person.remediate(titleOf('service-down'));
      const panel = await person.planPanel(titleOf('service-down'));
      await stepIs(panel, 'previewed');
      await person.lens('preview only').waitFor();
      assert.ok(
        (await person.planDocument()).includes(
          bare('$ kubectl set selector service/payments app=payments -n shop'),
        ),
      );
      assert.equal(await panel.getByText('Approve & Run').count(), 0);
      assert.equal(await person.lens('Approve & Run').count(), 0);

      await panel.getByRole('button', { name: 'Open evidence e1' }).first().click();
      await person.tab('Endpoints-payments.yaml').waitFor();
      await waitFor('the evidence is shown as it is in the cluster', () => person.shows('kind: Endpoints'), {
        timeoutMs: 30_000,
      });

      const audit = await person.auditLog();
      await audit.locator('td.outcome').first().waitFor({ timeout: 60_000 });
      const outcomes = await audit.locator('td.outcome').allInnerTexts();
      assert.deepEqual([...new Set(outcomes.map((text) => text.trim()))], ['previewed']);
      assert.equal(await practice.isHealed('service-down'), false);
      await person.closeEditors();
    });
  });

  describe('in approval mode', () => {
    before(() => person.switchMode('Approval'));

    afterEach(() => person.closeEditors());

    for (const { scenario, title, remediate, approve, finding, cause, command, output } of cases) {
      it(`is remediated: ${scenario}, chosen by ${remediate}, approved by ${approve}`, async function () {
        // Its pictures take a while on a busy machine.
        if (scenario === 'crashloop') this.timeout(300_000);
        await person.incident(title).waitFor();
        await person.remediate(title, remediate);
        const panel = await person.planPanel(title);
        await stepIs(panel, 'awaiting-approval');
        await person.untilAsked();
        const document = await person.planDocument();
        const shown = bare(await panel.locator('main').innerText());
        for (const text of [document, shown]) {
          for (const part of [finding, cause, command])
            assert.ok(text.includes(bare(part)), `${part} is not in ${text}`);
        }
        assert.equal(await panel.locator('.card .command code').innerText(), command);
        assert.equal(await panel.locator('.card').count(), 1);
        assert.equal(await practice.isHealed(scenario), false);
        if (scenario === 'crashloop') await picture('plan-panel');

        const watched = await watchCard(panel);
        if (approve === 'CodeLens') await person.approveByLens();
        else if (approve === 'webview button') await panel.getByText('Approve & Run').click();
        else {
          await workbench.runCommand('Oncall: Approve & Run Step');
          await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: command }).click();
        }
        await stepIs(panel, 'verified');
        const streamed = (await watched()).find((one) => one.output.includes(output));
        assert.ok(streamed, 'the panel showed the output of the command');
        assert.notEqual(streamed.state, 'verified', 'the output was there before the end');
        await panel.locator('.phases .now', { hasText: 'resolved' }).waitFor();
        await person.lens('verified').waitFor();
        assert.equal(await practice.isHealed(scenario), true);
        if (scenario === 'crashloop') await picture('plan-document');

        await person.outputShows(
          `${command} in context practice through kubectl, approved`,
          output,
          'verified',
          'resolved',
        );
        if (scenario === 'crashloop') {
          await picture('output');
          await workbench.runCommand('View: Hide Panel');
        }
        const entry = (await person.auditLog()).locator('tbody', { hasText: command }).first();
        await entry.locator('button.command').click();
        assert.match(await entry.locator('td.outcome').innerText(), /verified/);
        const details = await entry.innerText();
        assert.match(details, new RegExp(output));
        assert.match(details, /Exit code\s+0/);
        assert.match(details, /Context\s+practice, namespace shop/);
        if (scenario === 'crashloop') await picture('audit');
      });
    }
  });

  describe('in YOLO mode', () => {
    before(async () => {
      await Promise.all(cases.map(({ scenario }) => practice.resolve(scenario)));
      await person.view.getByText('No open incidents.').waitFor({ timeout: 60_000 });
      await workbench.runCommand('Oncall: Switch Mode');
      await person.choose('YOLO');
    });

    afterEach(() => person.closeEditors());

    it('is asked about, and stays approval where it is declined', async () => {
      await person.answerYolo('Cancel');
      await person.statusSays('Approval · YOLO declined');
      await person.switchMode('Approval');
      await person.switchMode('YOLO');
    });

    it('takes nothing while all automation is stopped, and goes on once a person resumes it', async () => {
      const { scenario, title } = cases.find((one) => one.scenario === 'service-down') ?? assert.fail();
      await workbench.page.keyboard.press('Control+Alt+Shift+Period');
      await person.notification('No step was in flight').waitFor();
      await person.statusSays('automation stopped');
      await practice.play(scenario);
      await person.incident(title).waitFor({ timeout: 60_000 });
      await workbench.runCommand('Oncall: Refresh Incidents');
      assert.doesNotMatch(await person.output(), /YOLOmodetakesincident/);
      assert.equal(await practice.isHealed(scenario), false);
      await workbench.runCommand('Oncall: Resume Automation');
      await person.notification(`${title}: resolved, by YOLO mode`).waitFor({ timeout: 90_000 });
      await practice.resolve(scenario);
      await person.view.getByText('No open incidents.').waitFor({ timeout: 60_000 });
      await person.clearNotifications();
    });

    for (const { scenario, title, command, output } of cases.filter((one) =>
      // What was changed automatically a moment ago cools down: service-down had its turn.
      ['crashloop', 'oom-kill'].includes(one.scenario),
    )) {
      it(`is remediated without a click: ${scenario}`, async () => {
        await practice.play(scenario);
        const told = person.notification(`${title}: resolved, by YOLO mode`);
        await told.waitFor({ timeout: 90_000 });
        assert.equal(await practice.isHealed(scenario), true);

        await told.getByText('Show Plan').click();
        const panel = await person.planPanel(title);
        await stepIs(panel, 'verified');
        assert.match(await panel.locator('.card').innerText(), new RegExp(output));
        const withoutRevision = command.replace(/--to-revision=\d+.*/, '');
        const entry = (await person.auditLog()).locator('tbody', { hasText: withoutRevision }).first();
        assert.match(await entry.innerText(), /verified[^]*automatic/);
      });
    }

    it('runs what the rules propose and nothing that only Claude does, and asks nobody about what is moot by then', async () => {
      const { title } = cases.find(({ scenario }) => scenario === 'image-pull') ?? assert.fail();
      claude.otherwise(({ raw }) => ({
        type: 'plan',
        input: planToDelete(/catalog-\w+-\w+/.exec(raw)?.[0]),
      }));
      await workbench.runCommand('Oncall: Set Anthropic API Key');
      await person.type(claude.apiKey);
      await practice.play('image-pull');
      const panel = await person.openPlan(title);
      await panel.locator('.phases .now', { hasText: 'resolved' }).waitFor({ timeout: 90_000 });
      assert.match(await panel.locator('main').innerText(), /analysed by Claude/);
      const cards = await panel.locator('.card').allInnerTexts();
      const deletion = cards.find((card) => card.includes('kubectl delete pod/catalog-'));
      assert.match(deletion ?? '', /high risk[^]*Skipped[^]*What it would fix is gone already/);
      assert.match(deletion ?? '', /by Claude[^]*Confidence\s+79 %/);
      assert.equal(cards.filter((card) => card.includes('Verified\n')).length, 1);
      assert.equal(await practice.isHealed('image-pull'), true);
      await workbench.runCommand('Oncall: Show What Was Sent');
      await person.tab('What Was Sent').waitFor();
      await waitFor('what was sent is shown', () => person.shows('This is all that left this machine'), {
        timeoutMs: 30_000,
      });
    });
  });
});

/** What Claude hands in: sure, but not sure enough for a command of high risk. */
function planToDelete(pod = 'catalog-unknown'): object {
  return {
    summary: 'A pod of catalog cannot pull its image.',
    rootCause: 'The image may have been missing for a moment.',
    hypotheses: [],
    proposals: [
      {
        action: 'restart_pod',
        parameters: { namespace: 'shop', pod },
        rationale: 'A new pod pulls the image again.',
        confidence: 0.85,
        evidence: ['e1'],
      },
    ],
  };
}
