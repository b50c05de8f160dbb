/** The plan document in a real VS Code: what can be read, folded, corrected and approved in it. */
import assert from 'node:assert/strict';
import { delimiter, dirname } from 'node:path';
import type { Locator } from 'playwright-core';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { bare, Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

/** Milliseconds for something that the product has to work for. */
const patience = 60_000;
const title = 'KubeDeploymentCrashLooping checkout (shop)';
const proposed = 'kubectl rollout undo deployment/checkout --to-revision=1 -n shop';

describe('The plan document, as a person sees it', () => {
  let scratch: Scratch;
  let practice: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  /** The editor on the left. */
  let editor: Locator;

  before(async () => {
    scratch = await scratchFolder('plan-document');
    practice = await startPracticeGround(20);
    const firing = practice.play('crashloop');
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder: scratch.path,
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
    workbench = await openWorkbench(vscode, { viewport: { width: 1400, height: 1100 } });
    person = new Person(workbench);
    editor = workbench.page.locator('.editor-instance .monaco-editor').first();
    await firing;
    await person.openIncidents();
    await person.remediate(title);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await practice?.close();
    await scratch?.remove();
  });

  /** Waits until the document on the left shows this, without scrolling. */
  const reads = (text: string): Promise<true> =>
    waitFor(
      `the document shows ${text}`,
      async () => ((await person.planDocument()).includes(bare(text)) ? (true as const) : undefined),
      { timeoutMs: patience },
    );
  /** Waits until it does no longer. */
  const hides = (text: string): Promise<true> =>
    waitFor(
      `the document no longer shows ${text}`,
      async () => ((await person.planDocument()).includes(bare(text)) ? undefined : (true as const)),
      { timeoutMs: patience },
    );
  const line = (text: string): Locator => editor.locator('.view-line', { hasText: text }).first();
  async function press(...keys: string[]): Promise<void> {
    for (const key of keys) await workbench.page.keyboard.press(key);
  }
  /** Types a command in the place of the one that is being edited; the cursor is in its line. */
  async function typeCommand(command: string): Promise<void> {
    await press('End', 'End', 'Shift+Home', 'Shift+Home');
    await workbench.page.keyboard.insertText(`  $ ${command}`);
  }
  /** Chooses a code action for where the cursor is. The list closes when the text beside it is drawn anew: then once more. */
  async function quickFix(action: string): Promise<void> {
    const entry = workbench.page.locator('.action-widget .monaco-list-row', { hasText: action });
    await fromList((timeout) => entry.click({ timeout }));
    await entry.waitFor({ state: 'detached' });
  }
  /** Opens the code actions for where the cursor is, until something can be done with them. */
  async function fromList(work: (timeoutMs: number) => Promise<void>): Promise<void> {
    await waitFor(
      'the code actions are listed',
      async () => {
        await press('Escape', 'Control+Period');
        return work(10_000).then(
          () => true as const,
          () => undefined,
        );
      },
      { timeoutMs: patience },
    );
  }
  const tab = (name: string): Locator => workbench.page.locator('.tab', { hasText: name });
  async function picture(name: string): Promise<void> {
    await person.handsOff();
    await workbench.screenshot(name);
  }

  it('shows the risk of a command beside it, with its reason where one points', async () => {
    await person.untilAsked();
    await person.tab('.oncall-plan').waitFor();
    await reads(proposed);
    await editor.locator('.glyph-margin-widgets .cgmr').first().waitFor();
    // Not the undo's line, which may hold the same words.
    const hover = await person.pointAt(line('$ kubectl rollout undo'), 'Risk: medium');
    assert.equal(await hover.locator('a[href^="command:"]').count(), 0);
    await picture('document-asked');
  });

  it('folds by step and part, and has an outline', async () => {
    await line('confidence').click();
    await workbench.runCommand('Fold All');
    await hides('kubectl rollout undo');
    await workbench.screenshot('document-folded');
    await workbench.runCommand('Unfold All');
    await reads(proposed);
    await press('Control+Shift+O');
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    for (const symbol of ['Step 1 · rollback_deployment', 'Evidence', 'CrashLoopBackOff', 'e1']) {
      await rows.filter({ hasText: symbol }).first().waitFor({ timeout: patience });
    }
    await workbench.screenshot('document-outline');
    await person.choose('Step 1');
    await reads(proposed);
  });

  it('opens a command for editing, and says what is wrong while one types, at its place', async () => {
    await person.lens('Edit').click();
    await tab('(edit step 1)').waitFor();
    await person.lens('Change the command below').waitFor();
    await typeCommand('kubectl rollout undo deployment/checkout --context prod -n shop');
    await person.lens('--context would change who talks to which cluster').waitFor();
    await editor.locator('.squiggly-error').first().waitFor();
    await picture('document-edit-fault');
    await press('Control+s');
    await person.notification('--context would change who talks to which cluster').waitFor();
    assert.equal(await tab('(edit step 1)').count(), 1);
    await workbench.screenshot('document-edit-refused');
    await person.clearNotifications();
    await reads('--context prod');
  });

  it('mends it with a click, makes it narrower and safer, and takes it back', async () => {
    await line('--context').click();
    await quickFix('Use the pinned context practice');
    await hides('--context');
    await person.lens('Use This Command').waitFor();
    await typeCommand('kubectl rollout undo deployment/checkout');
    await quickFix('Add -n shop');
    await reads('$ kubectl rollout undo deployment/checkout -n shop');
    const actions = workbench.page.locator('.action-widget .monaco-list-row').first();
    await fromList((timeout) => actions.waitFor({ timeout }));
    await workbench.screenshot('document-code-actions');
    await press('Escape');
    await quickFix('Restore the proposed command');
    await reads(proposed);
    await person.lens('Change the command below').waitFor();
  });

  it('takes nothing but the command, and asks about it anew', async () => {
    await typeCommand('kubectl rollout restart deployment/checkout -n shop');
    await line('waits for your').click();
    await press('End', 'End');
    await workbench.page.keyboard.insertText(' by me');
    await editor.locator('.squiggly-info').first().waitFor();
    await picture('document-edited');
    await person.lens('Use This Command').click();
    await person.notification('Only the command of a step can be edited').waitFor();
    await tab('(edit step 1)').waitFor({ state: 'detached' });
    await person.untilAsked();
    await reads('$ kubectl rollout restart deployment/checkout -n shop');
    await reads('no confidence');
    await reads(`proposed    by the built-in rules: ${proposed}`);
    await hides('what the analyst says');
    await picture('document-edited-step');
    assert.ok(!(await person.planDocument()).includes(bare('by me')));
    assert.equal(await practice.isHealed('crashloop'), false);
    await person.clearNotifications();
  });

  it('goes back to what was proposed, with the keyboard alone', async () => {
    await line('kubectl rollout restart').click();
    await press('F2');
    await tab('(edit step 1)').waitFor();
    await quickFix('Restore the proposed command');
    await reads(`$ ${proposed}`);
    await press('Control+s');
    await tab('(edit step 1)').waitFor({ state: 'detached' });
    await reads(`$ ${proposed}`);
    await person.untilAsked();
  });

  it('shows the live state, and leaves cursor and folds where they are while the text changes', async () => {
    await line('confidence').click();
    // The editor folds what it knew of when it was asked; the text may just have been drawn anew.
    await waitFor(
      'everything is folded',
      async () => {
        await press('Control+k', 'Control+0');
        return (await person.planDocument()).includes(bare(proposed)) ? undefined : true;
      },
      { timeoutMs: patience, everyMs: 1000 },
    );
    await line('Step 1').click();
    await press('Control+Shift+BracketRight');
    await reads(proposed);
    await hides('• e1');
    await line('$ kubectl rollout undo').click();
    const cursor = workbench.page.locator('.statusbar-item', { hasText: /^Ln \d+, Col \d+$/ });
    const before = await cursor.innerText();
    await person.approveByLens();
    await person.lens('verifying').waitFor();
    await workbench.screenshot('document-verifying');
    await person.lens('verified').waitFor();
    assert.equal(await practice.isHealed('crashloop'), true);
    // Lines may come above it: it stays in the command.
    assert.equal((await cursor.innerText()).split(', ')[1], before.split(', ')[1]);
    await picture('document-verified');
    await line('$ kubectl rollout undo').click();
    await press('Control+End');
    await reads('Evidence');
    await hides('• e1');
  });
});
